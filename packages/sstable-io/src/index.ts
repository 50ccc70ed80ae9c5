export { type DiscoverOptions, discover } from './directory/discover.ts';
export { nextSSTableId } from './directory/next-id.ts';
export { formatToc, parseToc, readToc, writeToc } from './directory/toc.ts';
export { SSTableError, type SSTableErrorType, sstableErrorMessage } from './errors.ts';
export {
  type ComponentKind,
  componentKind,
  isStreamableComponent,
} from './naming/component-kind.ts';
export { componentPath, type ParsedFileName, parseSSTableFileName } from './naming/file-name.ts';
export {
  isSchemaName,
  locateTable,
  type NameOverride,
  type TableLocation,
  tableDirectory,
} from './naming/location.ts';
export {
  compareSSTableIds,
  nextSequenceId,
  parseSSTableId,
  type SSTableId,
  timeUuidFromUuidId,
  uuidIdFromTimeUuid,
} from './naming/sstable-id.ts';
export { isSystemKeyspace } from './naming/system-keyspaces.ts';
export { type CommitParts, type CommittedSSTables, commitReceived } from './receive/commit.ts';
export { nodeFileSystem, type ReceiveFileSystem } from './receive/file-system.ts';
export {
  planReceive,
  type ReceiveHeader,
  type ReceivePlan,
  type ReceiveTarget,
  type StagedFile,
  stagingRoot,
} from './receive/plan.ts';
export { type Recovery, recover } from './receive/recover.ts';
export { abortReceive, prepareReceive } from './receive/staging.ts';
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
