import {
  NATIVE_TYPES,
  type NativeName,
  nativeType,
  typeString,
  valueProblem,
} from '@scamander/cql-types';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { types, valuesOf } from '../arbitrary-values.ts';
import { collection, component, tuple } from '../ascending.ts';
import { typeOf } from '../matrices.ts';

const problemOf = (type: string, hex: string): string | undefined =>
  valueProblem(typeOf(type), Buffer.from(hex, 'hex'));

const NATIVES = Object.keys(NATIVE_TYPES) as NativeName[];

test('random values of random types have no problem', () => {
  const cases = types({ natives: NATIVES, depth: 2, tops: true }).chain((type) =>
    fc.tuple(fc.constant(type), valuesOf(type, { empty: true })),
  );
  fc.assert(
    fc.property(cases, ([type, value]) =>
      assert.is(valueProblem(type, value), undefined, typeString(type)),
    ),
    { numRuns: 2000, seed: 3 },
  );
});

test('any bytes of any type are either a value or have a problem', () => {
  const cases = types({ natives: NATIVES, depth: 2, tops: true }).chain((type) =>
    fc.tuple(fc.constant(type), fc.uint8Array({ maxLength: 30, max: 12 })),
  );
  fc.assert(
    fc.property(cases, ([type, value]) => {
      const problem = valueProblem(type, value);
      assert.ok(problem === undefined || problem.length > 5);
    }),
    { numRuns: 2000, seed: 4 },
  );
});

test('a value that is cut short, or goes on, is seen where its length is known', () => {
  const natives = NATIVES.filter((name) => name !== 'empty');
  const cases = types({ natives, depth: 2, tops: false }).chain((type) =>
    fc.tuple(fc.constant(type), valuesOf(type, { empty: false })),
  );
  fc.assert(
    fc.property(cases, ([type, value]) => {
      if (type.kind === 'native') return;
      assert.ok(valueProblem(type, Buffer.concat([value, Buffer.of(1)])) !== undefined);
      if (type.kind === 'tuple' || type.kind === 'udt') return;
      if (value.length > 4) assert.ok(valueProblem(type, value.subarray(0, -1)) !== undefined);
    }),
    { numRuns: 1000, seed: 5 },
  );
});

test('empty values: what CQL does not accept has a problem (spec: sstable-data §16, pitfall 24)', () => {
  const refused = NATIVES.filter((name) => valueProblem(nativeType(name), new Uint8Array(0)));
  assert.equal(refused.sort(), ['date', 'duration', 'smallint', 'time', 'tinyint']);
  assert.ok(problemOf('VectorType(FloatType , 2)', ''));
  assert.is(problemOf('FrozenType(ListType(Int32Type))', ''), undefined);
  assert.is(problemOf('TupleType(Int32Type)', ''), undefined);
});

const BROKEN: readonly (readonly [type: string, hex: string, problem: string])[] = [
  ['Int32Type', '010203', 'expected 4 bytes or none, found 3 bytes'],
  ['BooleanType', '0001', 'expected 1 byte or none, found 2 bytes'],
  ['AsciiType', 'c3a4', 'expected ASCII'],
  ['UTF8Type', 'c3', 'expected UTF-8'],
  ['UTF8Type', 'c080c0', 'expected UTF-8'],
  ['UTF8Type', 'e08080', 'expected UTF-8'],
  ['UTF8Type', 'f0808080', 'expected UTF-8'],
  ['DecimalType', '000000', 'expected a scale of 4 bytes, found 3 bytes'],
  [
    'TimeUUIDType',
    '00000000000040008000000000000000',
    'expected a UUID of version 1, found version 4',
  ],
  ['InetAddressType', '0102030405', 'expected 4 or 16 bytes or none, found 5 bytes'],
  [
    'DurationType',
    '020102',
    'expected three integers of one sign, of which the first two fit an int',
  ],
  [
    'CounterColumnType',
    `00018000${'00'.repeat(31)}`,
    'expected a counter context of shards of 32 bytes, found 31 bytes after its header of 4',
  ],
  [
    'FrozenType(ListType(FrozenType(MapType(Int32Type,Int32Type))))',
    collection(2, collection(0), collection(1, '00000001', '01')),
    'element 1: value 0: expected 4 bytes or none, found 1 bytes',
  ],
  ['FrozenType(SetType(UTF8Type))', '00000001ffffffff', 'element 0: expected a value, found null'],
  ['FrozenType(SetType(UTF8Type))', '000000010000', 'element 0: expected a length, found 2 bytes'],
  ['FrozenType(ListType(UTF8Type))', 'ffffffff', 'expected a count, found -1 in 4 bytes'],
  [
    'FrozenType(ListType(UTF8Type))',
    '0000000041',
    'expected the end after 0 elements, found 1 bytes',
  ],
  [
    'FrozenType(UserType(ks,74,61:Int32Type,62:UTF8Type))',
    tuple('00000001', 'ff'),
    'field "b": expected UTF-8',
  ],
  ['TupleType(Int32Type)', tuple(undefined, ''), 'expected the end after 1 fields, found 4 bytes'],
  ['VectorType(FloatType , 2)', '00000000', 'expected 8 bytes, found 4 bytes'],
  ['VectorType(UTF8Type , 2)', '0161', 'expected 2 elements, found 1'],
  ['VectorType(UTF8Type , 1)', 'ff01', 'element 0: expected a length, found 2 bytes'],
  ['VectorType(UTF8Type , 1)', '0561', 'element 0: expected 5 bytes, found 1 bytes'],
  ['CompositeType(UTF8Type)', '000161', 'component 0: expected 4 bytes, found 3 bytes'],
  [
    'CompositeType(UTF8Type)',
    component('61') + component('62'),
    'expected 1 components, found more',
  ],
  [
    'CompositeType(UTF8Type,UTF8Type)',
    component('61', '01') + component('62'),
    'component 0: expected nothing after its last byte 1',
  ],
  [
    'DynamicCompositeType(i=>Int32Type)',
    `8078${component('')}`,
    'component 0: expected a known type, found alias 120',
  ],
];

for (const [type, hex, problem] of BROKEN) {
  test(`${type} ${hex.slice(0, 20)}: ${problem}`, () => {
    assert.is(problemOf(type, hex), problem);
    assert.is(problemOf(`ReversedType(${type})`, hex), problem);
  });
}

test('text that only Cassandra takes for UTF-8: zeros of two bytes, single surrogates', () => {
  for (const hex of ['c080', 'eda080', 'f4908080', 'efbfbf', 'f48fbfbf'])
    assert.is(problemOf('UTF8Type', hex), undefined, hex);
});

test('counter contexts without shards, with cleared ones, and of old kinds', () => {
  for (const hex of ['0000', `ffff0000${'00'.repeat(32)}`, `0000${'00'.repeat(64)}`])
    assert.is(problemOf('CounterColumnType', hex), undefined, hex);
});

test('dynamic composites name their types by alias or by class', () => {
  const named = `0009${Buffer.from('Int32Type').toString('hex')}${component('00000001')}`;
  assert.is(
    problemOf('DynamicCompositeType(i=>UTF8Type)', `8069${component('61')}${named}`),
    undefined,
  );
});

test.run();
