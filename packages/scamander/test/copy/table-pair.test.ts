import { nativeType } from '@scamander/cql-types';
import { Murmur3Partitioner, RandomPartitioner } from '@scamander/ring';
import { left, right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CopyOptions } from '../../src/copy/copy-types.ts';
import { pairTables, renamedStatement, samePartitioner } from '../../src/copy/table-pair.ts';
import { refusal } from '../../src/errors.ts';
import type { TargetTable } from '../../src/load/schema-check.ts';
import { directTarget } from '../../src/target/direct-target.ts';
import type { ResolvedTable, Target } from '../../src/target/target.ts';

const SCHEMA: TargetTable = {
  keyspace: 'ks',
  table: 't',
  partitionerClass: Murmur3Partitioner.className,
  keyType: nativeType('int'),
  clusteringTypes: [],
  columns: new Map([['v', { type: nativeType('text'), isStatic: false }]]),
  droppedColumns: new Set(),
};

const resolved = (more: Partial<ResolvedTable> = {}): ResolvedTable => ({
  keyspace: 'ks',
  table: 't',
  tableId: '11111111-1111-1111-1111-111111111111',
  schema: SCHEMA,
  indexes: { sai: [], other: [] },
  replication: { strategy: 'EverywhereStrategy' },
  ...more,
});

/** A cluster of one node that knows these tables. */
const cluster = (
  host: string,
  tables: readonly ResolvedTable[],
  partitioner = Murmur3Partitioner,
): Target => {
  const made = directTarget([{ host, port: 7000 }], partitioner);
  if (made._tag === 'Left') throw new Error(made.left.message);
  return {
    ...made.right,
    name: host,
    schemaText: async () =>
      right(
        'CREATE TABLE ks.t (\n    k int PRIMARY KEY\n) WITH ID = 1234-ab\n    AND cdc = false;\n',
      ),
    table: async (keyspace, table) => {
      const found = tables.find((one) => one.keyspace === keyspace && one.table === table);
      return found === undefined
        ? left(refusal('SCM_CLUSTER_UNKNOWN_TABLE', 'no such table', `${keyspace}.${table}`, ''))
        : right(found);
    },
  };
};

const OPTIONS: CopyOptions = {
  names: [],
  source: { kind: 'direct', nodes: [] },
  target: { kind: 'direct', nodes: [] },
};

const paired = (
  there: readonly ResolvedTable[],
  options: Partial<CopyOptions> = {},
  host = '10.0.0.2',
) =>
  pairTables(resolved(), cluster('10.0.0.1', []), cluster(host, there), {
    ...OPTIONS,
    ...options,
  });

const refused = async (...input: Parameters<typeof paired>) => {
  const pair = await paired(...input);
  if (pair._tag === 'Right') throw new Error('they fit');
  return pair.left;
};

test('a table is paired with the one of its name, or of another', async () => {
  assert.is((await paired([resolved()]))._tag, 'Right');
  const other = await paired([resolved({ keyspace: 'a', table: 'b' })], {
    keyspace: 'a',
    table: 'b',
  });
  assert.is(other._tag === 'Right' && other.right.target.table, 'b');
});

test('where the table is missing it is said how it is made, under its new name', async () => {
  const error = await refused([], { keyspace: 'other' });
  assert.is(error.code, 'SCM_CLUSTER_UNKNOWN_TABLE');
  assert.match(error.advice, 'CREATE TABLE other.t (\n    k int PRIMARY KEY\n) WITH cdc = false;');
});

test('statements get the new names, quoted where they must be, and no id', () => {
  const from = { keyspace: 'a', table: 'B b' };
  const statement =
    'CREATE TABLE a."B b" (k int) WITH ID = 12-ab\n    AND cdc = false;\nCREATE INDEX i ON a."B b" (v);';
  assert.is(
    renamedStatement(statement, from, 'c', 'D"'),
    'CREATE TABLE c."D""" (k int) WITH cdc = false;\nCREATE INDEX i ON c."D""" (v);',
  );
  const same = 'CREATE TABLE a.b (k int)';
  assert.is(renamedStatement(same, { keyspace: 'a', table: 'b' }, 'a', 'b'), same);
});

test('tables that differ are refused before anything is asked for', async () => {
  const changed = (more: Partial<TargetTable>) => [resolved({ schema: { ...SCHEMA, ...more } })];
  const noColumn = await refused(changed({ columns: new Map() }));
  assert.equal([noColumn.code, noColumn.kind], ['SCM_COPY_SCHEMA', 'refused']);
  assert.match(noColumn.message, 'no column v');
  assert.match((await refused(changed({ keyType: nativeType('text') }))).message, 'partition key');
  const dropped = await paired(changed({ columns: new Map(), droppedColumns: new Set(['v']) }));
  assert.is(dropped._tag, 'Right', 'a column that was dropped there is read over');
});

test('a table is not copied onto itself', async () => {
  assert.is((await refused([resolved()], {}, '10.0.0.1')).code, 'SCM_COPY_SAME_TABLE');
  const id = '22222222-2222-2222-2222-222222222222';
  assert.is((await paired([resolved({ tableId: id })], {}, '10.0.0.1'))._tag, 'Right');
});

test('clusters of two partitioners have nothing to say to each other', () => {
  const [one, other] = [cluster('a', []), cluster('b', [], RandomPartitioner as never)];
  assert.is(samePartitioner(one, one), undefined);
  assert.is(samePartitioner(one, other)?.code, 'SCM_COPY_PARTITIONER');
});

test.run();
