import { crc24, crc32, internodeCrc32 } from '@scamander/bytes';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { internodeCrcs } from './fixtures/vectors.ts';
import { fromHex } from './hex.ts';

test('crc32: the check value of CRC-32/ISO-HDLC, whole and in pieces', () => {
  const bytes = Buffer.from('123456789');
  assert.is(crc32(bytes), 0xcbf43926);
  assert.is(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4))), 0xcbf43926);
  assert.is(crc32(new Uint8Array(0)), 0);
});

for (const [hex, crc] of internodeCrcs) {
  test(`internodeCrc32 of ${hex === '' ? 'nothing' : hex}`, () => {
    assert.is(internodeCrc32(fromHex(hex)), crc);
    assert.is(internodeCrc32(fromHex(hex)), crc32(fromHex(`fa2d55ca${hex}`)));
  });
}

/** repair §6.5 bit by bit, on a string of bits: slow, and independent of the shifts in the source. */
const crc24Slowly = (bytes: Uint8Array): number => {
  let register = 0x875060n;
  for (const byte of bytes) {
    register ^= BigInt(byte) << 16n;
    for (let bit = 0; bit < 8; bit++) {
      register *= 2n;
      if (register >= 2n ** 24n) register ^= 0x1974f0bn;
    }
  }
  return Number(register);
};

test('crc24 covers the first bytes only and agrees with the definition', () => {
  const header = Uint8Array.of(0x05, 0x00, 0x02, 0xff, 0x80);
  for (let length = 0; length <= header.length; length++)
    assert.is(crc24(header, length), crc24Slowly(header.subarray(0, length)));
  assert.is(crc24(header, 0), 0x875060);
});

test.run();
