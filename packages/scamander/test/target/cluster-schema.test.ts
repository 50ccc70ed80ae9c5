import type { ColumnSchema, TableIndex, TableSchema } from '@scamander/cluster';
import { typeString } from '@scamander/cql-types';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attachedIndexes, targetTable } from '../../src/target/cluster-schema.ts';

const column = (
  name: string,
  kind: ColumnSchema['kind'],
  type: string,
  change: Partial<ColumnSchema> = {},
): ColumnSchema => ({ name, kind, position: -1, type, order: 'none', ...change });

const schema: TableSchema = {
  keyspace: 'ks',
  name: 't',
  kind: 'table',
  id: '5ca3a000-0000-11ee-8000-000000000001',
  columns: [
    column('sensor', 'partition_key', 'text', { position: 0 }),
    column('at', 'clustering', 'timestamp', { position: 0, order: 'desc' }),
    column('seq', 'clustering', 'int', { position: 1, order: 'asc' }),
    column('place', 'static', 'frozen<address>'),
    column('homes', 'regular', 'map<text, frozen<list<address>>>'),
  ],
  droppedColumns: [{ name: 'gone', kind: 'regular', type: 'int', droppedAtMs: 5 }],
  indexes: [],
  views: [],
  userTypes: [
    // named before the type it uses, as the server lists them by name
    {
      name: 'address',
      fields: [
        { name: 'street', type: 'text' },
        { name: 'at', type: 'frozen<point>' },
      ],
    },
    { name: 'point', fields: [{ name: 'x', type: 'int' }] },
  ],
  compression: undefined,
  compaction: {},
  cdc: false,
  flags: ['compound'],
  counter: false,
  memtable: undefined,
  gcGraceSeconds: 864_000,
};

const PARTITIONER = 'org.apache.cassandra.dht.Murmur3Partitioner';
const MARSHAL = 'org.apache.cassandra.db.marshal.';

const targetOf = (change: Partial<TableSchema> = {}) => {
  const target = targetTable({ ...schema, ...change }, PARTITIONER);
  if (target._tag === 'Left') throw target.left;
  return target.right;
};

test('a table in the terms of SSTables', () => {
  const target = targetOf();
  assert.equal([target.keyspace, target.table, target.partitionerClass], ['ks', 't', PARTITIONER]);
  assert.is(typeString(target.keyType), `${MARSHAL}UTF8Type`);
  assert.equal(target.clusteringTypes.map(typeString), [
    `${MARSHAL}ReversedType(${MARSHAL}TimestampType)`,
    `${MARSHAL}Int32Type`,
  ]);
  assert.equal(
    [...target.columns].map(([name, { type, isStatic }]) => [name, type.kind, isStatic]),
    [
      ['place', 'udt', true],
      ['homes', 'map', false],
    ],
  );
  const homes = target.columns.get('homes')?.type;
  assert.is(
    homes?.kind === 'map' && homes.value.kind === 'list' && homes.value.element.kind === 'udt'
      ? homes.value.element.frozen
      : undefined,
    true,
    'what stands inside a frozen type is frozen',
  );
  assert.equal([...target.droppedColumns], ['gone']);
});

test('user types are resolved to their fields, in any order, in the table’s keyspace', () => {
  const place = targetOf().columns.get('place')?.type;
  const text = place === undefined ? '' : typeString(place);
  const hex = (name: string): string => Buffer.from(name).toString('hex');
  assert.match(text, new RegExp(`UserType\\(ks,${hex('address')},${hex('street')}:`));
  assert.match(text, new RegExp(`UserType\\(ks,${hex('point')},${hex('x')}:`));
});

test('a partition key of several columns is a composite', () => {
  const columns = [
    column('a', 'partition_key', 'text', { position: 0 }),
    column('b', 'partition_key', 'int', { position: 1 }),
  ];
  assert.is(
    typeString(targetOf({ columns }).keyType),
    `${MARSHAL}CompositeType(${MARSHAL}UTF8Type,${MARSHAL}Int32Type)`,
  );
});

test('a type that can’t be read is a Left, not an exception', () => {
  const columns = [column('a', 'partition_key', 'no such type<')];
  assert.is(targetTable({ ...schema, columns }, PARTITIONER)._tag, 'Left');
  const userTypes = [{ name: 'address', fields: [{ name: 'x', type: 'nothing' }] }];
  assert.is(targetTable({ ...schema, userTypes }, PARTITIONER)._tag, 'Left');
});

test('indexes inside the SSTables are told apart from those with tables of their own', () => {
  const index = (name: string, kind: TableIndex['kind']): TableIndex => ({
    name,
    kind,
    className: undefined,
    target: 'v',
  });
  const indexes = [
    index('a', 'secondary'),
    index('b', 'sai'),
    index('c', 'sasi'),
    index('d', 'custom'),
  ];
  assert.equal(attachedIndexes({ ...schema, indexes }), { sai: ['b'], other: ['c', 'd'] });
});

test.run();
