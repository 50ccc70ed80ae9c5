export { SSTableError, type SSTableErrorType, sstableErrorMessage } from './errors.ts';
export type {
  CompressedChunk,
  CompressionParams,
  DiscoveredTable,
  Discovery,
  IndexedKey,
  Section,
  SerializationHeader,
  SSTable,
  SSTableDescriptor,
  SSTableFiles,
  SSTableFormat,
  StatisticsSummary,
  VerifyLevel,
  VerifyProgress,
  VerifyReport,
} from './types.ts';
