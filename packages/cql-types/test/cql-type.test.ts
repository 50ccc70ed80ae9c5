import {
  freeze,
  inKeyspace,
  isMultiCell,
  NATIVE_TYPES,
  type NativeName,
  nativeType,
  reversedType,
  sameType,
  typeString,
  valueLengthIfFixed,
} from '@scamander/cql-types';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { typeOf } from './matrices.ts';

/** spec: sstable-data §6.2. */
const fixedLengths: Partial<Record<NativeName, number>> = {
  boolean: 1,
  int: 4,
  bigint: 8,
  float: 4,
  double: 8,
  timestamp: 8,
  uuid: 16,
  timeuuid: 16,
  empty: 0,
  legacyDate: 8,
  lexicalUuid: 16,
  legacyTimeuuid: 16,
};

test('fixed lengths of types without arguments; tinyint, smallint, date and time have none', () => {
  for (const name of Object.keys(NATIVE_TYPES) as NativeName[])
    assert.is(valueLengthIfFixed(nativeType(name)), fixedLengths[name], name);
});

test('fixed lengths of the others', () => {
  const rows: [string, number | undefined][] = [
    ['ReversedType(Int32Type)', 4],
    ['ReversedType(UTF8Type)', undefined],
    ['VectorType(FloatType , 3)', 12],
    ['VectorType(VectorType(LongType , 2) , 3)', 48],
    ['VectorType(UTF8Type , 3)', undefined],
    ['VectorType(ShortType , 3)', undefined],
    ['ReversedType(VectorType(FloatType , 3))', 12],
    ['ListType(Int32Type)', undefined],
    ['FrozenType(MapType(Int32Type,Int32Type))', undefined],
    ['TupleType(Int32Type)', undefined],
    ['UserType(ks,74,61:Int32Type)', undefined],
    ['CompositeType(Int32Type)', undefined],
    ['com.example.Point', undefined],
  ];
  for (const [text, length] of rows) assert.is(valueLengthIfFixed(typeOf(text)), length, text);
});

test('multi-cell are collections and user types that are not frozen', () => {
  for (const text of [
    'ListType(Int32Type)',
    'SetType(Int32Type)',
    'MapType(Int32Type,Int32Type)',
    'UserType(ks,74)',
  ]) {
    assert.ok(isMultiCell(typeOf(text)), text);
    assert.not(isMultiCell(typeOf(`FrozenType(${text})`)), text);
    assert.ok(sameType(freeze(typeOf(text)), typeOf(`FrozenType(${text})`)));
  }
  for (const text of [
    'Int32Type',
    'TupleType(Int32Type)',
    'VectorType(Int32Type , 2)',
    'ReversedType(Int32Type)',
  ])
    assert.not(isMultiCell(typeOf(text)), text);
});

test('reversing twice is reversing once', () => {
  assert.equal(reversedType(reversedType(nativeType('int'))), typeOf('ReversedType(Int32Type)'));
});

test('user types move to another keyspace wherever they stand', () => {
  const texts = [
    'UserType(KS,74,61:FrozenType(UserType(KS,75,62:Int32Type)))',
    'MapType(FrozenType(UserType(KS,74)),FrozenType(ListType(UserType(KS,74))))',
    'SetType(FrozenType(UserType(KS,74)))',
    'TupleType(UserType(KS,74),Int32Type)',
    'VectorType(FrozenType(UserType(KS,74)) , 2)',
    'ReversedType(FrozenType(UserType(KS,74)))',
    'CompositeType(FrozenType(UserType(KS,74)))',
    'DynamicCompositeType(a=>FrozenType(UserType(KS,74)))',
    'PartitionerDefinedOrder(x.Y:FrozenType(UserType(KS,74)))',
    'PartitionerDefinedOrder(x.Y)',
    'com.example.Point(KS)'.replace('KS', 'k'),
  ];
  for (const text of texts) {
    const moved = inKeyspace(typeOf(text.replaceAll('KS', 'old')), 'new');
    assert.is(typeString(moved), typeString(typeOf(text.replaceAll('KS', 'new'))));
  }
});

test('types differ in every detail that counts', () => {
  const texts = [
    'Int32Type',
    'LongType',
    'ListType(Int32Type)',
    'SetType(Int32Type)',
    'FrozenType(ListType(Int32Type))',
    'MapType(Int32Type,LongType)',
    'MapType(LongType,Int32Type)',
    'TupleType(Int32Type)',
    'TupleType(Int32Type,Int32Type)',
    'CompositeType(Int32Type)',
    'UserType(ks,74,61:Int32Type)',
    'UserType(kt,74,61:Int32Type)',
    'UserType(ks,75,61:Int32Type)',
    'UserType(ks,74,62:Int32Type)',
    'UserType(ks,74,61:LongType)',
    'UserType(ks,74,61:Int32Type,62:LongType)',
    'FrozenType(UserType(ks,74,61:Int32Type))',
    'VectorType(Int32Type , 2)',
    'VectorType(Int32Type , 3)',
    'ReversedType(Int32Type)',
    'DynamicCompositeType(a=>Int32Type)',
    'DynamicCompositeType(b=>Int32Type)',
    'DynamicCompositeType(a=>Int32Type,b=>Int32Type)',
    'PartitionerDefinedOrder(x.Y)',
    'PartitionerDefinedOrder(x.Y:Int32Type)',
    'PartitionerDefinedOrder(x.Z)',
    'com.example.Point',
    'com.example.Point()',
    'com.example.Line',
  ];
  for (const a of texts)
    for (const b of texts) assert.is(sameType(typeOf(a), typeOf(` ${b}`)), a === b, `${a}, ${b}`);
});

test.run();
