// Control plane. Statistics.db from scratch (spec: sstable-index-and-stats §6.1–§6.6; MetadataSerializer). Called by the SSTable writer and by
// whoever makes SSTables without rows at hand.
import { ByteWriter } from '@scamander/bytes';
import type { VersionFeatures } from '../components/version.ts';
import type { SerializationHeader } from '../types.ts';
import { METADATA_TYPE, type MetadataPart } from './container.ts';
import { writeHeader } from './header.ts';
import type { CompactionMetadata, Statistics, ValidationMetadata } from './statistics.ts';
import { type StatsMetadata, writeStats } from './stats.ts';

/** The four components as values. */
export interface StatisticsParts {
  readonly features: VersionFeatures;
  readonly validation: ValidationMetadata;
  /** The cardinality of no keys is allowed, but makes nodes expect none. */
  readonly compaction: CompactionMetadata;
  readonly stats: StatsMetadata;
  /** Columns in any order; they are written as they are given. */
  readonly header: SerializationHeader;
}

const validationBytes = ({ partitionerClass, bloomFilterFpChance }: ValidationMetadata) => {
  const writer = new ByteWriter(128);
  writer.utf(partitionerClass);
  writer.f64(bloomFilterFpChance);
  return writer.toBytes();
};

const compactionBytes = ({ cardinality }: CompactionMetadata) => {
  const writer = new ByteWriter(cardinality.length + 16);
  writer.bytes32(cardinality);
  return writer.toBytes();
};

/** Statistics that were not in a file before; `encodeStatistics` gives the bytes of the file. */
export const makeStatistics = (statistics: StatisticsParts): Statistics => {
  const { features, validation, compaction, stats, header } = statistics;
  const checksumBytes = features.hasMetadataChecksum ? 4 : 0;
  const contents: [type: number, bytes: Uint8Array][] = [
    [METADATA_TYPE.validation, validationBytes(validation)],
    [METADATA_TYPE.compaction, compactionBytes(compaction)],
    [METADATA_TYPE.stats, writeStats(stats, features)],
    [METADATA_TYPE.header, writeHeader(header)],
  ];
  let offset = 4 + 8 * contents.length + 2 * checksumBytes;
  const parts: MetadataPart[] = contents.map(([type, bytes]) => {
    const part = { type, offset, bytes };
    offset += bytes.length + checksumBytes;
    return part;
  });
  return { features, validation, compaction, stats, header, parts };
};
