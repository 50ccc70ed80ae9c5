// Several SSTables of one random table that overlap: the same keys and clusterings, and times of which some are equal and each may shadow what the
// others hold. Called by the lanes that compare merges with those of real nodes.
import type { Partitioner } from '@scamander/ring';
import fc from 'fast-check';
import type { Cell, ColumnData, DeletionTime, Row, Unfiltered } from '../../src/rows/model.ts';
import {
  type DataOptions,
  LEVEL_MICROS,
  partitionsOf,
  placesOf,
  type RandomPartition,
} from './partitions.ts';
import type { RandomTable } from './tables.ts';

/** Levels that the times of one SSTable lie behind those of another one, at most: its partition deletions then shadow the other's cells. */
const LEVELS_APART = 5;

const laterDeletion = (
  deletion: DeletionTime | undefined,
  micros: bigint,
): DeletionTime | undefined =>
  deletion === undefined
    ? undefined
    : { ...deletion, markedForDeleteAt: deletion.markedForDeleteAt + micros };

const laterCell = (cell: Cell, micros: bigint): Cell => ({
  ...cell,
  timestamp: cell.timestamp + micros,
});

const laterColumn = ({ column, deletion, cells }: ColumnData, micros: bigint): ColumnData => ({
  column,
  deletion: laterDeletion(deletion, micros),
  cells: cells.map((cell) => laterCell(cell, micros)),
});

const laterRow = (row: Row, micros: bigint): Row => ({
  ...row,
  liveness:
    row.liveness === undefined
      ? undefined
      : { ...row.liveness, timestamp: row.liveness.timestamp + micros },
  deletion: laterDeletion(row.deletion, micros),
  columns: row.columns.map((data) => laterColumn(data, micros)),
});

const laterUnfiltered = (unfiltered: Unfiltered, micros: bigint): Unfiltered =>
  unfiltered.kind === 'row'
    ? laterRow(unfiltered, micros)
    : {
        ...unfiltered,
        closes: laterDeletion(unfiltered.closes, micros),
        opens: laterDeletion(unfiltered.opens, micros),
      };

const later = (
  { key, deletion, staticRow, unfiltereds }: RandomPartition,
  micros: bigint,
): RandomPartition => ({
  key,
  deletion: laterDeletion(deletion, micros),
  staticRow: staticRow === undefined ? undefined : laterRow(staticRow, micros),
  unfiltereds: unfiltereds.map((unfiltered) => laterUnfiltered(unfiltered, micros)),
});

/** A table and the partitions of so many SSTables of it; each is canonical by itself. */
export const meetingPartitions = (
  random: fc.Arbitrary<RandomTable>,
  partitioner: Partitioner,
  options: Omit<DataOptions, 'meeting'>,
  count: number,
): fc.Arbitrary<{
  readonly table: RandomTable;
  readonly sources: readonly (readonly RandomPartition[])[];
}> =>
  random.chain((table) =>
    placesOf(table, options).chain((meeting) => {
      const source = fc
        .tuple(partitionsOf(table, partitioner, { ...options, meeting }), fc.nat(LEVELS_APART))
        .map(([partitions, levels]) =>
          partitions.map((partition) => later(partition, BigInt(levels * LEVEL_MICROS))),
        );
      return fc
        .array(source, { minLength: count, maxLength: count })
        .map((sources) => ({ table, sources }));
    }),
  );
