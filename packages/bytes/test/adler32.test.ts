import { deflateSync } from 'node:zlib';
import { adler32 } from '@scamander/bytes';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** A zlib stream ends with the Adler-32 of what was compressed (RFC 1950, 2.2). */
const byZlib = (bytes: Uint8Array): number =>
  deflateSync(bytes).readUInt32BE(deflateSync(bytes).length - 4);

test('adler32: the example of the definition, and nothing', () => {
  assert.is(adler32(Buffer.from('Wikipedia')), 0x11e60398);
  assert.is(adler32(new Uint8Array(0)), 1);
});

test('adler32 of the largest bytes does not overflow', () => {
  const bytes = new Uint8Array(1_000_003).fill(0xff);
  assert.is(adler32(bytes), byZlib(bytes));
  const largestSums = 0xfff0fff0;
  let slowA = 0xfff0;
  let slowB = 0xfff0;
  const block = bytes.subarray(0, 20_000);
  for (const byte of block) {
    slowA = (slowA + byte) % 65_521;
    slowB = (slowB + slowA) % 65_521;
  }
  assert.is(adler32(block, largestSums), slowB * 65_536 + slowA);
});

test('property: adler32 is what zlib writes, whole and in two pieces', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9_000 }), fc.nat(9_000), (bytes, cut) => {
      const expected = byZlib(bytes);
      assert.is(adler32(bytes), expected);
      assert.is(adler32(bytes.subarray(cut), adler32(bytes.subarray(0, cut))), expected);
    }),
    { numRuns: 200 },
  );
});

test.run();
