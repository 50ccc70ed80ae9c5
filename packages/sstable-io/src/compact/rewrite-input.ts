// Control plane. An SSTable as the compaction, the split and the upgrade need it, and what its successor takes over. An open SSTable is one; who has
// an old one gives its schema. Called by these three.
import { open } from 'node:fs/promises';
import type { Partitioner, TokenRange } from '@scamander/ring';
import type { Either } from 'fp-ts/lib/Either.js';
import type { SSTableError } from '../errors.ts';
import { componentPath } from '../naming/file-name.ts';
import type { Column } from '../rows/model.ts';
import { type EncodingStats, NO_ENCODING_STATS, type RowHeader } from '../rows/row-header.ts';
import type { RowReader } from '../rows/row-reader.ts';
import type { CompressionParams, SSTableFiles } from '../types.ts';

/** What of the statistics counts: the smallest times of the rows, and what is carried over. */
export interface InputStatistics {
  readonly bloomFilterFpChance: number;
  readonly minTimestamp: bigint;
  readonly minLocalDeletionTime: bigint;
  readonly minTtl: number;
  readonly sstableLevel: number;
  readonly repairedAtMs: bigint;
  readonly pendingRepair: string | undefined;
  readonly isTransient: boolean;
}

/** An SSTable whose rows are written again. Every open SSTable is one. */
export interface RewriteInput {
  readonly files: SSTableFiles;
  readonly statistics: InputStatistics;
  readonly partitioner: Partitioner;
  readonly compression: CompressionParams | undefined;
  /** Uncompressed. */
  readonly dataLengthBytes: bigint;
  rows(options?: {
    readonly ranges?: readonly TokenRange[] | undefined;
    readonly header?: RowHeader | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<Either<SSTableError, RowReader>>;
}

const INT_MAX = 0x7fffffffn;
const UINT_MAX = 0xffffffffn;
const TIMESTAMP_MIN = -(2n ** 63n);
const INTERVAL_DEFAULT = 128;

/**
 * Bases for rows of these inputs: the smallest of their statistics, as compactions choose them (SerializationHeader.make); a time that none has is
 * the default one. The smallest time to live is 0 in the statistics of an SSTable with anything that does not expire, and counts as that.
 */
export const encodingOf = (inputs: readonly RewriteInput[]): EncodingStats => {
  const statistics = inputs.map((input) => input.statistics);
  const timestamps = statistics
    .map(({ minTimestamp }) => minTimestamp)
    // an SSTable without any, or whose writer did not know
    .filter((timestamp) => timestamp !== TIMESTAMP_MIN);
  const deletionTimes = statistics
    .map(({ minLocalDeletionTime }) => minLocalDeletionTime)
    .filter((seconds) => seconds !== INT_MAX && seconds !== UINT_MAX && seconds >= 0n);
  return {
    minTimestamp:
      timestamps.length === 0
        ? NO_ENCODING_STATS.minTimestamp
        : timestamps.reduce((a, b) => (a < b ? a : b)),
    minLocalDeletionTime:
      deletionTimes.length === 0
        ? NO_ENCODING_STATS.minLocalDeletionTime
        : Number(deletionTimes.reduce((a, b) => (a < b ? a : b))),
    minTtl: Math.min(...statistics.map(({ minTtl }) => minTtl)),
  };
};

/** `min_index_interval` of the table when the SSTable was written, which Summary.db says; the default where it has none. */
export const minIndexIntervalOf = async ({ files }: RewriteInput): Promise<number> => {
  if ((files.components.get('Summary.db') ?? 0) < 4) return INTERVAL_DEFAULT;
  const handle = await open(componentPath(files.descriptor, 'Summary.db'));
  try {
    const bytes = Buffer.alloc(4);
    await handle.read(bytes, 0, 4, 0);
    const interval = bytes.readInt32BE(0);
    return interval > 0 ? interval : INTERVAL_DEFAULT;
  } finally {
    await handle.close();
  }
};

const sameColumns = (a: readonly Column[], b: readonly Column[]): boolean =>
  a.length === b.length &&
  a.every((column, i) => {
    const other = b[i] as Column;
    return (
      Buffer.compare(column.name, other.name) === 0 &&
      JSON.stringify(column.type) === JSON.stringify(other.type)
    );
  });

/** The value on the right; throws the error on the left. */
const orThrow = <T>(result: Either<SSTableError, T>): T => {
  if (result._tag === 'Left') throw result.left;
  return result.right;
};

/**
 * Readers of all inputs. Those whose columns are equal share them: a merge passes on rows of such readers as they are. On an error none stays
 * open.
 */
export const openRows = async (
  inputs: readonly RewriteInput[],
  options: {
    readonly ranges?: readonly TokenRange[] | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<RowReader[]> => {
  const readers: RowReader[] = [];
  try {
    for (const input of inputs) {
      let reader = orThrow(await input.rows(options));
      const first = readers[0]?.header;
      if (
        first !== undefined &&
        sameColumns(first.staticColumns, reader.header.staticColumns) &&
        sameColumns(first.regularColumns, reader.header.regularColumns)
      ) {
        const { staticColumns, regularColumns } = first;
        const header = { ...reader.header, staticColumns, regularColumns };
        await reader.close();
        reader = orThrow(await input.rows({ ...options, header }));
      }
      readers.push(reader);
    }
    return readers;
  } catch (error) {
    await Promise.allSettled(readers.map((reader) => reader.close()));
    throw error;
  }
};
