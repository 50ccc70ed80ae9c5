import { ByteOrderedPartitioner, Murmur3Partitioner } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rowStatement } from '../../src/cql/row-pages.ts';

const MIN = -(2n ** 63n);

const asked = {
  keyspace: 'ks',
  table: 'a table',
  partitionKey: ['k', 'A "key"'],
  columns: ['k', 'A "key"', 'v'],
  writetimes: ['v'],
  consistency: 'LOCAL_QUORUM',
  pageRows: 100,
} as const;

const statement = (left: bigint, right: bigint): string =>
  rowStatement({ ...asked, range: { left, right } }, Murmur3Partitioner);

const SELECT = 'SELECT "k", "A ""key""", "v", WRITETIME("v") FROM "ks"."a table"';
const TOKEN = 'token("k", "A ""key""")';

test('a range is open on the left and closed on the right', () => {
  assert.is(statement(-5n, 7n), `${SELECT} WHERE ${TOKEN} > -5 AND ${TOKEN} <= 7`);
});

test('the ends of the ring are no bounds: no key has the minimum token', () => {
  assert.is(statement(MIN, 7n), `${SELECT} WHERE ${TOKEN} <= 7`);
  assert.is(statement(7n, MIN), `${SELECT} WHERE ${TOKEN} > 7`);
  assert.is(statement(MIN, MIN), SELECT);
});

test('no write times are asked for where none are wanted', () => {
  const range = { left: MIN, right: MIN };
  const text = rowStatement(
    { ...asked, columns: ['v'], writetimes: [], range },
    Murmur3Partitioner,
  );
  assert.is(text, 'SELECT "v" FROM "ks"."a table"');
});

test('tokens of keys in their own order are blobs', () => {
  const { tokenFromText } = ByteOrderedPartitioner;
  const range = { left: tokenFromText('0a'), right: tokenFromText('ff00') };
  const text = rowStatement({ ...asked, range }, ByteOrderedPartitioner);
  assert.match(text, `${TOKEN} > 0x0a AND ${TOKEN} <= 0xff00`);
});

test.run();
