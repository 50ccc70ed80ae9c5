// Control plane. What Statistics.db must agree with beyond its own CRCs (spec: sstable-index-and-stats §10 rules 2, 3, 7). Called by verification.
import type { CqlType } from '@scamander/cql-types';
import { typeOf } from '../io/clustering-values.ts';
import { corrupt, decoding } from '../io/decoding.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { METADATA_TYPE } from '../statistics/container.ts';
import { standardOffsets } from '../statistics/estimated-histogram-builder.ts';
import type { EstimatedHistogram } from '../statistics/histograms.ts';
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

/** Nodes know four components, each once; one of them they can do without. */
const checkComponents = ({ files, statistics }: SSTableParts, findings: Findings): void => {
  const path = files.path('Statistics.db');
  const known = new Set<number>(Object.values(METADATA_TYPE));
  for (const { type, offset } of statistics.parts) {
    if (known.delete(type)) continue;
    findings.add(corrupt(path, offset, `component ${type}`, `one of 0 to 3, each once`));
  }
  if (known.has(METADATA_TYPE.compaction)) {
    findings.warn('Statistics.db has no sketch of the keys: nodes estimate their number otherwise');
  }
};

const LEVEL_MAX = 8;

/** What a table or a strategy sets, and what it can't have set. */
const checkSettings = ({ statistics }: SSTableParts, findings: Findings): void => {
  const { sstableLevel, repairedAtMs, compressionRatio } = statistics.stats;
  const { bloomFilterFpChance } = statistics.validation;
  if (sstableLevel < 0 || sstableLevel > LEVEL_MAX) {
    findings.warn(`Statistics.db says level ${sstableLevel}; there are 0 to ${LEVEL_MAX}`);
  }
  if (repairedAtMs < 0n) findings.warn(`Statistics.db says repaired at ${repairedAtMs}`);
  if (!(bloomFilterFpChance > 0 && bloomFilterFpChance <= 1)) {
    findings.warn(`Statistics.db says that the filter errs in ${bloomFilterFpChance} of all cases`);
  }
  if (Number.isNaN(compressionRatio)) findings.warn('Statistics.db says a ratio that is no number');
};

const isUsual = ({ offsets }: EstimatedHistogram): boolean => {
  const usual = standardOffsets(offsets.length);
  return offsets.every((offset, i) => offset === BigInt(usual[i] as number));
};

const checkHistograms = ({ statistics }: SSTableParts, findings: Findings): void => {
  const { estimatedPartitionSize, estimatedCellPerPartitionCount } = statistics.stats;
  if (!isUsual(estimatedPartitionSize) || !isUsual(estimatedCellPerPartitionCount)) {
    findings.warn('Statistics.db has histograms with other buckets than those of any release');
  }
};

const customClasses = (type: CqlType): string[] => {
  switch (type.kind) {
    case 'custom':
      return [type.className];
    case 'list':
    case 'set':
    case 'vector':
      return customClasses(type.element);
    case 'map':
      return [...customClasses(type.key), ...customClasses(type.value)];
    case 'tuple':
    case 'composite':
      return type.components.flatMap(customClasses);
    case 'udt':
      return type.fields.flatMap((field) => customClasses(field.type));
    case 'reversed':
      return customClasses(type.base);
    default:
      return [];
  }
};

/** Every type must be one; those of unknown classes are taken for bytes. */
const checkTypes = async (parts: SSTableParts, findings: Findings): Promise<void> => {
  const { files, statistics } = parts;
  const { header } = statistics;
  const path = files.path('Statistics.db');
  const headerAt = statistics.parts.find((part) => part.type === METADATA_TYPE.header)?.offset;
  const columns = [...header.staticColumns, ...header.regularColumns];
  const texts = [header.keyType, ...header.clusteringTypes, ...columns.map(({ type }) => type)];
  await findings.check(path, () => {
    const types = texts.map((text) => decoding(path, headerAt ?? 0, () => typeOf(text)));
    for (const className of new Set(types.flatMap(customClasses))) {
      findings.warn(
        `Statistics.db names the type ${className}, which no release has; its values are taken for bytes`,
      );
    }
  });
};

/** Trailing bytes, components, clustering types, repair state, and boundary keys against the index. */
export const checkStatistics = async (parts: SSTableParts, findings: Findings): Promise<void> => {
  const { files, statistics, index } = parts;
  const { stats, header } = statistics;
  const path = files.path('Statistics.db');
  const at = statistics.parts.find((part) => part.type === METADATA_TYPE.stats)?.offset;
  checkTrailing(parts, findings);
  checkComponents(parts, findings);
  checkSettings(parts, findings);
  checkHistograms(parts, findings);
  await checkTypes(parts, findings);
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
