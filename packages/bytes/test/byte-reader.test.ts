import {
  ByteReader,
  ByteWriter,
  LimitExceeded,
  MalformedBytes,
  NeedMoreBytes,
} from '@scamander/bytes';
import { everySplit } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex } from './hex.ts';

type Row = {
  readonly name: string;
  readonly hex: string;
  readonly value: unknown;
  readonly read: (reader: ByteReader) => unknown;
};

const rows: readonly Row[] = [
  { name: 'u8', hex: 'fe', value: 254, read: (r) => r.u8() },
  { name: 'i8', hex: 'fe', value: -2, read: (r) => r.i8() },
  { name: 'u16', hex: 'fffe', value: 65534, read: (r) => r.u16() },
  { name: 'i16', hex: 'fffe', value: -2, read: (r) => r.i16() },
  { name: 'i32', hex: 'fffffffe', value: -2, read: (r) => r.i32() },
  { name: 'u32', hex: 'fffffffe', value: 4294967294, read: (r) => r.u32() },
  { name: 'i64', hex: 'fffffffffffffffe', value: -2n, read: (r) => r.i64() },
  { name: 'u64', hex: 'fffffffffffffffe', value: 2n ** 64n - 2n, read: (r) => r.u64() },
  { name: 'i64Number', hex: 'fffffffffffffffe', value: -2, read: (r) => r.i64Number() },
  { name: 'i64Number', hex: '0000000100000002', value: 4294967298, read: (r) => r.i64Number() },
  { name: 'f64', hex: '3ff8000000000000', value: 1.5, read: (r) => r.f64() },
  { name: 'bool true', hex: '02', value: true, read: (r) => r.bool() },
  { name: 'bool false', hex: '00', value: false, read: (r) => r.bool() },
  { name: 'u32le', hex: 'feffffff', value: 4294967294, read: (r) => r.u32le() },
  { name: 'i32le', hex: 'feffffff', value: -2, read: (r) => r.i32le() },
  { name: 'i64le', hex: 'feffffffffffffff', value: -2n, read: (r) => r.i64le() },
  { name: 'bytes', hex: '010203', value: Uint8Array.of(1, 2, 3), read: (r) => r.bytes(3) },
  { name: 'skip', hex: '010203', value: undefined, read: (r) => r.skip(3) },
  { name: 'utf', hex: '000942756c6b204c6f6164', value: 'Bulk Load', read: (r) => r.utf() },
  { name: 'bytes16', hex: '0002aabb', value: Uint8Array.of(0xaa, 0xbb), read: (r) => r.bytes16() },
  { name: 'bytes32', hex: '00000001aa', value: Uint8Array.of(0xaa), read: (r) => r.bytes32(1) },
  { name: 'bytesV', hex: '02aabb', value: Uint8Array.of(0xaa, 0xbb), read: (r) => r.bytesV(2) },
  { name: 'strV', hex: '02c3a9', value: 'é', read: (r) => r.strV(2) },
  {
    name: 'strV with a byte order mark',
    hex: '04efbbbf61',
    value: '\ufeffa',
    read: (r) => r.strV(4),
  },
  { name: 'uvint', hex: 'c04000', value: 16384n, read: (r) => r.uvint() },
  { name: 'uvint of 9', hex: 'ff0100000000000000', value: 2n ** 56n, read: (r) => r.uvint() },
  { name: 'uvintNumber', hex: 'c04000', value: 16384, read: (r) => r.uvintNumber() },
  { name: 'svint', hex: '8081', value: -65n, read: (r) => r.svint() },
  {
    name: 'uuid',
    hex: '550e8400e29b41d4a716446655440000',
    value: '550e8400-e29b-41d4-a716-446655440000',
    read: (r) => r.uuid(),
  },
  {
    name: 'inet 4',
    hex: '060a0000091b58',
    value: { host: '10.0.0.9', port: 7000 },
    read: (r) => r.inet(),
  },
  {
    name: 'inet 6',
    hex: '12000000000000000000000000000000011b58',
    value: { host: '::1', port: 7000 },
    read: (r) => r.inet(),
  },
];

for (const { name, hex, value, read } of rows) {
  test(`${name}: whole, inside a larger array, and cut at every position`, () => {
    const bytes = fromHex(hex);
    const reader = new ByteReader(bytes);
    assert.equal(read(reader), value);
    assert.is(reader.remaining, 0);

    const inside = new ByteReader(fromHex(`0000${hex}99`), 2, 2 + bytes.length);
    assert.equal(read(inside), value);
    assert.is(inside.position, inside.end);

    for (const [head, tail] of everySplit(bytes)) {
      if (tail.length === 0) continue;
      const short = new ByteReader(fromHex(`0000${hex}`), 2, 2 + head.length);
      try {
        read(short);
        assert.unreachable(`${name} was read from ${head.length} bytes`);
      } catch (error) {
        assert.instance(error, NeedMoreBytes);
        const { bytesAtLeast } = error as NeedMoreBytes;
        assert.ok(bytesAtLeast > head.length && bytesAtLeast <= bytes.length, `${bytesAtLeast}`);
      }
      assert.is(short.position, 2, 'a read that throws does not move');
    }
  });
}

test('NeedMoreBytes counts from the start and carries no stack', () => {
  const reader = new ByteReader(fromHex('00010203'), 1);
  reader.skip(2);
  try {
    reader.i32();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, NeedMoreBytes);
    assert.is((error as NeedMoreBytes).bytesAtLeast, 6);
    assert.not.match(String((error as NeedMoreBytes).stack), '\n');
  }
  assert.match(String(new Error('later errors have one').stack), '\n');
});

test('limits are checked before the bytes are there', () => {
  const cases: [string, (r: ByteReader) => unknown, bigint, bigint][] = [
    ['7fffffff', (r) => r.bytes32(1024), 2147483647n, 1024n],
    ['f07fffffff', (r) => r.bytesV(1024), 2147483647n, 1024n],
    ['f07fffffff', (r) => r.strV(1024), 2147483647n, 1024n],
    ['ffffffffffffffffff', (r) => r.bytesV(1024), 2n ** 64n - 1n, 1024n],
    ['fe20000000000000', (r) => r.uvintNumber(), 2n ** 53n, 2n ** 53n - 1n],
    ['0020000000000000', (r) => r.i64Number(), 2n ** 53n, 2n ** 53n - 1n],
    ['8000000000000000', (r) => r.i64Number(), -(2n ** 63n), 2n ** 53n - 1n],
  ];
  for (const [hex, read, value, limit] of cases) {
    const reader = new ByteReader(fromHex(`00${hex}`));
    reader.skip(1);
    try {
      read(reader);
      assert.unreachable(hex);
    } catch (error) {
      assert.instance(error, LimitExceeded);
      const { value: found, limit: max, offset } = error as LimitExceeded;
      assert.equal([found, max, offset], [value, limit, 1]);
    }
    assert.is(reader.position, 1);
  }
});

test('impossible bytes say what and where', () => {
  const cases: [string, (r: ByteReader) => unknown, string, number][] = [
    ['0003616280', (r) => r.utf(), 'modified UTF-8', 5],
    ['000261c3', (r) => r.utf(), 'modified UTF-8', 5],
    ['0001f0', (r) => r.utf(), 'modified UTF-8', 3],
    ['02c328', (r) => r.strV(8), 'UTF-8', 2],
    ['ffffffff', (r) => r.bytes32(8), 'length', 1],
    ['040a0000091b58', (r) => r.inet(), 'inet size', 1],
    ['10', (r) => r.inet(), 'inet size', 1],
  ];
  for (const [hex, read, what, offset] of cases) {
    const reader = new ByteReader(fromHex(`00${hex}`));
    reader.skip(1);
    try {
      read(reader);
      assert.unreachable(hex);
    } catch (error) {
      assert.instance(error, MalformedBytes);
      assert.equal(
        [(error as MalformedBytes).what, (error as MalformedBytes).offset],
        [what, offset],
      );
    }
    assert.is(reader.position, 1);
  }
});

test('views and positions', () => {
  const bytes = fromHex('01020304');
  const reader = new ByteReader(bytes);
  assert.is(reader.peekU8(), 1);
  const view = reader.bytes(2);
  bytes[0] = 9;
  assert.is(view[0], 9, 'bytes are a view');
  reader.position = 1;
  assert.is(reader.u8(), 2);
  assert.throws(() => {
    reader.position = 5;
  }, RangeError);
  assert.throws(() => new ByteReader(bytes, 2, 1), RangeError);
  assert.throws(() => new ByteReader(bytes, 0, 5), RangeError);
  const offset = new ByteReader(fromHex('ff00000007').subarray(1));
  assert.is(offset.i32(), 7, 'arrays that begin inside a buffer');
});

test('what the writer puts, the reader gives', () => {
  const writer = new ByteWriter(1);
  writer.u8(1);
  writer.i8(-1);
  writer.u16(65535);
  writer.i16(-3);
  writer.u32(4294967295);
  writer.i32(-5);
  writer.i64(-6n);
  writer.u64(2n ** 64n - 1n);
  writer.i64Number(-Number.MAX_SAFE_INTEGER);
  writer.f64(-0.25);
  writer.bool(true);
  writer.u32le(4294967294);
  writer.i32le(-7);
  writer.i64le(-8n);
  writer.utf('a\0é€😀');
  writer.bytes16(Uint8Array.of(1));
  writer.bytes32(Uint8Array.of(2));
  writer.bytesV(new Uint8Array(200).fill(3));
  writer.strV('日本');
  writer.uuid('550e8400-e29b-41d4-a716-446655440000');
  writer.inet({ host: '2001:db8::1', port: 65535 });
  writer.skip(2);
  const r = new ByteReader(writer.toBytes());
  assert.equal(
    [r.u8(), r.i8(), r.u16(), r.i16(), r.u32(), r.i32()],
    [1, -1, 65535, -3, 4294967295, -5],
  );
  assert.equal([r.i64(), r.u64(), r.i64Number()], [-6n, 2n ** 64n - 1n, -Number.MAX_SAFE_INTEGER]);
  assert.equal(
    [r.f64(), r.bool(), r.u32le(), r.i32le(), r.i64le()],
    [-0.25, true, 4294967294, -7, -8n],
  );
  assert.is(r.utf(), 'a\0é€😀');
  assert.equal([r.bytes16(), r.bytes32(1)], [Uint8Array.of(1), Uint8Array.of(2)]);
  assert.is(r.bytesV(200).length, 200);
  assert.is(r.strV(6), '日本');
  assert.is(r.uuid(), '550e8400-e29b-41d4-a716-446655440000');
  assert.equal(r.inet(), { host: '2001:db8::1', port: 65535 });
  assert.is(r.u16(), 0);
  assert.is(r.remaining, 0);
});

test.run();
