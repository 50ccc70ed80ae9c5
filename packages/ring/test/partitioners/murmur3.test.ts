import { Murmur3Partitioner as murmur3 } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
const ascii = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

// spec: planning §1, the table of vectors
for (const [name, key, expected] of [
  ['a', hex('61'), -8839064797231613815n],
  ['key1', ascii('key1'), 1573573083296714675n],
  ['hello', ascii('hello'), -3758069500696749310n],
  ['sign-extended tail', hex('ff fe 80'), 7236304163770186844n],
  ['int 1', hex('00 00 00 01'), -4069959284402364209n],
  ['17 bytes', ascii('0123456789abcdef0'), -1502884478548852619n],
  ['empty key', hex(''), MIN],
] as const) {
  test(`token of ${name}`, () => {
    assert.is(murmur3.tokenOf(key), expected);
  });
}

test('bytes are eight, big-endian and signed', () => {
  assert.is(Buffer.from(murmur3.tokenToBytes(-2n)).toString('hex'), 'fffffffffffffffe');
  assert.is(murmur3.tokenFromBytes(hex('8000000000000000')), MIN);
  assert.is(murmur3.tokenFromBytes(hex('7fffffffffffffff')), MAX);
  assert.throws(
    () => murmur3.tokenFromBytes(hex('00')),
    (error: Error) => error instanceof RangeError,
  );
});

test('text is decimal within 64 bits', () => {
  assert.is(murmur3.tokenToText(MIN), '-9223372036854775808');
  assert.is(murmur3.tokenFromText('9223372036854775807'), MAX);
  for (const bad of ['', 'abc', '9223372036854775808', '1.5', '1e3', ' 1', '0x10']) {
    assert.throws(
      () => murmur3.tokenFromText(bad),
      (error: Error) => error instanceof RangeError,
    );
  }
});

test('order is signed', () => {
  assert.is(murmur3.compare(-1n, 1n), -1);
  assert.is(murmur3.compare(1n, -1n), 1);
  assert.is(murmur3.compare(7n, 7n), 0);
});

// spec: planning §1, Midpoint
for (const [left, right, middle] of [
  [0n, 10n, 5n],
  [-3n, 0n, -2n],
  [MIN, 0n, -(2n ** 62n)],
  [MIN, MIN, -1n],
  [MAX - 1n, MIN + 3n, MIN + 1n],
] as const) {
  test(`midpoint of (${left},${right}]`, () => {
    assert.is(murmur3.midpoint?.(left, right), middle);
  });
}

test('a token of another partitioner is a bug, and says so', () => {
  assert.throws(() => murmur3.tokenToText(hex('61')), /bytes where a number/);
});

test.run();
