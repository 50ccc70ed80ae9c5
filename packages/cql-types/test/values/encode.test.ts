import {
  type CqlValue,
  decodeValue,
  encodeJson,
  encodeText,
  encodeValue,
  jsonOfValue,
  NumberText,
  parseExactJson,
  type ValueError,
} from '@scamander/cql-types';
import type { Either } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collection, component, tuple } from '../ascending.ts';
import { typeOf } from '../matrices.ts';

const utf8 = (text: string): string => Buffer.from(text).toString('hex');
const one = '00000001';
const two = '00000002';

const hexOrError = (result: Either<ValueError, Uint8Array>): string =>
  result._tag === 'Right' ? Buffer.from(result.right).toString('hex') : result.left.message;

/** By the rules of fromJSONObject; the bytes of the first two follow from spec: sstable-data §6. */
const JSON_ROWS: readonly (readonly [type: string, json: unknown, hex: string])[] = [
  ['Int32Type', 1, one],
  ['Int32Type', '1', one],
  ['Int32Type', '', ''],
  ['ByteType', -128, '80'],
  ['ShortType', '+5', '0005'],
  ['LongType', '9223372036854775807', '7fffffffffffffff'],
  ['LongType', new NumberText('-9223372036854775808'), '8000000000000000'],
  ['IntegerType', 128, '0080'],
  ['IntegerType', '-18446744073709551616', 'ff0000000000000000'],
  ['DecimalType', 1.5, '000000010f'],
  ['DecimalType', '1.50', '000000020096'],
  ['DecimalType', '1E+3', 'fffffffd01'],
  ['DecimalType', 1e21, 'ffffffeb01'],
  ['BooleanType', true, '01'],
  ['BooleanType', 'FALSE', '00'],
  ['FloatType', 1.5, '3fc00000'],
  ['DoubleType', '-Infinity', 'fff0000000000000'],
  ['DoubleType', 'NaN', '7ff8000000000000'],
  ['BytesType', '0xCAFE', 'cafe'],
  ['AsciiType', 'a"b', '612262'],
  ['UTF8Type', 'é', 'c3a9'],
  ['TimestampType', 1, '0000000000000001'],
  ['TimestampType', '1970-01-01 00:00:00.001Z', '0000000000000001'],
  ['SimpleDateType', '1970-01-02', '80000001'],
  ['TimeType', '00:00:01', '000000003b9aca00'],
  ['DurationType', '1mo2d3ns', '020406'],
  ['InetAddressType', '127.0.0.1', '7f000001'],
  ['InetAddressType', '::1', `${'00'.repeat(15)}01`],
  ['FrozenType(ListType(Int32Type))', [2, '1'], collection(2, two, one)],
  ['FrozenType(ListType(Int32Type))', '[2]', collection(1, two)],
  ['FrozenType(SetType(Int32Type))', [2, 1, 2], collection(2, one, two)],
  [
    'FrozenType(MapType(Int32Type,UTF8Type))',
    { 2: 'b', 1: 'a' },
    collection(2, one, utf8('a'), two, utf8('b')),
  ],
  [
    'FrozenType(MapType(FrozenType(ListType(Int32Type)),Int32Type))',
    { '[1]': 2 },
    collection(1, collection(1, one), two),
  ],
  [
    'FrozenType(MapType(DecimalType,UTF8Type))',
    { '1.0': 'a', '1.00': 'b' },
    collection(1, '000000010a', utf8('b')),
  ],
  ['TupleType(Int32Type,UTF8Type)', [1, null], tuple(one, undefined)],
  [
    'FrozenType(UserType(ks,74,61:Int32Type,4262:UTF8Type))',
    { A: 1, '"Bb"': 'x' },
    tuple(one, utf8('x')),
  ],
  [
    'FrozenType(UserType(ks,74,61:Int32Type,4262:UTF8Type))',
    { '"Bb"': 'x' },
    tuple(undefined, utf8('x')),
  ],
  ['VectorType(FloatType , 2)', [1.5, '-1'], '3fc00000bf800000'],
  ['VectorType(UTF8Type , 2)', ['a', ''], '016100'],
  ['ReversedType(Int32Type)', 1, one],
  ['com.example.Point', '0x01', '01'],
];

for (const [type, json, hex] of JSON_ROWS) {
  const shown = json instanceof NumberText ? json.text : JSON.stringify(json);
  test(`JSON ${shown} as ${type}`, () =>
    assert.is(hexOrError(encodeJson(typeOf(type), json)), hex));
}

const MAP_OF_LISTS = 'FrozenType(MapType(UTF8Type,FrozenType(ListType(Int32Type))))';

const REFUSED_JSON: readonly (readonly [type: string, json: unknown, message: string])[] = [
  ['Int32Type', null, 'a value of int: expected a value, found null'],
  ['Int32Type', 2147483648, 'a value of int: expected a whole number of 4 bytes, found 2147483648'],
  ['Int32Type', '1.0', 'a value of int: expected a whole number of 4 bytes, found "1.0"'],
  [
    'LongType',
    2 ** 53,
    'a value of bigint: expected a whole number, as a bigint or a string where it is beyond 2^53, found 9007199254740992',
  ],
  ['UTF8Type', 1, 'a value of text: expected a string, found 1'],
  ['AsciiType', 'é', 'a value of ascii: expected ASCII, found "é"'],
  ['BytesType', 'cafe', 'a value of blob: expected 0x in front of hex digits, found "cafe"'],
  ['BytesType', '0xf', 'a value of blob: expected pairs of hex digits, found "0xf"'],
  ['BooleanType', 1, 'a value of boolean: expected a boolean, found 1'],
  ['DecimalType', 'x', 'a value of decimal: expected a decimal number, found "x"'],
  [
    'DecimalType',
    '1E9999999999',
    'a value of decimal: expected a decimal number, found "1E9999999999"',
  ],
  ['SimpleDateType', '2021-02-30', 'a value of date: expected a date, found "2021-02-30"'],
  ['TimeType', '24:00:00', 'a value of time: expected a time of day, found "24:00:00"'],
  ['DurationType', '1d1mo', 'a value of duration: expected a duration, found "1d1mo"'],
  ['UUIDType', 'x', 'a value of uuid: expected a UUID, found "x"'],
  [
    'TimeUUIDType',
    '00000000-0000-4000-8000-000000000000',
    'a value of timeuuid: expected a UUID of version 1, found "00000000-0000-4000-8000-000000000000"',
  ],
  [
    'InetAddressType',
    'localhost',
    'a value of inet: expected an Internet address, found "localhost"',
  ],
  ['CounterColumnType', 1, 'a value of counter: counters are changed by a node, not written'],
  ['ByteType', '', 'a value of tinyint: expected a whole number of 1 bytes, found ""'],
  [
    MAP_OF_LISTS,
    { a: [1], b: [2, null] },
    'a value of frozen<map<text, frozen<list<int>>>>, value of key "b", element 1: expected a value, found null',
  ],
  [
    'TupleType(Int32Type,UTF8Type)',
    [1],
    'a value of frozen<tuple<int, text>>: expected an array of 2, found an array of 1',
  ],
  [
    'FrozenType(UserType(ks,74,61:Int32Type))',
    { b: 1 },
    'a value of frozen<t>: expected names of its fields, found "b"',
  ],
  [
    'FrozenType(UserType(ks,74,61:Int32Type))',
    { a: 'x' },
    'a value of frozen<t>, field "a": expected a whole number of 4 bytes, found "x"',
  ],
  [
    'VectorType(FloatType , 2)',
    [1],
    'a value of vector<float, 2>: expected an array of 2, found one of 1',
  ],
  [
    'FrozenType(ListType(Int32Type))',
    '[1',
    'a value of frozen<list<int>>: expected a list, found "[1"',
  ],
];

for (const [type, json, message] of REFUSED_JSON) {
  test(`JSON ${JSON.stringify(json)} is no ${type}`, () =>
    assert.is(hexOrError(encodeJson(typeOf(type), json)), message));
}

test('an error says where, what was expected and what was found', () => {
  const refused = encodeJson(typeOf(MAP_OF_LISTS), { b: [2, 'x'] });
  assert.equal(refused._tag === 'Left' && refused.left.detail, {
    code: 'SCM_VALUE_MISMATCH',
    type: 'frozen<map<text, frozen<list<int>>>>',
    path: ['value of key "b"', 'element 1'],
    expected: 'a whole number of 4 bytes',
    found: '"x"',
  });
});

const TEXT_ROWS: readonly (readonly [type: string, text: string, hex: string])[] = [
  ['UTF8Type', "it's", utf8("it's")],
  ['UTF8Type', "'quoted'", utf8("'quoted'")],
  ['UTF8Type', ' blank ', utf8(' blank ')],
  ['Int32Type', ' 1 ', one],
  ['Int32Type', '', ''],
  ['BytesType', 'cafe', 'cafe'],
  ['BytesType', '0xcafe', 'cafe'],
  ['SimpleDateType', "'1970-01-02'", '80000001'],
  ['SimpleDateType', '2147483649', '80000001'],
  ['SimpleDateType', '-5877641-06-23', '00000000'],
  ['TimestampType', '1970-01-02', '0000000005265c00'],
  ['TimestampType', '1970-01-01T01:00+0100', '0000000000000000'],
  ['TimestampType', '1970-01-01 00:00:01.5', '00000000000005dc'],
  ['TimestampType', '1969-12-31 23:59:59.999Z', 'ffffffffffffffff'],
  ['TimestampType', '-1', 'ffffffffffffffff'],
  ['TimestampType', '+292278994-08-17T07:12:55.807Z', '7fffffffffffffff'],
  ['TimeType', '00:00:00.5', '000000001dcd6500'],
  ['DurationType', 'P1Y2M3DT4H5M6S', '1c06fc1ac003cfe800'],
  ['DurationType', '-P2W', '001b00'],
  ['DurationType', '1w1us', '000e87d0'],
  ['FrozenType(ListType(Int32Type))', '[2, 1]', collection(2, two, one)],
  ['FrozenType(ListType(Int32Type))', ' [ ] ', collection(0)],
  [
    'FrozenType(ListType(UTF8Type))',
    "['a', 'it''s', 'b, c]']",
    collection(3, utf8('a'), utf8("it's"), utf8('b, c]')),
  ],
  ['FrozenType(SetType(UTF8Type))', "{'b', 'a', 'b'}", collection(2, utf8('a'), utf8('b'))],
  [
    'FrozenType(MapType(UTF8Type,Int32Type))',
    "{'b': 2, 'a': 1}",
    collection(2, utf8('a'), one, utf8('b'), two),
  ],
  [
    'FrozenType(MapType(TimeType,BytesType))',
    "{'00:00:00.5': 0xff}",
    collection(1, '000000001dcd6500', 'ff'),
  ],
  ['TupleType(Int32Type,UTF8Type)', "(1, 'x')", tuple(one, utf8('x'))],
  ['TupleType(Int32Type,UTF8Type)', '(NULL, null)', tuple(undefined, undefined)],
  ['TupleType(Int32Type,UTF8Type)', '(1)', tuple(one)],
  [
    'FrozenType(UserType(ks,74,61:Int32Type,4262:UTF8Type))',
    `{"Bb": 'x', A: 1}`,
    tuple(one, utf8('x')),
  ],
  ['VectorType(FloatType , 2)', '[1.5, -1]', '3fc00000bf800000'],
  ['CompositeType(Int32Type,UTF8Type)', '1:a\\:b', component(one) + component(utf8('a:b'))],
  [
    'FrozenType(ListType(DurationType))',
    '[1h, -2d]',
    collection(2, '0000fc068c61714000', '000300'),
  ],
];

for (const [type, text, hex] of TEXT_ROWS) {
  test(`text ${text} as ${type}`, () => assert.is(hexOrError(encodeText(typeOf(type), text)), hex));
}

const REFUSED_TEXT: readonly (readonly [type: string, text: string, message: string])[] = [
  [
    'FrozenType(ListType(UTF8Type))',
    '[a]',
    'a value of frozen<list<text>>, element 0: expected a string in single quotes at character 1, found "a]"',
  ],
  [
    'FrozenType(ListType(Int32Type))',
    '[1] 2',
    'a value of frozen<list<int>>: expected nothing more at character 4, found "2"',
  ],
  [
    'FrozenType(MapType(Int32Type,Int32Type))',
    '{1 2}',
    `a value of frozen<map<int, int>>: expected ':' at character 3, found "2}"`,
  ],
  [
    'FrozenType(ListType(Int32Type))',
    '[1, null]',
    'a value of frozen<list<int>>, element 1: expected a whole number of 4 bytes, found "null"',
  ],
  [
    'TupleType(Int32Type)',
    '(1, 2)',
    'a value of frozen<tuple<int>>: expected at most 1 fields at character 3, found " 2)"',
  ],
  [
    'FrozenType(UserType(ks,74,61:Int32Type))',
    '{b: 1}',
    'a value of frozen<t>: expected names of its fields, found "b"',
  ],
  [
    'VectorType(FloatType , 2)',
    '',
    "a value of vector<float, 2>: expected '[' at character 0, found the end",
  ],
];

for (const [type, text, message] of REFUSED_TEXT) {
  test(`text ${text} is no ${type}`, () =>
    assert.is(hexOrError(encodeText(typeOf(type), text)), message));
}

const VALUE_ROWS: readonly (readonly [type: string, value: CqlValue, hex: string])[] = [
  ['LongType', 1, '0000000000000001'],
  ['LongType', -1n, 'ffffffffffffffff'],
  ['TimestampType', new Date(1), '0000000000000001'],
  ['BytesType', Uint8Array.of(1, 2), '0102'],
  ['DecimalType', 5n, '0000000005'],
  ['TimeType', 1n, '0000000000000001'],
  ['DurationType', { months: 0, days: -1, nanoseconds: -1n }, '000101'],
  ['FrozenType(SetType(Int32Type))', new Set([2, 1]), collection(2, one, two)],
  ['FrozenType(MapType(Int32Type,Int32Type))', new Map([[2, 1]]), collection(1, two, one)],
  ['FrozenType(MapType(Int32Type,Int32Type))', [[2, 1]], collection(1, two, one)],
  ['TupleType(Int32Type,UTF8Type)', [1], tuple(one)],
  [
    'FrozenType(UserType(ks,74,61:Int32Type,4262:UTF8Type))',
    { Bb: 'x' },
    tuple(undefined, utf8('x')),
  ],
  ['FrozenType(UserType(ks,74,61:Int32Type,4262:UTF8Type))', { a: 1 }, tuple(one)],
  ['CompositeType(Int32Type,UTF8Type)', [1, 'a'], component(one) + component(utf8('a'))],
];

for (const [type, value, hex] of VALUE_ROWS) {
  test(`a value as ${type}: ${hex}`, () =>
    assert.is(hexOrError(encodeValue(typeOf(type), value)), hex));
}

test('typed arrays are lists and vectors', () => {
  const vector = encodeValue(
    typeOf('VectorType(FloatType , 2)'),
    Float32Array.of(1.5, -1) as never,
  );
  assert.is(hexOrError(vector), '3fc00000bf800000');
});

test('fields of a user type with names that objects have', () => {
  const type = typeOf(`FrozenType(UserType(ks,74,${utf8('__proto__')}:Int32Type))`);
  const decoded = decodeValue(type, Buffer.from(tuple(one), 'hex'));
  assert.ok(decoded._tag === 'Right');
  assert.equal(Object.entries(decoded.right as object), [['__proto__', 1]]);
  assert.is(hexOrError(encodeValue(type, decoded.right)), tuple(one));
  assert.ok(hexOrError(encodeValue(type, { constructor: 1 })).includes('names of its fields'));
});

test('a counter is decoded to the sum of its shards, in 64 bits', () => {
  const shard = (id: string, count: string): string => id.repeat(16) + '00'.repeat(8) + count;
  const context = `0001${'8000'}${shard('01', '7fffffffffffffff')}${shard('02', '0000000000000002')}`;
  const decoded = decodeValue(typeOf('CounterColumnType'), Buffer.from(context, 'hex'));
  assert.ok(decoded._tag === 'Right');
  assert.is(decoded.right, -(2n ** 63n) + 1n);
});

test('old column names that are no plain composites are decoded as bytes', () => {
  const type = typeOf('CompositeType(Int32Type)');
  for (const hex of [component(one, '01'), `ffff${component(one)}`]) {
    const decoded = decodeValue(type, Buffer.from(hex, 'hex'));
    assert.ok(decoded._tag === 'Right');
    assert.is(hexOrError(encodeValue(type, decoded.right)), hex);
  }
});

test('what is no value is not decoded', () => {
  const decoded = decodeValue(typeOf('Int32Type'), Uint8Array.of(1));
  assert.ok(decoded._tag === 'Left');
  assert.equal(decoded.left.detail, {
    code: 'SCM_VALUE_MALFORMED',
    type: 'int',
    problem: 'expected 4 bytes or none, found 1 bytes',
  });
});

test('what is decoded does not refer to the bytes it came from', () => {
  const bytes = Uint8Array.of(1, 2);
  const decoded = decodeValue(typeOf('BytesType'), bytes);
  bytes[0] = 9;
  assert.equal(decoded._tag === 'Right' && decoded.right, Uint8Array.of(1, 2));
});

test('JSON is read with all digits of its numbers', () => {
  const parsed = parseExactJson(
    ' {"a": [1, -0, 1.00, 12345678901234567890, 1e400], "b\\n": [true, false, null, "x\\\\\\"", {}, []]} ',
  );
  assert.equal(parsed._tag === 'Right' && parsed.right, {
    a: [
      1,
      new NumberText('-0'),
      new NumberText('1.00'),
      new NumberText('12345678901234567890'),
      new NumberText('1e400'),
    ],
    'b\n': [true, false, null, 'x\\"', {}, []],
  });
});

test('what is no JSON is refused', () => {
  for (const text of [
    '',
    '[1',
    '[1,]',
    '{"a"}',
    '{a: 1}',
    '"\n"',
    '"a',
    'nul',
    '01',
    '1 2',
    '[1}',
    '-',
  ])
    assert.is(parseExactJson(text)._tag, 'Left', text);
  assert.is(parseExactJson('['.repeat(100_000))._tag, 'Left');
});

test('lists of varints and decimals keep all digits on their way through JSON', () => {
  const type = typeOf('FrozenType(MapType(FrozenType(ListType(IntegerType)),DecimalType))');
  const json = '{"[12345678901234567890123, -1]": 1.10}';
  const parsed = parseExactJson(json);
  assert.ok(parsed._tag === 'Right');
  const bytes = encodeJson(type, parsed.right);
  assert.ok(bytes._tag === 'Right');
  assert.is(jsonOfValue(type, bytes.right), json);
});

test.run();
