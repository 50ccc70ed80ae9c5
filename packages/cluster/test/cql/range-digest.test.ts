import { left, right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cluster } from '../../src/cql/cluster.ts';
import { rangeDigest } from '../../src/cql/range-digest.ts';
import type { RowQuestion } from '../../src/cql/row-pages.ts';

const question: RowQuestion = {
  partitionKey: ['k'],
  columns: ['k', 'v'],
  writetimes: [],
  keyspace: 'ks',
  table: 't',
  range: { left: 1n, right: 2n },
  consistency: 'LOCAL_QUORUM',
  pageRows: 2,
};

/** Pages of rows, of which only `rowPage` is asked. */
const clusterOf = (pages: readonly (readonly (readonly unknown[])[])[]): Cluster =>
  ({
    rowPage: async (_: RowQuestion, page = '0') => {
      const index = Number(page);
      const next = index + 1 < pages.length ? String(index + 1) : undefined;
      return right({ rows: pages[index] ?? [], next });
    },
  }) as Partial<Cluster> as Cluster;

const read = async (pages: readonly (readonly (readonly unknown[])[])[]) => {
  const found = await rangeDigest(clusterOf(pages), question, new AbortController().signal);
  if (found._tag === 'Left') throw found.left;
  return found.right;
};

test('rows are counted over all pages, and their hash does not depend on where pages end', async () => {
  const rows = [
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ];
  const one = await read([rows]);
  const several = await read([rows.slice(0, 2), rows.slice(2), []]);
  assert.is(one.rows, 3);
  assert.equal(several, one);
  assert.is.not((await read([[...rows].reverse()])).sha256, one.sha256, 'their order counts');
  assert.is.not((await read([rows.slice(0, 2)])).sha256, one.sha256);
});

test('a page that can’t be read ends the reading', async () => {
  const failing = {
    rowPage: async () => left({ message: 'no' }),
  } as Partial<Cluster> as Cluster;
  const found = await rangeDigest(failing, question, new AbortController().signal);
  assert.is(found._tag, 'Left');
});

test.run();
