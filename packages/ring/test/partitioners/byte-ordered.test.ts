import { ByteOrderedPartitioner as byteOrdered, TOKEN_BYTES_MAX } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

test('the token is the key, its text is hex', () => {
  const key = hex('00ff10');
  const token = byteOrdered.tokenOf(key);
  key[0] = 9;
  assert.is(byteOrdered.tokenToText(token), '00ff10');
  assert.equal(byteOrdered.tokenFromText('00FF10'), token);
  assert.equal(byteOrdered.tokenToBytes(token), token);
});

test('order is unsigned, a prefix first, the minimum is empty', () => {
  const sorted = ['', '00', '0000', '7f', '80', 'ff', 'ff00'];
  const shuffled = [...sorted].reverse().map((text) => byteOrdered.tokenFromText(text));
  assert.equal(shuffled.sort(byteOrdered.compare).map(byteOrdered.tokenToText), sorted);
  assert.is(byteOrdered.compare(byteOrdered.minimumToken, hex('')), 0);
});

test('limits and bad text', () => {
  assert.throws(
    () => byteOrdered.tokenFromBytes(new Uint8Array(TOKEN_BYTES_MAX + 1)),
    /at most 65535/,
  );
  assert.throws(() => byteOrdered.tokenFromText('0'), /pairs of hexadecimal/);
  assert.throws(() => byteOrdered.tokenFromText('zz'), /pairs of hexadecimal/);
  assert.throws(() => byteOrdered.tokenFromText('0'.repeat(200_000)), /longer than/);
});

test('no midpoint', () => {
  assert.is(byteOrdered.midpoint, undefined);
});

test.run();
