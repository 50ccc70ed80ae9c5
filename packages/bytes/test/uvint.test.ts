import { ByteReader, ByteWriter, LimitExceeded, uvintLength } from '@scamander/bytes';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { negativeUvints, svints, uvints } from './fixtures/vectors.ts';
import { fromHex, toHex } from './hex.ts';

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

const written = (write: (writer: ByteWriter) => void): string => {
  const writer = new ByteWriter();
  write(writer);
  return toHex(writer.toBytes());
};

for (const [value, hex] of uvints) {
  test(`uvint ${value} is ${hex}`, () => {
    assert.is(
      written((writer) => writer.uvint(value)),
      hex,
    );
    assert.is(uvintLength(value), hex.length / 2);
    const reader = new ByteReader(fromHex(hex));
    assert.is(reader.uvint(), value);
    assert.is(reader.remaining, 0);
    if (value > SAFE) {
      reader.position = 0;
      assert.throws(
        () => reader.uvintNumber(),
        (error: unknown) =>
          error instanceof RangeError && error instanceof LimitExceeded && error.value === value,
      );
      assert.is(reader.position, 0);
      return;
    }
    assert.is(
      written((writer) => writer.uvint(Number(value))),
      hex,
    );
    assert.is(uvintLength(Number(value)), hex.length / 2);
    assert.is(new ByteReader(fromHex(hex)).uvintNumber(), Number(value));
  });
}

for (const [value, hex] of negativeUvints) {
  test(`uvint ${value} is the 64-bit pattern ${hex}`, () => {
    assert.is(
      written((writer) => writer.uvint(value)),
      hex,
    );
    assert.is(
      written((writer) => writer.uvint(Number(value))),
      hex,
    );
    assert.is(uvintLength(value), 9);
    assert.is(uvintLength(Number(value)), 9);
    assert.is(new ByteReader(fromHex(hex)).uvint(), BigInt.asUintN(64, value));
  });
}

for (const [value, hex] of svints) {
  test(`svint ${value} is ${hex}`, () => {
    assert.is(
      written((writer) => writer.svint(value)),
      hex,
    );
    assert.is(
      written((writer) => writer.svint(Number(value))),
      hex,
    );
    assert.is(new ByteReader(fromHex(hex)).svint(), value);
  });
}

test('uvint: longer than needed forms are read', () => {
  assert.is(new ByteReader(fromHex('8001')).uvint(), 1n);
  assert.is(new ByteReader(fromHex('fe00000000000001')).uvintNumber(), 1);
  assert.is(new ByteReader(fromHex('ff0000000000000001')).uvintNumber(), 1);
  assert.is(new ByteReader(fromHex('ff001fffffffffffff')).uvintNumber(), Number.MAX_SAFE_INTEGER);
});

test('uvint and svint: every 64-bit value comes back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(63), (value, shift) => {
      const smaller = value >> BigInt(shift);
      const writer = new ByteWriter();
      writer.uvint(smaller);
      assert.is(writer.length, uvintLength(smaller));
      assert.is(new ByteReader(writer.toBytes()).uvint(), smaller);
      if (smaller <= SAFE) {
        const number = new ByteWriter();
        number.uvint(Number(smaller));
        assert.equal(number.toBytes(), writer.toBytes());
        assert.is(new ByteReader(number.toBytes()).uvintNumber(), Number(smaller));
      }
      const signed = BigInt.asIntN(64, value) >> BigInt(shift);
      writer.reset();
      writer.svint(signed);
      assert.is(new ByteReader(writer.toBytes()).svint(), signed);
    }),
    { numRuns: 2000 },
  );
});

test.run();
