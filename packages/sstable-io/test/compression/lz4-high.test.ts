import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lz4Codec } from '../../src/compression/lz4.ts';
import { lz4HighCompressor } from '../../src/compression/lz4-high.ts';

const roundTrip = (compress: (source: Uint8Array) => Uint8Array, source: Uint8Array): Uint8Array =>
  lz4Codec.decompress(compress(source), Math.max(source.length, 1)) as Uint8Array;

test('the decoder gives back what was compressed', () => {
  const byLevel = [1, 9, 17].map((level) => lz4HighCompressor(level));
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 30 })),
        { maxLength: 40 },
      ),
      fc.constantFrom(...byLevel),
      (runs, compress) => {
        const source = Buffer.concat(
          runs.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes)),
        );
        assert.equal(Buffer.from(roundTrip(compress, source)), source);
      },
    ),
    { numRuns: 200 },
  );
});

test('long distances, long runs and no compression at all', () => {
  const compress = lz4HighCompressor(9);
  let seed = 1;
  const random = Uint8Array.from({ length: 70_000 }, () => {
    seed = (Math.imul(seed, 1103515245) + 12345) | 0;
    return seed >>> 16;
  });
  for (const source of [
    random,
    Buffer.concat([random, random]),
    Buffer.alloc(300_000, 7),
    Buffer.from('abcdefghijkl'),
    Buffer.alloc(13, 1),
    new Uint8Array(0),
  ])
    assert.equal(Buffer.from(roundTrip(compress, source)), Buffer.from(source));
});

test('higher levels take less room than the fast encoder', () => {
  const words = Array.from({ length: 4000 }, (_, i) => `row ${(i * 7919) % 1013} of ${i % 17}`);
  const source = Buffer.from(words.join(';'));
  const fast = (lz4Codec.compress(source) as Uint8Array).length;
  const high = lz4HighCompressor(9)(source).length;
  assert.ok(high < fast, `${high} against ${fast} bytes`);
});

test.run();
