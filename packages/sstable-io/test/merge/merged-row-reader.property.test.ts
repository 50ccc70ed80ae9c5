import { ByteOrderedPartitioner } from '@scamander/ring';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MergedRowReader } from '../../src/merge/merged-row-reader.ts';
import { type HeldPartition, HeldRowReader, holdAll } from './held-rows.ts';
import { naiveMerge } from './naive-merge.ts';
import { textOf } from './rows-text.ts';
import { headerOf, sources } from './small-world.ts';

const ALL = ['a', 'b', 'm', 'n', 't'];
const options = { partitioner: ByteOrderedPartitioner };

test('a merge is what its definition says', async () => {
  const header = headerOf(ALL);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(sources(header), fc.integer({ min: 1, max: 5 })), {
        minLength: 1,
        maxLength: 4,
      }),
      async (list) => {
        const readers = list.map(
          ([partitions, batchMax]) => new HeldRowReader(header, partitions, batchMax),
        );
        const merged = await holdAll(new MergedRowReader(readers, options));
        const expected = naiveMerge(
          list.map(([partitions]) => partitions),
          header,
        );
        assert.equal(textOf(merged), textOf(expected));
      },
    ),
    { numRuns: 600 },
  );
});

test('sources may lack each other’s columns', async () => {
  const headers = [headerOf(['a', 'm']), headerOf(['b', 'n', 't']), headerOf(['a', 'b', 't'])];
  const all = headerOf(ALL);
  await fc.assert(
    fc.asyncProperty(fc.tuple(...headers.map((header) => sources(header))), async (list) => {
      const readers = list.map(
        (partitions, i) => new HeldRowReader(headers[i] ?? all, partitions, 2),
      );
      const reader = new MergedRowReader(readers, options);
      assert.equal(
        reader.header.regularColumns.map(({ text, index }) => [text, index]),
        all.regularColumns.map(({ text, index }) => [text, index]),
      );
      const merged = await holdAll(reader);
      for (const { unfiltereds } of merged)
        for (const unfiltered of unfiltereds)
          if (unfiltered.kind === 'row')
            for (const { column } of unfiltered.columns)
              assert.is(column, reader.header.regularColumns[column.index], column.text);
      assert.equal(textOf(merged), textOf(naiveMerge(list, all)));
    }),
    { numRuns: 150 },
  );
});

// shadowable deletions and tombstones of counters are not: what wins there depends on what was met first
test('merging is associative', async () => {
  const header = headerOf(['a', 'b', 'm', 't']);
  const plain = sources(header, { shadowable: false });
  const merge = async (...lists: (readonly HeldPartition[])[]): Promise<HeldPartition[]> =>
    holdAll(
      new MergedRowReader(
        lists.map((list) => new HeldRowReader(header, list, 2)),
        options,
      ),
    );
  await fc.assert(
    fc.asyncProperty(plain, plain, plain, async (a, b, c) => {
      const whole = textOf(await merge(a, b, c));
      assert.equal(textOf(await merge(await merge(a, b), c)), whole);
      assert.equal(textOf(await merge(a, await merge(b, c))), whole);
    }),
    { numRuns: 100 },
  );
});

test.run();
