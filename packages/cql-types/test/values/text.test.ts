import { ByteWriter } from '@scamander/bytes';
import {
  decodeValue,
  jsonOfValue,
  jsonWriterOf,
  NUMBER_BYTES_MAX,
  textOfValue,
  textWriterOf,
} from '@scamander/cql-types';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collection, component, tuple } from '../ascending.ts';
import { typeOf } from '../matrices.ts';

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const utf8 = (text: string): string => Buffer.from(text).toString('hex');

type Row = readonly [hex: string, json: string, text: string];

const assertPrinted = (type: string, rows: readonly Row[]): void => {
  for (const [hex, json, text] of rows)
    for (const one of [typeOf(type), typeOf(`ReversedType(${type})`)]) {
      assert.is(jsonOfValue(one, bytesOf(hex)), json, `${type} ${hex}`);
      assert.is(textOfValue(one, bytesOf(hex)), text, `${type} ${hex}`);
      assert.is(jsonWriterOf(one)(bytesOf(hex)), json);
      assert.is(textWriterOf(one)(bytesOf(hex)), text);
    }
};

const doubleHex = (value: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
};

const floatHex = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes.toString('hex');
};

/** Of the fixtures' dumps, the specification of Double#toString, and the release note of JDK 19 that names what older ones print. */
const DOUBLES: readonly (readonly [value: number, text: string])[] = [
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [-1.5, '-1.5'],
  [36.46914893763499, '36.46914893763499'],
  [0.001, '0.001'],
  [0.002, '0.002'],
  [9.999e-4, '9.999E-4'],
  [9999999, '9999999.0'],
  [1e7, '1.0E7'],
  [12345678.9, '1.23456789E7'],
  [7.470357828030738e36, '7.470357828030738E36'],
  [-4.670888631032136e146, '-4.670888631032136E146'],
  [2.1167726814774254e13, '2.1167726814774254E13'],
  [2e23, '1.9999999999999998E23'],
  [Number.MAX_VALUE, '1.7976931348623157E308'],
  [2.2250738585072014e-308, '2.2250738585072014E-308'],
  [Number.MIN_VALUE, '4.9E-324'],
  [2 ** 53, '9.007199254740992E15'],
  [2 ** 62, '4.6116860184273879E18'],
];

test('doubles as Java prints them', () => {
  for (const [value, text] of DOUBLES)
    assertPrinted('DoubleType', [[doubleHex(value), text, text]]);
});

const FLOATS: readonly (readonly [value: number, text: string])[] = [
  [1.5, '1.5'],
  [0.1, '0.1'],
  [751484420, '7.5148442E8'],
  [153378016, '1.53378016E8'], // more digits than a reader needs
  [-199897648, '-1.99897648E8'],
  [76185856, '7.6185856E7'],
  [3.4028234663852886e38, '3.4028235E38'],
  [1.401298464324817e-45, '1.4E-45'],
  [1.1754943508222875e-38, '1.17549435E-38'],
  [16777216, '1.6777216E7'],
  [8589934592, '8.5899346E9'],
];

test('floats as Java prints them', () => {
  for (const [value, text] of FLOATS) assertPrinted('FloatType', [[floatHex(value), text, text]]);
});

test('what is no number is null in JSON', () => {
  assertPrinted('DoubleType', [
    ['7ff8000000000000', 'null', 'NaN'],
    ['7ff0000000000000', 'null', 'Infinity'],
    ['fff0000000000000', 'null', '-Infinity'],
  ]);
  assertPrinted('FloatType', [
    ['ffc00001', 'null', 'NaN'],
    ['ff800000', 'null', '-Infinity'],
  ]);
});

const decimal = (scale: number, unscaled: string): string =>
  (scale >>> 0).toString(16).padStart(8, '0') + unscaled;

test('decimals as BigDecimal prints them, however large their scale', () => {
  const rows: [hex: string, text: string][] = [
    [decimal(0, '0f'), '15'],
    [decimal(3, '0f'), '0.015'],
    [decimal(2, '00'), '0.00'],
    [decimal(30, '64'), '1.00E-28'],
    [decimal(-1, '08'), '8E+1'],
    [decimal(-5, '0e'), '1.4E+6'],
    [decimal(1, '0a'), '1.0'],
    [decimal(1, 'f6'), '-1.0'],
    [decimal(6, '01'), '0.000001'],
    [decimal(7, '01'), '1E-7'],
    [decimal(8, '0b'), '1.1E-7'],
    [decimal(0x7fffffff, '01'), '1E-2147483647'],
    [decimal(-0x80000000, '0b'), '1.1E+2147483649'],
    [decimal(4, ''), '0.0000'],
  ];
  assertPrinted(
    'DecimalType',
    rows.map(([hex, text]) => [hex, text, text]),
  );
});

test('whole numbers', () => {
  assertPrinted('ByteType', [['80', '-128', '-128']]);
  assertPrinted('ShortType', [['fffe', '-2', '-2']]);
  assertPrinted('Int32Type', [['80000000', '-2147483648', '-2147483648']]);
  assertPrinted('LongType', [
    ['8000000000000000', '-9223372036854775808', '-9223372036854775808'],
    ['001fffffffffffff', '9007199254740991', '9007199254740991'],
    ['0020000000000001', '9007199254740993', '9007199254740993'],
  ]);
  assertPrinted('IntegerType', [
    ['ff', '-1', '-1'],
    ['00ffffffffffffffff', '18446744073709551615', '18446744073709551615'],
  ]);
  assertPrinted('BooleanType', [
    ['00', 'false', 'false'],
    ['02', 'true', 'true'],
  ]);
});

test('numbers of more bytes than the limit are printed in hex, and not decoded', () => {
  const long = `01${'00'.repeat(NUMBER_BYTES_MAX)}`;
  assertPrinted('IntegerType', [[long, `"0x${long}"`, long]]);
  assertPrinted('DecimalType', [[long, `"0x${long}"`, long]]);
  const decoded = decodeValue(
    typeOf('FrozenType(ListType(IntegerType))'),
    bytesOf(collection(1, long)),
  );
  assert.is(
    decoded._tag === 'Left' && decoded.left.message,
    'a value of frozen<list<varint>>: a number of 65537 is above the limit of 65536 (byte 8)',
  );
});

test('counters are the beginning of their context', () => {
  const context = `00018000${'11'.repeat(16)}000000000000000100000000000000ff`;
  assertPrinted('CounterColumnType', [
    [context, String(0x0001_8000_1111_1111), String(0x0001_8000_1111_1111)],
    ['0000', '"0x0000"', '0000'],
  ]);
});

test('timestamps, dates and times', () => {
  const at = (ms: bigint): string => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(ms);
    return bytes.toString('hex');
  };
  assertPrinted('TimestampType', [
    [at(253402300799000n), '"9999-12-31 23:59:59.000Z"', '9999-12-31T23:59:59.000Z'],
    [at(253402300800000n), '"+10000-01-01 00:00:00.000Z"', '+10000-01-01T00:00:00.000Z'],
    [at(-62135596800000n), '"0001-01-01 00:00:00.000Z"', '0001-01-01T00:00:00.000Z'],
    [at(-62135596800001n), '"0001-12-31 23:59:59.999Z"', '0001-12-31T23:59:59.999Z'],
    [at((1n << 63n) - 1n), '"+292278994-08-17 07:12:55.807Z"', '+292278994-08-17T07:12:55.807Z'],
    [at(-1n), '"1969-12-31 23:59:59.999Z"', '1969-12-31T23:59:59.999Z'],
  ]);
  assertPrinted('SimpleDateType', [
    ['80000000', '"1970-01-01"', '1970-01-01'],
    ['7ffffffe', '"1969-12-30"', '1969-12-30'],
    ['00000000', '"-5877641-06-23"', '-5877641-06-23'],
    ['ffffffff', '"+5881580-07-11"', '+5881580-07-11'],
  ]);
  assertPrinted('TimeType', [
    [at(0n), '"00:00:00.000000000"', '00:00:00.000000000'],
    [at(41838046561586n), '"11:37:18.046561586"', '11:37:18.046561586'],
    [at(86399999999999n), '"23:59:59.999999999"', '23:59:59.999999999'],
  ]);
});

const duration = (months: number, days: number, nanoseconds: bigint): string => {
  const writer = new ByteWriter();
  for (const part of [months, days, nanoseconds]) writer.svint(part);
  return Buffer.from(writer.toBytes()).toString('hex');
};

test('durations', () => {
  const long = '-1y3mo114d27h21m42s835ms702us684ns';
  assertPrinted('DurationType', [
    [duration(-15, -114, -98_502_835_702_684n), `"${long}"`, long],
    [duration(11, 0, 1_000n), '"11mo1us"', '11mo1us'],
    [duration(0, 0, 0n), '""', ''],
    ['0200', '"0x0200"', '0200'],
    ['020102', '"0x020102"', '020102'],
  ]);
});

test('UUIDs, addresses and bytes', () => {
  const uuid = '76e33bf2-2e62-b87b-de3c-6143dc304d73';
  const uuidHex = uuid.replaceAll('-', '');
  for (const type of ['UUIDType', 'TimeUUIDType', 'LexicalUUIDType'])
    assertPrinted(type, [[uuidHex, `"${uuid}"`, uuid]]);
  assertPrinted('InetAddressType', [
    ['6f4520e7', '"111.69.32.231"', '111.69.32.231'],
    [`20010db8${'00'.repeat(11)}01`, '"2001:db8:0:0:0:0:0:1"', '2001:db8:0:0:0:0:0:1'],
    [`${'00'.repeat(10)}ffff7f000001`, '"127.0.0.1"', '127.0.0.1'],
  ]);
  assertPrinted('BytesType', [
    ['', '"0x"', ''],
    ['00ff', '"0x00ff"', '00ff'],
  ]);
  assertPrinted('com.example.Point', [['00ff', '"0x00ff"', '00ff']]);
});

test('texts: quotes, backslashes and control characters are escaped in JSON, all else is as it is', () => {
  assertPrinted('UTF8Type', [
    [utf8('a"b\\c'), String.raw`"a\"b\\c"`, 'a"b\\c'],
    [
      utf8('\b\t\n\f\r\0\u001f\u007f'),
      '"\\b\\t\\n\\f\\r\\u0000\\u001F\u007f"',
      '\b\t\n\f\r\0\u001f\u007f',
    ],
    [utf8('日本 é\u2028😀/'), '"日本 é\u2028😀/"', '日本 é\u2028😀/'],
  ]);
});

test('empty values are empty strings', () => {
  for (const type of [
    'AsciiType',
    'BooleanType',
    'Int32Type',
    'LongType',
    'IntegerType',
    'DecimalType',
    'FloatType',
    'DoubleType',
    'TimestampType',
    'UUIDType',
    'TimeUUIDType',
    'InetAddressType',
    'EmptyType',
    'CounterColumnType',
  ])
    assertPrinted(type, [['', '""', '']]);
});

test('values of a wrong length are printed in hex', () => {
  assertPrinted('Int32Type', [['010203', '"0x010203"', '010203']]);
  assertPrinted('UUIDType', [['01', '"0x01"', '01']]);
  assertPrinted('DecimalType', [['0102', '"0x0102"', '0102']]);
});

test('collections, tuples, user types and vectors', () => {
  const [one, two] = ['00000001', '00000002'];
  const both = (type: string, value: string, json: string): void =>
    assertPrinted(type, [[value, json, value]]);
  // without JSON Cassandra prints their bytes: seen in the paths and keys that sstabledump of 4.0.19, 4.1.10 and 5.0.6 prints
  both('FrozenType(ListType(Int32Type))', collection(2, one, two), '[1, 2]');
  both('FrozenType(ListType(Int32Type))', collection(0), '[]');
  both('FrozenType(SetType(UTF8Type))', collection(2, utf8('a'), utf8('b"')), '["a", "b\\""]');
  both(
    'FrozenType(MapType(Int32Type,FrozenType(MapType(UTF8Type,BooleanType))))',
    collection(1, one, collection(1, utf8('k'), '01')),
    '{"1": {"k": true}}',
  );
  both(
    'FrozenType(MapType(FrozenType(ListType(UTF8Type)),Int32Type))',
    collection(1, collection(1, utf8('k')), two),
    String.raw`{"[\"k\"]": 2}`,
  );
  both('VectorType(FloatType , 2)', '3fc00000bf800000', '[1.5, -1.0]');
  both('VectorType(UTF8Type , 2)', '01610162', '["a", "b"]');
  assertPrinted('TupleType(Int32Type,UTF8Type,BooleanType)', [
    [tuple(one, utf8('a:b@c'), '01'), '[1, "a:b@c", true]', String.raw`1:a\:b\@c:true`],
    [tuple(undefined, ''), '[null, "", null]', '@:'],
  ]);
  assertPrinted('FrozenType(UserType(ks,74,61:Int32Type,4262:UTF8Type))', [
    [tuple(one, utf8('x')), String.raw`{"a": 1, "\"Bb\"": "x"}`, '1:x'],
    [tuple(one), String.raw`{"a": 1, "\"Bb\"": null}`, '1'],
  ]);
});

test('composites', () => {
  assertPrinted('CompositeType(Int32Type,UTF8Type)', [
    [component('00000001') + component(utf8('a:b')), '"1:a\\\\:b"', String.raw`1:a\:b`],
    [component('00000001', '01'), '"1:!"', '1:!'],
    [component('00000001', 'ff'), '"1:_"', '1:_'],
    [`ffff${component('00000001')}`, '"1"', '1'],
    [component('00000001') + component(utf8('x!')), '"1:x!!"', '1:x!!'],
  ]);
  assertPrinted('DynamicCompositeType(i=>Int32Type)', [
    [`8069${component('00000001')}`, '"i@1"', 'i@1'],
    [`0009${utf8('Int32Type')}${component('00000001')}`, '"Int32Type@1"', 'Int32Type@1'],
  ]);
});

test.run();
