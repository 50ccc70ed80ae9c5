import { rejects, seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blockCodecNamed, blockCodecs } from '../../src/compression/codecs.ts';
import {
  lz4BlockBytesMax,
  lz4CompressBlock,
  lz4DecompressBlock,
} from '../../src/compression/lz4.ts';

const random = seededRandom(3);
const textual = Buffer.from('rows and rows of text, '.repeat(800)).subarray(0, 16_384);
const noise = Uint8Array.from({ length: 16_384 }, () => Math.floor(random() * 256));
const samples: [name: string, bytes: Uint8Array][] = [
  ['nothing', new Uint8Array(0)],
  ['one byte', Uint8Array.of(7)],
  ['text', textual],
  ['noise', noise],
  ['a view', Uint8Array.from([9, ...textual]).subarray(1)],
];

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

for (const codec of blockCodecs) {
  for (const [name, bytes] of samples) {
    test(`${codec.name}: ${name} comes back`, async () => {
      const compressed = await codec.compress(bytes);
      const result = await codec.decompress(compressed, bytes.length);
      assert.ok(same(result, bytes));
    });
  }

  test(`${codec.name}: more than the limit is an Error`, async () => {
    const compressed = await codec.compress(textual);
    await rejects(Promise.resolve().then(() => codec.decompress(compressed, 16_383)));
  });

  test(`${codec.name}: damaged and cut chunks give an Error or other bytes within the limit`, async () => {
    const compressed = Buffer.from(await codec.compress(textual));
    for (let i = 0; i < 60; i++) {
      const damaged = Buffer.from(
        compressed.subarray(0, 1 + Math.floor(random() * compressed.length)),
      );
      damaged[Math.floor(random() * damaged.length)]! ^= 1 << Math.floor(random() * 8);
      try {
        const result = await codec.decompress(damaged, textual.length);
        assert.ok(result.length <= textual.length);
      } catch (error) {
        assert.instance(error, Error);
      }
    }
  });
}

test('LZ4: the empty chunk of a file that was synced twice (spec: sstable-data §8.2)', async () => {
  const codec = blockCodecNamed('LZ4Compressor')!;
  assert.is((await codec.decompress(Buffer.from('0000000000', 'hex'), 0)).length, 0);
});

test('LZ4: a declared length beyond the limit is refused before it is believed', async () => {
  const codec = blockCodecNamed('LZ4Compressor')!;
  const chunk = Buffer.from(await codec.compress(textual));
  chunk.writeUInt32LE(0x7fffffff, 0);
  const error = await rejects(Promise.resolve().then(() => codec.decompress(chunk, 16_384)));
  assert.match(error.message, 'declares 2147483647 bytes');
});

test('LZ4: a declared length that is not the real one is refused', async () => {
  const codec = blockCodecNamed('LZ4Compressor')!;
  const chunk = Buffer.from(await codec.compress(textual));
  chunk.writeUInt32LE(16_385, 0);
  await rejects(Promise.resolve().then(() => codec.decompress(chunk, 20_000)));
});

test('Zstandard: blocks that would become gigabytes are refused by their headers', async () => {
  const codec = blockCodecNamed('ZstdCompressor')!;
  // magic, a descriptor without content size, a window byte, then blocks of one repeated byte, 128 KiB each
  const block = Buffer.from([
    0x02 | ((131_072 << 3) & 0xff),
    (131_072 << 3) >> 8,
    (131_072 << 3) >> 16,
    0,
  ]);
  const bomb = Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), ...Array(4000).fill(block)]);
  const error = await rejects(Promise.resolve().then(() => codec.decompress(bomb, 16_384)));
  assert.match(error.message, 'may produce');
});

test('Zstandard: a second frame behind the first is refused', async () => {
  const codec = blockCodecNamed('ZstdCompressor')!;
  const frame = await codec.compress(textual);
  await rejects(
    Promise.resolve().then(() => codec.decompress(Buffer.concat([frame, frame]), 65_536)),
  );
});

test('codecs go by simple and by full class name', () => {
  assert.is(blockCodecNamed('SnappyCompressor')?.name, 'SnappyCompressor');
  assert.is(
    blockCodecNamed('org.apache.cassandra.io.compress.DeflateCompressor')?.name,
    'DeflateCompressor',
  );
  assert.is(blockCodecNamed('com.example.MyCompressor'), undefined);
});

test('raw LZ4 blocks come back, also from views in the middle of a buffer', () => {
  for (const [, bytes] of samples) {
    const target = new Uint8Array(lz4BlockBytesMax(bytes.length) + 3);
    const length = lz4CompressBlock(bytes, target.subarray(3));
    const block = target.subarray(3, 3 + length);
    assert.ok(same(lz4DecompressBlock(block, bytes.length), bytes));
  }
});

test('raw LZ4 blocks: a hand-made block of literals', () => {
  // token 0x50: five literals, no match
  assert.ok(same(lz4DecompressBlock(Buffer.from('5068656c6c6f', 'hex'), 5), Buffer.from('hello')));
  assert.throws(() => lz4DecompressBlock(Buffer.from('5068656c6c6f', 'hex'), 6));
  assert.throws(() => lz4DecompressBlock(Buffer.from('5068656c', 'hex'), 5));
});

test('raw LZ4 blocks: a target that is too short is a RangeError', () => {
  assert.throws(
    () => lz4CompressBlock(noise, new Uint8Array(10)),
    (error: Error) => error instanceof RangeError,
  );
});

test.run();
