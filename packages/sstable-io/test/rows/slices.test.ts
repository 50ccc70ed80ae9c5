// Slices of partitions, forward and backward, through promoted indexes, row tries and without: the same as a scan that is cut.
import { seededRandom, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  boundPlace,
  ClusteringComparator,
  valuesOf,
} from '../../src/rows/clustering-comparator.ts';
import type { ClusteringValue, DeletionTime, Unfiltered } from '../../src/rows/model.ts';
import type { RowSlice, SliceBound } from '../../src/rows/slice-filter.ts';
import { fixtureSSTable, fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { SSTableCopy } from '../sstable-copy.ts';
import {
  orThrow,
  readAll,
  samePartitions,
  textOf,
  type WholePartition,
  withSSTable,
} from './reading.ts';

/** What a slice must hold, by its definition: each row and marker between the bounds, and a marker where a bound cuts a range. */
const cut = (
  comparator: ClusteringComparator,
  rows: readonly Unfiltered[],
  { from, to, isReversed }: RowSlice,
): Unfiltered[] => {
  const fromBound = from?.isInclusive ? 'INCL_START_BOUND' : 'EXCL_START_BOUND';
  const toBound = to?.isInclusive ? 'INCL_END_BOUND' : 'EXCL_END_BOUND';
  const after = (row: Unfiltered) =>
    from === undefined || comparator.compareWithPlace(row, boundPlace(fromBound, from.values)) > 0;
  const before = (row: Unfiltered) =>
    to === undefined || comparator.compareWithPlace(row, boundPlace(toBound, to.values)) < 0;
  if (from !== undefined && to !== undefined) {
    const places = [boundPlace(fromBound, from.values), boundPlace(toBound, to.values)] as const;
    if (comparator.comparePlaces(...places) >= 0) return [];
  }
  const openBehind = (some: readonly Unfiltered[]): DeletionTime | undefined => {
    const marker = some.findLast((row) => row.kind === 'marker');
    return marker?.kind === 'marker' ? marker.opens : undefined;
  };
  const kept: Unfiltered[] = rows.filter((row) => after(row) && before(row));
  const openAtFrom = openBehind(rows.filter((row) => !after(row)));
  const openAtTo = openBehind(rows.filter(before));
  if (from !== undefined && openAtFrom !== undefined) {
    kept.unshift({
      kind: 'marker',
      bound: fromBound,
      values: from.values,
      closes: undefined,
      opens: openAtFrom,
    });
  }
  if (to !== undefined && openAtTo !== undefined) {
    kept.push({
      kind: 'marker',
      bound: toBound,
      values: to.values,
      closes: openAtTo,
      opens: undefined,
    });
  }
  return isReversed ? kept.reverse() : kept;
};

const random = seededRandom(5);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

/** The low bits of floating point numbers make NaNs that row tries order otherwise than comparators; no client sends those. */
const FLOATS = /ct_(float|double|vector_float_3)\//;

/** A bound at a row or marker of the partition, at times of fewer values, at times beside it. */
const boundOf = (rows: readonly Unfiltered[], name: string): SliceBound | undefined => {
  if (random() < 0.15 || rows.length === 0) return undefined;
  const values = valuesOf(pick(rows));
  const count = random() < 0.7 ? values.length : Math.floor(random() * (values.length + 1));
  const beside = (value: ClusteringValue): ClusteringValue => {
    if (value === null || value.length === 0 || random() < 0.7) return value;
    if (FLOATS.test(name)) return value;
    const copy = new Uint8Array(value);
    copy[copy.length - 1] = copy.at(-1)! ^ (1 << Math.floor(random() * 3));
    return copy;
  };
  return {
    values: values.slice(0, count).map((value, i) => (i === count - 1 ? beside(value) : value)),
    isInclusive: random() < 0.5,
  };
};

const isWide = (partition: WholePartition) => partition.rows.length > 3;
const SLICES_PER_PARTITION = 12;
/** Tables whose partitions have row indexes of many blocks, open markers, types of every kind. */
const TABLES =
  /\/(ct_\w+|wide|bo_wide|rp_wide|dels|bo_dels|statics|ck35|empty_ck|ttls|legacy_\w+_clust|manywide)\//;

sharedTest(test, 'slices are a scan that is cut', async () => {
  let indexed = 0;
  for (const files of fixtureSSTables.filter((one) => TABLES.test(nameOf(one)))) {
    const name = nameOf(files);
    await withSSTable(files, async (sstable) => {
      const reader = orThrow(await sstable.rows());
      const comparator = new ClusteringComparator(reader.header.clusteringTypes);
      const partitions = (await readAll(reader)).filter(isWide).slice(0, 2);
      for (const { head, rows, end } of partitions) {
        if (end - head.position > 2048) indexed += 1;
        for (let i = 0; i < SLICES_PER_PARTITION; i++) {
          const slice: RowSlice = {
            from: boundOf(rows, name),
            to: boundOf(rows, name),
            isReversed: i % 2 === 1,
          };
          const found = orThrow(await sstable.slice(head.key, slice));
          assert.ok(found, name);
          const [partition, ...others] = await readAll(found);
          assert.is(others.length, 0);
          const expected = { head, rows: cut(comparator, rows, slice), starts: [], end: 0 };
          const isSame = samePartitions([partition!], [expected]);
          assert.ok(isSame, `${name} ${textOf(slice)}: ${partition?.rows.length} rows`);
        }
      }
    });
  }
  assert.ok(indexed > 100, `${indexed} partitions with several blocks`);
});

sharedTest(test, 'a slice of a key that is not there is none', async () => {
  const files = fixtureSSTables.find((one) => /5\.0\.6-da\/wide/.test(nameOf(one)));
  assert.ok(files);
  await withSSTable(files, async (sstable) => {
    assert.is(orThrow(await sstable.slice(Buffer.from('nobody'), {})), undefined);
  });
});

const WIDE = [
  'sstables/nb/legacy_nb_clust',
  'sstables/oa/legacy_oa_clust',
  'sstables/da/legacy_da_clust',
];

for (const folder of WIDE) {
  sharedTest(test, `${folder}: what stands before a slice is not read`, async () => {
    await withTempFolder(async (temp) => {
      const copy = new SSTableCopy(fixtureSSTable(folder), temp);
      const { partition, bound, spoilAt } = await withSSTable(copy.files, async (sstable) => {
        const partitions = await readAll(orThrow(await sstable.rows()));
        const last = partitions.at(-1)!;
        const late = Math.floor(last.rows.length * 0.75);
        // a chunk behind the one of the head and well before the row
        const chunk = Math.floor(last.head.position / 16_384) + 1;
        assert.ok(last.starts[late]! > (chunk + 1) * 16_384 + 8192);
        const chunks = await sstable.chunksFor([
          { lower: BigInt(chunk * 16_384), upper: BigInt(chunk * 16_384 + 1) },
        ]);
        const values = valuesOf(last.rows[late]!);
        return {
          partition: last,
          bound: { values, isInclusive: true },
          spoilAt: orThrow(chunks)[0]!.offsetBytes,
        };
      });
      const data = copy.bytes('Data.db');
      data[spoilAt + 10]! ^= 1;
      copy.write('Data.db', data);
      await withSSTable(copy.files, async (sstable) => {
        for (const isReversed of [false, true]) {
          const slice = { from: bound, isReversed };
          const reader = orThrow(await sstable.slice(partition.head.key, slice));
          const [found] = await readAll(reader!);
          assert.is(found!.rows.length, Math.ceil(partition.rows.length / 4));
        }
        const whole = orThrow(await sstable.partition(partition.head.key));
        let failure: unknown;
        await readAll(whole!).catch((error: unknown) => {
          failure = error;
        });
        assert.match(String(failure), /CRC-32/);
      });
    });
  });
}

test.run();
