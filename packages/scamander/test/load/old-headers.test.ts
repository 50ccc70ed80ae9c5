// Headers of 3.0 SSTables, whose frozen user types stand there without FrozenType.
import { freeze, parseType } from '@scamander/cql-types';
import type { SerializationHeader } from '@scamander/sstable-io';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { headerAsDeclared } from '../../src/load/old-headers.ts';
import { schemaMismatches, type TargetTable } from '../../src/load/schema-check.ts';

const MARSHAL = 'org.apache.cassandra.db.marshal.';
const MURMUR3 = 'org.apache.cassandra.dht.Murmur3Partitioner';
/** As 3.0.31 wrote `frozen<addr>`: `addr` and `zip` in hex. */
const BARE = `${MARSHAL}UserType(ks,61646472,7a6970:${MARSHAL}Int32Type)`;

const typeOf = (text: string) => {
  const type = parseType(text);
  if (type._tag === 'Left') throw type.left;
  return type.right;
};

const header: SerializationHeader = {
  minTimestamp: 0n,
  minLocalDeletionTime: 0n,
  minTtl: 0n,
  keyType: `${MARSHAL}Int32Type`,
  clusteringTypes: [],
  staticColumns: [],
  regularColumns: [{ name: Buffer.from('home'), type: BARE }],
};

const target = (frozen: boolean): TargetTable => ({
  keyspace: 'ks',
  table: 't',
  partitionerClass: MURMUR3,
  keyType: typeOf(`${MARSHAL}Int32Type`),
  clusteringTypes: [],
  columns: new Map([
    ['home', { type: frozen ? freeze(typeOf(BARE)) : typeOf(BARE), isStatic: false }],
  ]),
  droppedColumns: new Set(),
});

test('a bare user type of a version before 4.0 is frozen where the table declares it so', () => {
  const read = headerAsDeclared(header, 'me', target(true));
  assert.is(read.regularColumns[0]?.type, `${MARSHAL}FrozenType(${BARE})`);
  assert.equal(schemaMismatches(read, MURMUR3, target(true)), []);
});

test('where the table declares it not frozen (3.6 and later) the header stands', () => {
  assert.is(headerAsDeclared(header, 'me', target(false)), header);
});

test('from 4.0 on the header is taken at its word', () => {
  assert.is(headerAsDeclared(header, 'na', target(true)), header);
  assert.is(schemaMismatches(header, MURMUR3, target(true)).length, 1);
});

test('other columns stay as they are', () => {
  const plain = {
    ...header,
    regularColumns: [{ name: Buffer.from('home'), type: `${MARSHAL}Int32Type` }],
  };
  assert.is(headerAsDeclared(plain, 'ma', target(true)), plain);
});

test.run();
