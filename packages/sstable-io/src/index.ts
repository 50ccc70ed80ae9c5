export { type CompactOptions, compactSSTables } from './compact/compact-sstables.ts';
export type { InputStatistics, RewriteInput } from './compact/rewrite-input.ts';
export type { RewriteTarget } from './compact/rewrite-target.ts';
export type { RewriteSource, RewrittenSSTables } from './compact/rewriting.ts';
export {
  KNOWN_VERSIONS,
  type VersionFeatures,
  versionFeatures,
} from './components/version.ts';
export type { BlockCodec } from './compression/codec.ts';
export { blockCodecNamed, blockCodecs } from './compression/codecs.ts';
export { lz4BlockBytesMax, lz4CompressBlock, lz4DecompressBlock } from './compression/lz4.ts';
export { type DiscoverOptions, discover } from './directory/discover.ts';
export { nextSSTableId } from './directory/next-id.ts';
export { formatToc, parseToc, readToc, writeToc } from './directory/toc.ts';
export type { KeyColumnNames } from './dump/column-names.ts';
export { type DumpOptions, type DumpRelease, dumpReleaseOf, dumpRows } from './dump/dump-rows.ts';
export { type DumpSource, type DumpSSTableOptions, dumpSSTable } from './dump/dump-sstable.ts';
export { type Selection, type SelectionOptions, selectionOf } from './dump/selection.ts';
export { type SelectionErrorType, selectionErrorMessage } from './dump/selection-error.ts';
export type { TableStyle } from './dump/table-writer.ts';
export type { TimestampStyle } from './dump/times.ts';
export { SSTableError, type SSTableErrorType, sstableErrorMessage } from './errors.ts';
export { FilterBuilder } from './filter/filter-builder.ts';
export { KeyHashes, type KeyHashesOptions } from './filter/key-hashes.ts';
export { hasFilter } from './filter/sizing.ts';
export type { RawChunk, RawChunksOptions } from './io/raw-chunks.ts';
export type { OpenOptions } from './io/sstable-parts.ts';
export type {
  LegacyAtom,
  LegacyCell,
  LegacyRangeTombstone,
} from './legacy/atom.ts';
export { type LegacyAtomOptions, LegacyAtomReader } from './legacy/atom-reader.ts';
export {
  isLegacyVersion,
  type LegacyFeatures,
  type LegacyRowLayout,
  legacyFeatures,
} from './legacy/features.ts';
export type { LegacyOpenOptions } from './legacy/legacy-parts.ts';
export { type LegacyRowOptions, openLegacyRowReader } from './legacy/legacy-row-reader.ts';
export type { LegacyReadOptions, LegacySSTable } from './legacy/legacy-sstable.ts';
export {
  decodeLegacyStatistics,
  type LegacyStatistics,
  summarizeLegacyStatistics,
} from './legacy/legacy-statistics.ts';
export { openLegacySSTable, readLegacyStatistics } from './legacy/open-legacy.ts';
export type { LegacyPartition } from './legacy/row-decoder.ts';
export { MergedRowReader, type MergeOptions } from './merge/merged-row-reader.ts';
export type { PurgeOptions } from './merge/purger.ts';
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
export { openSSTable, readStatistics } from './open.ts';
export type { ReceiveHeader } from './receive/announcement.ts';
export { type CommitParts, type CommittedSSTables, commitReceived } from './receive/commit.ts';
export { nodeFileSystem, type ReceiveFileSystem } from './receive/file-system.ts';
export { type FinishedReceive, type FinishParts, finishReceive } from './receive/finish.ts';
export type { PayloadPull } from './receive/payload.ts';
export {
  planReceive,
  type ReceivePlan,
  type ReceiveTarget,
  type StagedFile,
  stagingRoot,
} from './receive/plan.ts';
export { type Recovery, recover } from './receive/recover.ts';
export type { SectionsHeader, StreamedCompression } from './receive/section-checks.ts';
export { type FinishedSections, SectionReceive } from './receive/section-receive.ts';
export type { SectionTarget } from './receive/section-writer.ts';
export { abortReceive, prepareReceive } from './receive/staging.ts';
export {
  boundPlace,
  ClusteringComparator,
  type ClusteringPlace,
  closesRange,
  isBoundary,
  kindOf,
  opensRange,
  placeOf,
  ROW_KIND,
  valuesOf,
} from './rows/clustering-comparator.ts';
export { detach, detachMarker, detachRow, detachValues } from './rows/detach.ts';
export {
  type Cell,
  type ClusteringValue,
  type Column,
  type ColumnData,
  type DeletionTime,
  EXPIRED_LIVENESS_TTL,
  LIVE_TIMESTAMP,
  type Liveness,
  MARKER_KIND,
  type Marker,
  type MarkerKind,
  NO_DELETION_TIME,
  type PartitionHead,
  type Row,
  type Unfiltered,
} from './rows/model.ts';
export { openRowReader, type RowReaderOptions } from './rows/open-row-reader.ts';
export {
  type EncodingStats,
  type NamedType,
  NO_ENCODING_STATS,
  orderColumns,
  type RowHeader,
  rowHeaderOf,
} from './rows/row-header.ts';
export type { RowReader } from './rows/row-reader.ts';
export {
  PieceRowSource,
  type PieceSourceOptions,
  type RowRun,
  type RowSource,
} from './rows/row-source.ts';
export type { RowSlice, SliceBound } from './rows/slice-filter.ts';
export type { LookupOptions } from './rows/sstable-lookup.ts';
export type { RowsOptions } from './rows/sstable-rows.ts';
export { type SplitBy, splitSSTable } from './split/split-sstable.ts';
export type { EstimatedHistogram, TombstoneHistogram } from './statistics/histograms.ts';
export { HyperLogLogPlus } from './statistics/hyper-log-log-plus.ts';
export { makeStatistics, type StatisticsParts } from './statistics/make-statistics.ts';
export type { BoundKind, ClusteringBound, ClusteringSlice } from './statistics/slice.ts';
export {
  type CompactionMetadata,
  changeStatistics,
  decodeStatistics,
  encodeStatistics,
  type Statistics,
  type StatisticsChange,
  summarizeStatistics,
  type ValidationMetadata,
} from './statistics/statistics.ts';
export {
  StatisticsCollector,
  type StatisticsCollectorOptions,
  type StatisticsFacts,
} from './statistics/statistics-collector.ts';
export type { CommitLogInterval, CommitLogPosition, StatsMetadata } from './statistics/stats.ts';
export { usualRelease, type WritingRelease } from './statistics/writing-release.ts';
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
  VerifyPart,
  VerifyProgress,
  VerifyReport,
} from './types.ts';
export { legacyInput } from './upgrade/legacy-input.ts';
export { type RewriteOptions, rewriteSSTable } from './upgrade/rewrite-sstable.ts';
export type { AppearanceOptions } from './write/appearance.ts';
export { copyRows, type RowSink } from './write/copy-rows.ts';
export type { DeletionTimeOverflow } from './write/deletion-bounds.ts';
export { serializationHeaderOf } from './write/header-of.ts';
export { RowSerializer, type RowSerializerOptions } from './write/row-serializer.ts';
export { SSTableWriter } from './write/sstable-writer.ts';
export type {
  SSTableWriterOptions,
  WriterCompression,
  WrittenVersion,
} from './write/writer-options.ts';
export {
  CqlSSTableWriter,
  type CqlSSTableWriterOptions,
} from './write-rows/cql-sstable-writer.ts';
export { readJsonLines, type SourcedRow } from './write-rows/read-json-lines.ts';
export {
  type SerializationHeaderOptions,
  serializationHeaderOfTable,
} from './write-rows/serialization-header.ts';
export type {
  DeletedRange,
  DeleteOptions,
  ElementOf,
  RangeEnd,
  RowForm,
  RowValues,
  StatementOptions,
} from './write-rows/statement.ts';
