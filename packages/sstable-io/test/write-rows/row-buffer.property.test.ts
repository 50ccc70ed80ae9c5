import { readdirSync } from 'node:fs';
import { ByteOrderedPartitioner } from '@scamander/ring';
import { withTempFolder } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MergedRowReader } from '../../src/merge/merged-row-reader.ts';
import type { ClusteringPlace } from '../../src/rows/clustering-comparator.ts';
import { boundPlace } from '../../src/rows/clustering-comparator.ts';
import type { Unfiltered } from '../../src/rows/model.ts';
import { BufferReader } from '../../src/write-rows/buffer-reader.ts';
import type { Mutation, RangeDeletion } from '../../src/write-rows/mutation.ts';
import { RowBuffer } from '../../src/write-rows/row-buffer.ts';
import { RunFolder } from '../../src/write-rows/run-folder.ts';
import { type HeldPartition, holdAll } from '../merge/held-rows.ts';
import { naiveMerge } from '../merge/naive-merge.ts';
import { headerOf, sources } from '../merge/small-world.ts';

const PARTITIONER = ByteOrderedPartitioner;
// without counters, which the writer refuses
const HEADER = headerOf(['a', 'b', 'm', 't']);
const FORMAT = { header: HEADER, hasUIntDeletionTime: false };

/** Plain data whose keys are in order. */
const plain = (name: string, value: unknown): unknown => {
  if (name === 'column') return (value as { text: string }).text;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'bigint') return `${value}`;
  if (Array.isArray(value)) return value.map((item) => plain('', item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(key, inner)]));
};

const textOf = (partitions: readonly HeldPartition[]): string[] =>
  partitions.flatMap(({ key, deletion, staticRow, unfiltereds }) =>
    [{ key, deletion, staticRow }, ...unfiltereds].map((part) => JSON.stringify(plain('', part))),
  );

/** The bounds that a marker stands for: a boundary for two. */
const BOUNDS = {
  EXCL_END_BOUND: { end: 'EXCL_END_BOUND', start: undefined },
  INCL_END_BOUND: { end: 'INCL_END_BOUND', start: undefined },
  INCL_START_BOUND: { end: undefined, start: 'INCL_START_BOUND' },
  EXCL_START_BOUND: { end: undefined, start: 'EXCL_START_BOUND' },
  EXCL_END_INCL_START_BOUNDARY: { end: 'EXCL_END_BOUND', start: 'INCL_START_BOUND' },
  INCL_END_EXCL_START_BOUNDARY: { end: 'INCL_END_BOUND', start: 'EXCL_START_BOUND' },
} as const;

/** The ranges that the markers of a partition stand for. */
const rangesOf = (unfiltereds: readonly Unfiltered[]): RangeDeletion[] => {
  const ranges: RangeDeletion[] = [];
  let from: ClusteringPlace | undefined;
  for (const unfiltered of unfiltereds) {
    if (unfiltered.kind === 'row') continue;
    const { end, start } = BOUNDS[unfiltered.bound];
    if (end !== undefined && unfiltered.closes !== undefined && from !== undefined)
      ranges.push({
        start: from,
        end: boundPlace(end, unfiltered.values),
        deletion: unfiltered.closes,
      });
    if (start !== undefined) from = boundPlace(start, unfiltered.values);
  }
  return ranges;
};

/** The statements that a partition may have come from. */
const mutationsOf = ({ key, deletion, staticRow, unfiltereds }: HeldPartition): Mutation[] => {
  const nothing: Mutation = {
    key,
    partitionDeletion: undefined,
    staticRow: undefined,
    row: undefined,
    range: undefined,
  };
  return [
    ...(deletion === undefined ? [] : [{ ...nothing, partitionDeletion: deletion }]),
    ...(staticRow === undefined ? [] : [{ ...nothing, staticRow }]),
    ...unfiltereds.flatMap((row) => (row.kind === 'row' ? [{ ...nothing, row }] : [])),
    ...rangesOf(unfiltereds).map((range) => ({ ...nothing, range })),
  ];
};

const hasSomething = ({ deletion, staticRow, unfiltereds }: HeldPartition): boolean =>
  deletion !== undefined || staticRow !== undefined || unfiltereds.length > 0;

/** Sources whose statements come in an order of their own. */
const world = fc.array(sources(HEADER, { shadowable: false }), { minLength: 1, maxLength: 4 });

const readBuffer = (mutations: readonly Mutation[]): BufferReader => {
  const buffer = new RowBuffer(HEADER);
  for (const mutation of mutations) buffer.add(mutation);
  return new BufferReader(HEADER, buffer.drain(PARTITIONER));
};

test('what is buffered is what a merge of it is by definition', async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.infiniteStream(fc.nat()), async (all, order) => {
      const mutations = all.flat().flatMap(mutationsOf);
      // rows of one place stay in the order of their sources, which decides where nothing else does
      const ordered = mutations
        .map((mutation) => ({
          mutation,
          at: mutation.row === undefined ? (order.next().value ?? 0) : 0,
        }))
        .sort((a, b) => a.at - b.at)
        .map(({ mutation }) => mutation);
      const merged = new MergedRowReader([readBuffer(ordered)], { partitioner: PARTITIONER });
      assert.equal(
        textOf(await holdAll(merged)),
        textOf(naiveMerge(all, HEADER).filter(hasSomething)),
      );
    }),
    { numRuns: 150 },
  );
});

test('sorted runs on disk give what the buffer gives', () =>
  withTempFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(world, fc.integer({ min: 1, max: 8 }), async (all, inRun) => {
        const mutations = all.flat().flatMap(mutationsOf);
        const runs = new RunFolder(folder, FORMAT, PARTITIONER);
        let rest = mutations;
        while (rest.length > inRun) {
          await runs.add(readBuffer(rest.slice(0, inRun)));
          rest = rest.slice(inRun);
        }
        const reader = runs.read(readBuffer(rest));
        const fromRuns = textOf(await holdAll(reader));
        await reader.close();
        await runs.remove();
        const merged = new MergedRowReader([readBuffer(mutations)], { partitioner: PARTITIONER });
        assert.equal(fromRuns, textOf(await holdAll(merged)));
      }),
      { numRuns: 30 },
    );
    assert.equal(readdirSync(folder), [], 'nothing is left');
  }));

test('more runs than are merged at once are merged in between', () =>
  withTempFolder(async (folder) => {
    const runs = new RunFolder(folder, FORMAT, PARTITIONER);
    const row = (timestamp: bigint): Mutation => ({
      key: Uint8Array.of(1),
      partitionDeletion: undefined,
      staticRow: undefined,
      row: {
        kind: 'row',
        isStatic: false,
        clustering: [Uint8Array.of(0, 0, 0, 1), Uint8Array.of(0, 0, 0, 1)],
        liveness: { timestamp, ttl: 0, localExpirationTime: Number.MAX_SAFE_INTEGER },
        deletion: undefined,
        isShadowable: false,
        columns: [],
      },
      range: undefined,
    });
    for (let timestamp = 0n; timestamp < 200n; timestamp++)
      await runs.add(readBuffer([row(timestamp)]));
    assert.ok(runs.count < 64, `${runs.count}`);
    const reader = runs.read(readBuffer([]));
    const [only, ...others] = await holdAll(reader);
    await reader.close();
    const [first] = only?.unfiltereds ?? [];
    assert.is(first?.kind === 'row' ? first.liveness?.timestamp : undefined, 199n);
    assert.equal(others, []);
    await runs.remove();
    assert.equal(readdirSync(folder), []);
  }));

test.run();
