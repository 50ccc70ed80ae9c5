import { RandomPartitioner as random } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const ascii = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

// RFC 1321 prints these MD5 sums; the token is their absolute value as signed 128-bit numbers (spec: planning §1).
test('token is the absolute value of MD5 as a signed number', () => {
  assert.is(random.tokenOf(ascii('a')), 0x0cc175b9c0f1b6a831c399e269772661n);
  assert.is(random.tokenOf(ascii('abc')), 2n ** 128n - 0x900150983cd24fb0d6963f7d28e17f72n);
  assert.is(
    random.tokenOf(ascii('message digest')),
    2n ** 128n - 0xf96b697d7cb7938d525a2f31aaf161d0n,
  );
});

test('the empty key has the minimum token', () => {
  assert.is(random.tokenOf(hex('')), -1n);
});

test('bytes are the shortest two’s complement form', () => {
  for (const [value, bytes] of [
    [-1n, 'ff'],
    [0n, '00'],
    [127n, '7f'],
    [128n, '0080'],
    [2n ** 126n, `40${'00'.repeat(15)}`],
    [2n ** 127n, `0080${'00'.repeat(15)}`],
  ] as const) {
    assert.is(Buffer.from(random.tokenToBytes(value)).toString('hex'), bytes);
    assert.is(random.tokenFromBytes(hex(bytes)), value);
  }
});

test('bytes out of range are refused', () => {
  for (const bytes of ['', 'fe', `00${'ff'.repeat(16)}`, '00'.repeat(18)]) {
    assert.throws(
      () => random.tokenFromBytes(hex(bytes)),
      (error: Error) => error instanceof RangeError,
    );
  }
});

test('text is decimal', () => {
  assert.is(random.tokenToText(2n ** 127n), '170141183460469231731687303715884105728');
  assert.is(random.tokenFromText('-1'), -1n);
  assert.throws(() => random.tokenFromText('-2'), /from -1 to/);
});

// spec: planning §1, Midpoint; repair §2.5
test('midpoint', () => {
  assert.is(random.midpoint?.(-1n, -1n), 2n ** 126n);
  assert.is(random.midpoint?.(10n, 20n), 15n);
  assert.is(random.midpoint?.(2n ** 127n - 10n, 4n), 2n ** 127n - 3n);
});

test.run();
