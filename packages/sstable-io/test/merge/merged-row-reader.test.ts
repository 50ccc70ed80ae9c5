import { ByteOrderedPartitioner } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MergedRowReader } from '../../src/merge/merged-row-reader.ts';
import { type DeletionTime, NO_DELETION_TIME, type Row } from '../../src/rows/model.ts';
import { type RowHeader, rowHeaderOf } from '../../src/rows/row-header.ts';
import { type HeldPartition, HeldRowReader, holdAll } from './held-rows.ts';
import { textOf } from './rows-text.ts';
import { headerOf, int } from './small-world.ts';

const M = 'org.apache.cassandra.db.marshal.';
const options = { partitioner: ByteOrderedPartitioner };

/** Keys and values, without clustering columns. */
const keyValue = (type = 'Int32Type', isStatic = false): RowHeader => {
  const columns = [{ name: Buffer.from('v'), type: `${M}${type}` }];
  return rowHeaderOf({
    minTimestamp: 7n,
    minLocalDeletionTime: 5n,
    minTtl: 3n,
    keyType: `${M}Int32Type`,
    clusteringTypes: [],
    staticColumns: isStatic ? columns : [],
    regularColumns: isStatic ? [] : columns,
  });
};

const rowOf = (header: RowHeader, value: number, timestamp: bigint): Row => ({
  kind: 'row',
  isStatic: false,
  clustering: [],
  liveness: { timestamp, ttl: 0, localExpirationTime: NO_DELETION_TIME },
  deletion: undefined,
  isShadowable: false,
  columns: header.regularColumns.map((column) => ({
    column,
    deletion: undefined,
    cells: [
      {
        timestamp,
        ttl: 0,
        localDeletionTime: NO_DELETION_TIME,
        path: undefined,
        value: int(value),
      },
    ],
  })),
});

const partition = (
  header: RowHeader,
  key: number,
  value: number,
  timestamp: bigint,
): HeldPartition => ({
  key: int(key),
  deletion: undefined,
  staticRow: undefined,
  unfiltereds: [rowOf(header, value, timestamp)],
});

test('keys and values of several sources, each key once, the latest value', async () => {
  const header = keyValue();
  const readers = [
    [partition(header, 1, 10, 5n), partition(header, 3, 30, 5n)],
    [partition(header, 1, 11, 6n), partition(header, 2, 20, 5n)],
    [partition(header, 3, 31, 4n), partition(header, 4, 40, 5n)],
  ].map((partitions) => new HeldRowReader(header, partitions));
  const reader = new MergedRowReader(readers, options);
  assert.equal(
    textOf(await holdAll(reader)),
    textOf([
      partition(header, 1, 11, 6n),
      partition(header, 2, 20, 5n),
      partition(header, 3, 30, 5n),
      partition(header, 4, 40, 5n),
    ]),
  );
  assert.is(
    reader.position,
    readers.reduce((sum, { position }) => sum + position, 0),
  );
  await reader.close();
  assert.ok(readers.every(({ isClosed }) => isClosed));
});

test('a range that deletes just what the deletion of its partition does is left out', async () => {
  const header = headerOf(['a']);
  const deletion = { markedForDeleteAt: 5n, localDeletionTime: 1000 };
  const later = { ...deletion, localDeletionTime: 1001 };
  const ranged = (opens: DeletionTime): HeldPartition => ({
    key: int(1),
    deletion: undefined,
    staticRow: undefined,
    unfiltereds: [
      { kind: 'marker', bound: 'INCL_START_BOUND', values: [int(1)], closes: undefined, opens },
      {
        kind: 'marker',
        bound: 'INCL_END_BOUND',
        values: [int(2)],
        closes: opens,
        opens: undefined,
      },
    ],
  });
  const deleted: HeldPartition = { ...ranged(deletion), deletion, unfiltereds: [] };
  const merged = (...list: readonly HeldPartition[]): Promise<HeldPartition[]> =>
    holdAll(
      new MergedRowReader(
        list.map((one) => new HeldRowReader(header, [one])),
        options,
      ),
    );
  assert.equal(textOf(await merged(deleted, ranged(deletion))), textOf([deleted]));
  assert.equal(
    textOf(await merged(ranged(later), deleted)),
    textOf([{ ...ranged(later), deletion }]),
  );
});

test('partitions may be passed over, wholly or in the middle', async () => {
  const header = headerOf(['a']);
  const rows = Array.from(
    { length: 9 },
    (_, c): Row => ({
      ...rowOf(header, c, 5n),
      clustering: [int(c), int(0)],
    }),
  );
  const held = [1, 2, 3].map((key) => ({
    ...partition(header, key, 0, 5n),
    unfiltereds: rows,
  }));
  const readers = [held, held.slice(1)].map((list) => new HeldRowReader(header, list, 2));
  const reader = new MergedRowReader(readers, options);
  await reader.nextPartition();
  await reader.nextPartition();
  await reader.nextBatch();
  const last = await reader.nextPartition();
  assert.equal(last?.key, int(3));
  let count = 0;
  for (;;) {
    const batch = await reader.nextBatch();
    if (batch.length === 0) break;
    count += batch.length;
  }
  assert.is(count, 9);
  assert.is(await reader.nextPartition(), undefined);
  assert.is(await reader.nextPartition(), undefined);
});

test('the bases are the smallest, and columns of another type or kind are refused', () => {
  const merge = (...headers: RowHeader[]): RowHeader =>
    new MergedRowReader(
      headers.map((header) => new HeldRowReader(header, [])),
      options,
    ).header;
  const later = {
    ...keyValue(),
    encoding: { minTimestamp: 9n, minLocalDeletionTime: 4, minTtl: 8 },
  };
  assert.equal(merge(keyValue(), later).encoding, {
    minTimestamp: 7n,
    minLocalDeletionTime: 4,
    minTtl: 3,
  });
  assert.throws(() => merge(keyValue(), keyValue('UTF8Type')), /column "v" as int and as text/);
  assert.throws(() => merge(keyValue(), keyValue('Int32Type', true)), /as static and as regular/);
  assert.throws(() => merge(keyValue(), headerOf(['a'])), /clustering columns of/);
});

test('what a reader rejects with is what the merge rejects with', async () => {
  const header = keyValue();
  class Failing extends HeldRowReader {
    override nextBatch(): Promise<never> {
      return Promise.reject(new Error('a bad block'));
    }
  }
  const readers = [
    new HeldRowReader(header, [partition(header, 1, 10, 5n)]),
    new Failing(header, [partition(header, 1, 10, 5n)]),
  ];
  const reader = new MergedRowReader(readers, options);
  await reader.nextPartition();
  const error = await reader.nextBatch().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.match(String(error), /a bad block/);
});

test.run();
