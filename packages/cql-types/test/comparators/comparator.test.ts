import { comparatorOf } from '@scamander/cql-types';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ASCENDING, component } from '../ascending.ts';
import { typeOf } from '../matrices.ts';

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

/** Every pair of values that stand in ascending order, equal ones in one array. */
const assertAscending = (text: string, values: readonly (string | readonly string[])[]): void => {
  const compare = comparatorOf(typeOf(text));
  const flat = values.flatMap((equal, rank) => [equal].flat().map((hex) => ({ hex, rank })));
  for (const a of flat)
    for (const b of flat)
      assert.is(
        Math.sign(compare(bytesOf(a.hex), bytesOf(b.hex))) + 0,
        Math.sign(a.rank - b.rank) + 0,
        `${text}: ${a.hex} and ${b.hex}`,
      );
};

for (const { type, values } of ASCENDING) {
  test(`order of ${type}`, () => assertAscending(type, values));
  test(`order of ${type}, reversed`, () =>
    assertAscending(`ReversedType(${type})`, [...values].reverse()));
}

test('static composites come first', () => {
  const rows = [`ffff${component('62')}`, component('61'), component('62')];
  assertAscending('CompositeType(UTF8Type)', rows);
});

const named = (type: string, value: string): string =>
  `${type.length.toString(16).padStart(4, '0')}${Buffer.from(type).toString('hex')}${component(value)}`;

test('dynamic composites: by the names of classes where the types differ', () => {
  assertAscending('DynamicCompositeType(i=>Int32Type,s=>UTF8Type,r=>ReversedType(Int32Type))', [
    `8069${component('ffffffff')}`,
    [`8069${component('00000001')}`, named('Int32Type', '00000001')],
    `8069${component('00000001')}8073${component('61')}`,
    named('org.apache.cassandra.db.marshal.LongType', '0000000000000001'),
    `8073${component('61')}`,
  ]);
  assertAscending('DynamicCompositeType(r=>ReversedType(Int32Type))', [
    `8072${component('00000002')}`,
    `8072${component('00000001')}`,
  ]);
});

test('dynamic composites whose types nobody can read are bytes', () => {
  assertAscending('DynamicCompositeType(i=>Int32Type)', [named('((', '01'), named('((', '80')]);
});

test('partition keys in the order of their tokens (spec: sstable-data §17.1)', () => {
  const order = (partitioner: string): string =>
    `PartitionerDefinedOrder(org.apache.cassandra.dht.${partitioner})`;
  assertAscending(order('Murmur3Partitioner'), [
    '',
    '61',
    '80',
    'ff',
    '34',
    '33',
    '30',
    '32',
    'c3a9',
    '31',
  ]);
  assertAscending(order('RandomPartitioner'), ['', 'ff', '61', '33', '30', '32', '31', '34', '80']);
  assertAscending(order('LocalPartitioner'), ['', '30', '31', '80']);
});

test('one comparator for one type', () => {
  const type = typeOf('FrozenType(ListType(UTF8Type))');
  assert.is(comparatorOf(type), comparatorOf(type));
});

test('decimals whose powers of ten are far apart, or close with many digits, are not expanded', () => {
  const compare = comparatorOf(typeOf('DecimalType'));
  const digits = Buffer.concat([bytesOf('00000000'), Buffer.alloc(100_000, 0x11)]);
  const huge = bytesOf('8000000001');
  const tiny = bytesOf('7fffffff01');
  assert.ok(compare(digits, huge) < 0);
  assert.ok(compare(digits, tiny) > 0);
  const beyond = Buffer.concat([bytesOf('00000000'), Buffer.alloc(2_000_000, 0x11)]);
  const scaled = Buffer.concat([bytesOf('00000001'), beyond.subarray(4)]);
  assert.is(Math.sign(compare(beyond, scaled)) + Math.sign(compare(scaled, beyond)), 0);
  const shorter = Buffer.from(digits.subarray(0, -1));
  assert.ok(compare(shorter, digits) < 0);
});

test.run();
