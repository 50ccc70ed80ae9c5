// Our decoder against the native library: the same bytes of whole blocks, and of wrecked ones never a byte outside the target.
import { seededRandom } from '@scamander-tools/testing';
import fc from 'fast-check';
import { compressSync, uncompressSync } from 'lz4-napi';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChunkError } from '../../src/compression/codec.ts';
import { lz4Codec } from '../../src/compression/lz4.ts';
import { decodeLz4Block } from '../../src/compression/lz4-decoder.ts';
import { lz4HighCompressor } from '../../src/compression/lz4-high.ts';

const LENGTH_BYTES = 4;
const GUARD_BYTES = 16;
const GUARD = 0xa5;

/** The block in the middle of other memory, decompressed into the middle of other memory; what stands around it must stay. */
const decode = (block: Uint8Array, length: number): Uint8Array => {
  const source = new Uint8Array(block.length + 2 * GUARD_BYTES).fill(GUARD);
  source.set(block, GUARD_BYTES);
  const room = new Uint8Array(length + 2 * GUARD_BYTES).fill(GUARD);
  try {
    decodeLz4Block(
      source.subarray(GUARD_BYTES, GUARD_BYTES + block.length),
      room.subarray(GUARD_BYTES, GUARD_BYTES + length),
    );
  } finally {
    const around = [...room.subarray(0, GUARD_BYTES), ...room.subarray(GUARD_BYTES + length)];
    assert.ok(around.every((byte) => byte === GUARD));
  }
  return room.subarray(GUARD_BYTES, GUARD_BYTES + length);
};

/** Bytes that repeat: pieces of what came before at all distances, noise in between. */
const repetitive = fc
  .array(fc.tuple(fc.nat(400), fc.nat(400), fc.boolean()), { maxLength: 120 })
  .map((steps) => {
    const bytes: number[] = [];
    for (const [length, distance, isNoise] of steps)
      for (let i = 0; i < length; i++) {
        const before = bytes[bytes.length - 1 - (distance % 97)];
        bytes.push(isNoise || before === undefined ? (i * 167 + distance * 31) & 0xff : before);
      }
    return Buffer.from(bytes);
  });

test('blocks of both compressors come back', () => {
  const high = lz4HighCompressor(9);
  fc.assert(
    fc.property(repetitive, (bytes) => {
      for (const framed of [compressSync(bytes), high(bytes)])
        assert.is(Buffer.compare(decode(framed.subarray(LENGTH_BYTES), bytes.length), bytes), 0);
    }),
  );
});

test('wrecked blocks: what the native library refuses, and never more than the target', () => {
  const random = seededRandom(17);
  let refused = 0;
  fc.assert(
    fc.property(repetitive, (bytes) => {
      const framed = Buffer.from(compressSync(bytes));
      const at = LENGTH_BYTES + Math.floor(random() * (framed.length - LENGTH_BYTES));
      framed[at] = (framed[at] as number) ^ (1 << Math.floor(random() * 8));
      let native: Uint8Array | undefined;
      try {
        native = uncompressSync(framed);
      } catch {
        // not a block any more
      }
      let own: Uint8Array | undefined;
      try {
        own = decode(framed.subarray(LENGTH_BYTES), bytes.length);
      } catch (error) {
        assert.instance(error, ChunkError);
        refused += 1;
      }
      if (own === undefined) return;
      assert.ok(native !== undefined && Buffer.compare(own, native) === 0);
    }),
    { numRuns: 500 },
  );
  assert.ok(refused > 50, `${refused}`);
});

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const blocks: readonly [name: string, block: string, length: number, expected: string | RegExp][] =
  [
    ['nothing', '00', 0, ''],
    ['literals', '5068656c6c6f', 5, Buffer.from('hello').toString('hex')],
    ['a repeated byte', '156101001062', 11, `${'61'.repeat(10)}62`],
    ['no token', '', 0, /ends before its last literals/],
    ['too few literals', '5068656c', 5, /has 5 literals/],
    ['too many literals', '5068656c6c6f', 4, /has 5 literals/],
    ['a distance of nothing', '14610000', 9, /repeats 8 bytes from 0 before/],
    ['a distance before the beginning', '14610200', 9, /repeats 8 bytes from 2 before/],
    ['a match beyond the end', '1f6101000a', 9, /repeats 29 bytes/],
    ['half a distance', '146101', 9, /ends within a distance/],
    ['half a length', 'f0ff', 300, /ends within a length/],
    ['a match at the end', '14610100', 9, /ends before its last literals/],
    ['fewer bytes than expected', '5068656c6c6f', 6, /holds 5 bytes, 6 are expected/],
  ];

for (const [name, block, length, expected] of blocks)
  test(`by hand: ${name}`, () => {
    if (typeof expected === 'string')
      assert.is(Buffer.from(decode(hex(block), length)).toString('hex'), expected);
    else assert.throws(() => decode(hex(block), length), expected);
  });

test('the codec: in the room that is given, and nowhere else', async () => {
  const bytes = Buffer.from('rows and rows of text, '.repeat(90));
  const room = new Uint8Array(bytes.length + 10);
  const result = await lz4Codec.decompress(compressSync(bytes), bytes.length + 10, room);
  assert.is(result.buffer, room.buffer);
  assert.is(Buffer.compare(result, bytes), 0);
});

test.run();
