import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLegacyRowReader } from '../../src/legacy/legacy-row-reader.ts';
import {
  boundPlace,
  ClusteringComparator,
  type ClusteringPlace,
  placeOf,
  ROW_KIND,
} from '../../src/rows/clustering-comparator.ts';
import { detach } from '../../src/rows/detach.ts';
import type { DeletionTime, Row, Unfiltered } from '../../src/rows/model.ts';
import { PartitionOrder } from '../../src/rows/partition-order.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import { composite, int, live, range, row, utf8 } from './atom-bytes.ts';
import { tableOf } from './legacy-fixtures.ts';

/** Values of both clustering columns are from 0 to this. */
const VALUE_MAX = 3;
const schema = tableOf(
  'create table ks.t (k int, a int, b int, v int, w int, primary key (k, a, b));',
);
const comparator = new ClusteringComparator(schema.clustering.map(({ type }) => type));

interface Bound {
  readonly values: readonly number[];
  /** −1: before all that begins with the values; 1: behind. */
  readonly end: -1 | 1;
}

interface RangeTombstone {
  readonly first: Bound;
  readonly last: Bound;
  readonly timestamp: number;
}

interface Cell {
  readonly values: readonly [number, number];
  /** Empty for a row marker. */
  readonly column: '' | 'v' | 'w';
  readonly timestamp: number;
}

interface Partition {
  readonly deletedAt: number;
  readonly ranges: readonly RangeTombstone[];
  readonly cells: readonly Cell[];
  /** Places, as fractions of the atoms, where a block of the index begins and open tombstones stand again. */
  readonly blocks: readonly number[];
}

const nameOf = ({ values, end }: Bound): Uint8Array => composite(values.map(int), end);

/** 2.x compared names part by part, then by the byte behind the part (AbstractCompositeType.compare). */
const compareNames = (
  a: readonly (number | string)[],
  aEnd: number,
  b: readonly (number | string)[],
  bEnd: number,
): number => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i]!, b[i]!];
    if (left !== right) return left < right ? -1 : 1;
    const leftEnd = i === a.length - 1 ? aEnd : 0;
    const rightEnd = i === b.length - 1 ? bEnd : 0;
    if (leftEnd !== rightEnd) return leftEnd - rightEnd;
  }
  return a.length - b.length;
};

const compareBounds = (a: Bound, b: Bound): number =>
  compareNames(a.values, a.end, b.values, b.end);

interface Atom {
  readonly parts: readonly (number | string)[];
  readonly end: number;
  readonly bytes: Uint8Array;
  readonly range: RangeTombstone | undefined;
}

const atomsOf = ({ ranges, cells }: Partition): Atom[] =>
  [
    ...ranges.map((tombstone) => ({
      parts: tombstone.first.values,
      end: tombstone.first.end,
      bytes: range(nameOf(tombstone.first), nameOf(tombstone.last), BigInt(tombstone.timestamp), 7),
      range: tombstone,
    })),
    ...cells.map(({ values, column, timestamp }) => ({
      parts: [...values, column],
      end: 0,
      bytes: live(
        composite([...values.map(int), utf8(column)]),
        BigInt(timestamp),
        column === '' ? new Uint8Array(0) : int(timestamp),
      ),
      range: undefined,
    })),
  ].sort((a, b) => compareNames(a.parts, a.end, b.parts, b.end));

/** Atoms as they stand in the file: those that are open stand again where a block begins. */
const withBlocks = (atoms: readonly Atom[], blocks: readonly number[]): Uint8Array[] => {
  const starts = new Set(blocks.map((share) => Math.floor(share * atoms.length)));
  return atoms.flatMap((atom, i) => {
    if (!starts.has(i)) return [atom.bytes];
    const open = atoms.slice(0, i).filter(({ range: tombstone }) => {
      if (tombstone === undefined) return false;
      const { values, end } = tombstone.last;
      return compareNames(values, end, atom.parts, atom.end) > 0;
    });
    return [...open.map(({ bytes }) => bytes), atom.bytes];
  });
};

const read = async (partition: Partition): Promise<Unfiltered[]> => {
  const { deletedAt, blocks } = partition;
  const deletion = deletedAt === 0 ? undefined : { timestamp: BigInt(deletedAt), seconds: 7 };
  const bytes = row(int(1), withBlocks(atomsOf(partition), blocks), deletion);
  const source = new PieceRowSource([bytes], { path: 'bytes' });
  const reader = openLegacyRowReader(source, schema, { windowBytes: 64 });
  const order = new PartitionOrder(reader.header);
  order.begin(undefined);
  await reader.nextPartition();
  const unfiltereds: Unfiltered[] = [];
  for (;;) {
    const batch = await reader.nextBatch();
    if (batch.length === 0) break;
    for (const unfiltered of batch.map(detach)) {
      order.next(unfiltered, 0);
      unfiltereds.push(unfiltered);
    }
  }
  order.end(0);
  await reader.close();
  return unfiltereds;
};

const placeOfBound = ({ values, end }: Bound, isStart: boolean): ClusteringPlace => {
  const bound = isStart
    ? end < 0
      ? 'INCL_START_BOUND'
      : 'EXCL_START_BOUND'
    : end < 0
      ? 'EXCL_END_BOUND'
      : 'INCL_END_BOUND';
  return boundPlace(bound, values.map(int));
};

const rowPlace = (values: readonly number[]): ClusteringPlace => ({
  kind: ROW_KIND,
  values: values.map(int),
});

/** Largest timestamp of a deletion of this row by a range, 0 for none; those that the partition's deletion covers do not count. */
const rangeAt = (
  { ranges, deletedAt }: Partition,
  values: readonly number[],
  isOfRow: boolean,
): number => {
  const place = rowPlace(values);
  let found = 0;
  for (const { first, last, timestamp } of ranges) {
    const isRow =
      first.values.length === 2 &&
      first.end < 0 &&
      last.end > 0 &&
      `${first.values}` === `${last.values}`;
    if (isRow !== isOfRow || timestamp <= deletedAt) continue;
    const isInside =
      comparator.comparePlaces(placeOfBound(first, true), place) < 0 &&
      comparator.comparePlaces(place, placeOfBound(last, false)) < 0;
    if (isInside) found = Math.max(found, timestamp);
  }
  return found;
};

const openAt = (unfiltereds: readonly Unfiltered[], values: readonly number[]): number => {
  let open: DeletionTime | undefined;
  for (const unfiltered of unfiltereds) {
    if (comparator.comparePlaces(placeOf(unfiltered), rowPlace(values)) >= 0) break;
    if (unfiltered.kind === 'marker') open = unfiltered.opens;
  }
  return Number(open?.markedForDeleteAt ?? 0);
};

const rowAt = (unfiltereds: readonly Unfiltered[], values: readonly number[]): Row | undefined =>
  unfiltereds.find(
    (unfiltered): unfiltered is Row =>
      unfiltered.kind === 'row' &&
      comparator.comparePlaces(placeOf(unfiltered), rowPlace(values)) === 0,
  );

/** What is left of a row after everything that deletes of it; its own deletion or that of a range around it, whichever is later. */
const expectedRow = (partition: Partition, values: readonly [number, number]) => {
  const deletedAt = Math.max(rangeAt(partition, values, false), rangeAt(partition, values, true));
  const until = Math.max(partition.deletedAt, deletedAt);
  const cells = partition.cells.filter(
    (cell) => `${cell.values}` === `${values}` && cell.timestamp > until,
  );
  const timestampOf = (column: string) => cells.find((cell) => cell.column === column)?.timestamp;
  return { deletedAt, marker: timestampOf(''), v: timestampOf('v'), w: timestampOf('w') };
};

const foundRow = (unfiltereds: readonly Unfiltered[], values: readonly number[]) => {
  const found = rowAt(unfiltereds, values);
  const timestampOf = (name: string) => {
    const data = found?.columns.find(({ column }) => column.text === name);
    return data === undefined ? undefined : Number(data.cells[0]!.timestamp);
  };
  return {
    deletedAt: Math.max(
      openAt(unfiltereds, values),
      Number(found?.deletion?.markedForDeleteAt ?? 0),
    ),
    marker: found?.liveness === undefined ? undefined : Number(found.liveness.timestamp),
    v: timestampOf('v'),
    w: timestampOf('w'),
  };
};

const value = fc.integer({ min: 0, max: VALUE_MAX });
const timestamp = fc.integer({ min: 1, max: 12 });
const bound: fc.Arbitrary<Bound> = fc.record({
  values: fc.array(value, { minLength: 1, maxLength: 2 }),
  end: fc.constantFrom(-1 as const, 1 as const),
});
const anyRange: fc.Arbitrary<RangeTombstone> = fc
  .tuple(bound, bound, timestamp)
  .map(([a, b, at]) =>
    compareBounds(a, b) <= 0
      ? { first: a, last: b, timestamp: at }
      : { first: b, last: a, timestamp: at },
  )
  .filter(({ first, last }) => compareBounds(first, last) < 0);
/** What CQL of 2.x can delete: all rows with a prefix, or one row. */
const prefixRange: fc.Arbitrary<RangeTombstone> = fc
  .tuple(fc.array(value, { minLength: 1, maxLength: 2 }), timestamp)
  .map(([values, at]) => ({
    first: { values, end: -1 },
    last: { values, end: 1 },
    timestamp: at,
  }));
const cell: fc.Arbitrary<Cell> = fc.record({
  values: fc.tuple(value, value),
  column: fc.constantFrom('' as const, 'v' as const, 'w' as const),
  timestamp,
});
const partitions: fc.Arbitrary<Partition> = fc.record({
  deletedAt: fc.oneof(fc.constant(0), timestamp),
  ranges: fc.uniqueArray(fc.oneof(prefixRange, anyRange), {
    maxLength: 7,
    selector: (one) => JSON.stringify(one),
  }),
  cells: fc.uniqueArray(cell, {
    maxLength: 14,
    selector: ({ values, column }) => `${values} ${column}`,
  }),
  blocks: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 4 }),
});

const grid: [number, number][] = [];
for (let a = 0; a <= VALUE_MAX; a++) for (let b = 0; b <= VALUE_MAX; b++) grid.push([a, b]);

test('property: rows and open ranges are what all tombstones together leave, however they overlap and repeat', async () => {
  await fc.assert(
    fc.asyncProperty(partitions, async (partition) => {
      const unfiltereds = await read(partition);
      for (const values of grid) {
        const at = `${values} of ${JSON.stringify(partition)}`;
        assert.equal(foundRow(unfiltereds, values), expectedRow(partition, values), at);
        // beside a deletion of the row itself, a range that begins in front of it may be its own from there on (as in 3.x)
        if (rangeAt(partition, values, true) > 0) continue;
        assert.is(openAt(unfiltereds, values), rangeAt(partition, values, false), `range at ${at}`);
      }
    }),
    { numRuns: 1_500 },
  );
});

test.run();
