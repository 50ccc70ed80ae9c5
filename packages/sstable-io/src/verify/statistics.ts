// Control plane. What Statistics.db must agree with beyond its own CRCs (spec: sstable-index-and-stats §10 rules 2, 3, 7). Called by verification.
import { typeOf } from '../io/clustering-values.ts';
import { corrupt, decoding } from '../io/decoding.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { METADATA_TYPE } from '../statistics/container.ts';
import type { Findings } from './findings.ts';

/** Bytes that `oa` and `da` leave for each tombstone bin (pitfall P7). */
const PADDING_BYTES_OF_BIN = 4;

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').slice(0, 80);

const checkTrailing = ({ features, statistics }: SSTableParts, findings: Findings): void => {
  const { trailing, estimatedTombstoneDropTime } = statistics.stats;
  if (trailing.some((byte) => byte !== 0)) {
    findings.warn(`Statistics.db has ${trailing.length} unknown bytes behind its STATS fields`);
    return;
  }
  const padding = estimatedTombstoneDropTime.bins.length * PADDING_BYTES_OF_BIN;
  const isUsual = trailing.length === 0 || trailing.length === padding;
  if (features.hasUIntDeletionTime && !isUsual) {
    findings.warn(`Statistics.db has ${trailing.length} zero bytes behind STATS, not ${padding}`);
  }
};

/** Trailing bytes, clustering types, repair state, and boundary keys against the index. */
export const checkStatistics = async (parts: SSTableParts, findings: Findings): Promise<void> => {
  const { files, statistics, index } = parts;
  const { stats, header } = statistics;
  const path = files.path('Statistics.db');
  const at = statistics.parts.find((part) => part.type === METADATA_TYPE.stats)?.offset;
  checkTrailing(parts, findings);
  const headerAt = statistics.parts.find((part) => part.type === METADATA_TYPE.header)?.offset;
  const columns = [...header.staticColumns, ...header.regularColumns];
  await findings.check(path, () => {
    for (const type of [header.keyType, ...header.clusteringTypes, ...columns.map((c) => c.type)]) {
      decoding(path, headerAt ?? 0, () => typeOf(type));
    }
  });
  await findings.check(path, () => {
    const types = stats.clusteringTypes;
    if (types !== undefined && types.join() !== header.clusteringTypes.join()) {
      throw corrupt(path, at, `clustering types ${types.join()}`, header.clusteringTypes.join());
    }
  });
  await findings.check(path, () => {
    const { firstKey, lastKey } = stats;
    if (firstKey === undefined || lastKey === undefined) return;
    if (!sameBytes(firstKey, index.firstKey) || !sameBytes(lastKey, index.lastKey)) {
      throw corrupt(
        path,
        at,
        `keys from ${hex(firstKey)} to ${hex(lastKey)}`,
        `${hex(index.firstKey)} to ${hex(index.lastKey)}, as in the index`,
      );
    }
  });
  if (stats.pendingRepair !== undefined && stats.repairedAtMs !== 0n) {
    findings.warn('Statistics.db says both repaired and pending: nodes refuse to compact that');
  }
};
