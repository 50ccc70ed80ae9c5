import { type CqlType, nativeType, parseType, reversedType } from '@scamander/cql-types';
import type { SerializationHeader } from '@scamander/sstable-io';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mismatchText, schemaMismatches, type TargetTable } from '../../src/load/schema-check.ts';
import { opened, sampleTable, sstablesBelow } from '../harness.ts';

const MURMUR3 = 'org.apache.cassandra.dht.Murmur3Partitioner';
const MARSHAL = 'org.apache.cassandra.db.marshal.';
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

const typeOf = (text: string): CqlType => {
  const type = parseType(text);
  if (type._tag === 'Left') throw type.left;
  return type.right;
};

const header: SerializationHeader = {
  minTimestamp: 0n,
  minLocalDeletionTime: 0n,
  minTtl: 0n,
  keyType: `${MARSHAL}UTF8Type`,
  clusteringTypes: [`${MARSHAL}ReversedType(${MARSHAL}TimestampType)`],
  staticColumns: [{ name: bytes('place'), type: `${MARSHAL}UTF8Type` }],
  regularColumns: [{ name: bytes('reading'), type: `${MARSHAL}DoubleType` }],
};

const target: TargetTable = {
  keyspace: 'ks',
  table: 't',
  partitionerClass: MURMUR3,
  keyType: nativeType('text'),
  clusteringTypes: [reversedType(nativeType('timestamp'))],
  columns: new Map([
    ['place', { type: nativeType('text'), isStatic: true }],
    ['reading', { type: nativeType('double'), isStatic: false }],
  ]),
  droppedColumns: new Set(),
};

const texts = (
  changedHeader: Partial<SerializationHeader>,
  changedTarget: Partial<TargetTable> = {},
  partitioner = MURMUR3,
): readonly string[] =>
  schemaMismatches({ ...header, ...changedHeader }, partitioner, {
    ...target,
    ...changedTarget,
  }).map(mismatchText);

test('an SSTable of the same table fits', () => {
  assert.equal(texts({}), []);
});

test('a table with more columns takes an older SSTable', () => {
  const columns = new Map([
    ...target.columns,
    ['new', { type: nativeType('int'), isStatic: false }] as const,
  ]);
  assert.equal(texts({}, { columns }), []);
});

test('a column that the table lacks is named with its type', () => {
  assert.equal(
    texts({
      regularColumns: [
        ...header.regularColumns,
        { name: bytes('gone'), type: `${MARSHAL}Int32Type` },
      ],
    }),
    ['the table has no column gone (int)'],
  );
});

test('a dropped column is none that is missing: nodes filter its cells by the drop time', () => {
  assert.equal(
    texts(
      {
        regularColumns: [
          ...header.regularColumns,
          { name: bytes('gone'), type: `${MARSHAL}Int32Type` },
        ],
      },
      { droppedColumns: new Set(['gone']) },
    ),
    [],
  );
});

test('a column of another type says both types', () => {
  assert.equal(
    texts({ regularColumns: [{ name: bytes('reading'), type: `${MARSHAL}Int32Type` }] }),
    ['column reading is int in the SSTable and double in the table'],
  );
});

test('ascii written is text read, as ALTER TYPE once allowed; the other way round it is not', () => {
  const place = (written: string) => [{ name: bytes('place'), type: `${MARSHAL}${written}` }];
  assert.equal(texts({ staticColumns: place('AsciiType') }), []);
  const ascii = new Map([
    ...target.columns,
    ['place', { type: nativeType('ascii'), isStatic: true }] as const,
  ]);
  assert.equal(texts({}, { columns: ascii }), [
    'column place is text in the SSTable and ascii in the table',
  ]);
});

test('static in one and regular in the other is refused in both directions', () => {
  assert.equal(
    texts({
      staticColumns: [],
      regularColumns: [...header.regularColumns, ...header.staticColumns],
    }),
    ['column place is regular in the SSTable only'],
  );
  assert.equal(
    texts({
      staticColumns: [...header.staticColumns, ...header.regularColumns],
      regularColumns: [],
    }),
    ['column reading is static in the SSTable only'],
  );
});

test('another partitioner is refused: an entire SSTable of it makes 4.0 and 4.1 exit', () => {
  assert.equal(texts({}, {}, 'org.apache.cassandra.dht.RandomPartitioner'), [
    `the SSTable was written under org.apache.cassandra.dht.RandomPartitioner, the cluster uses ${MURMUR3}`,
  ]);
});

test('another partition key is refused', () => {
  assert.equal(texts({ keyType: `${MARSHAL}Int32Type` }), [
    "its partition key is int, the table's is text",
  ]);
});

test('a composite partition key is compared part by part', () => {
  const composite = typeOf(`${MARSHAL}CompositeType(${MARSHAL}UTF8Type,${MARSHAL}Int32Type)`);
  const keyType = `${MARSHAL}CompositeType(${MARSHAL}UTF8Type,${MARSHAL}Int32Type)`;
  assert.equal(texts({ keyType }, { keyType: composite }), []);
  assert.is(texts({}, { keyType: composite }).length, 1);
});

test('the order of a clustering column counts: its bytes lie the other way round', () => {
  assert.equal(texts({ clusteringTypes: [`${MARSHAL}TimestampType`] }), [
    "its clustering columns are (timestamp), the table's are (timestamp descending)",
  ]);
});

test('one clustering column more or less is refused', () => {
  assert.equal(texts({ clusteringTypes: [] }), [
    "its clustering columns are (), the table's are (timestamp descending)",
  ]);
  assert.is(
    texts({ clusteringTypes: [...header.clusteringTypes, `${MARSHAL}Int32Type`] }).length,
    1,
  );
});

const ADDRESS = (keyspace: string, field = 'Int32Type'): string =>
  `${MARSHAL}UserType(${keyspace},61646472,6e756d626572:${MARSHAL}${field})`;

test('a user type moves with its table into another keyspace', () => {
  const columns = new Map([['home', { type: typeOf(ADDRESS('ks')), isStatic: false }] as const]);
  const home = (type: string) => ({
    staticColumns: [],
    regularColumns: [{ name: bytes('home'), type }],
  });
  assert.equal(texts(home(ADDRESS('elsewhere')), { columns }), []);
  assert.is(texts(home(ADDRESS('elsewhere', 'UTF8Type')), { columns }).length, 1);
});

test('a type nobody can read is named as it stands', () => {
  assert.equal(texts({ regularColumns: [{ name: bytes('reading'), type: 'Broken(' }] }), [
    'column reading is Broken( in the SSTable and double in the table',
  ]);
});

test('every reason is told, not the first one only', () => {
  const found = schemaMismatches(
    { ...header, keyType: `${MARSHAL}Int32Type`, clusteringTypes: [], staticColumns: [] },
    'org.apache.cassandra.dht.RandomPartitioner',
    { ...target, columns: new Map() },
  );
  assert.equal(
    found.map(({ kind }) => kind),
    ['partitioner', 'key-type', 'clustering', 'missing-column'],
  );
});

test('the samples fit the tables they come from, in every version', async () => {
  for (const release of ['4.1.10-nb', '5.0.6-nb', '5.0.6-oa', '5.0.6-da']) {
    for (const files of await sstablesBelow(sampleTable(release, 'readings'))) {
      await opened(files, ({ header: read, statistics }) => {
        const columns = new Map(
          [
            ...read.staticColumns.map((column) => ({ ...column, isStatic: true })),
            ...read.regularColumns.map((column) => ({ ...column, isStatic: false })),
          ].map(({ name, type, isStatic }) => [
            Buffer.from(name).toString('utf8'),
            { type: typeOf(type), isStatic },
          ]),
        );
        const found = schemaMismatches(read, statistics.partitionerClass, {
          keyspace: 'demo',
          table: 'readings',
          partitionerClass: MURMUR3,
          keyType: typeOf(read.keyType),
          clusteringTypes: read.clusteringTypes.map(typeOf),
          columns,
          droppedColumns: new Set(),
        });
        assert.equal(found, []);
      });
    }
  }
});

test.run();
