import { crc32 } from 'node:zlib';
import { lz4CompressBlock, lz4DecompressBlock } from '@scamander/sstable-io';
import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pipeDataAsSections } from '../../../src/copy/relay/pipe-sections.ts';
import { pipeBlocks, pipeBytes, pipeEntire } from '../../../src/copy/relay/pipes.ts';
import { componentsOf, headerOf, piped } from './payloads.ts';

const random = seededRandom(7);
const noise = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

/** [i32 compressed][i32 uncompressed][raw LZ4 block], as streaming-4.0-plus §4.1 has it. */
const blockOf = (raw: Buffer): Buffer => {
  const room = Buffer.alloc(raw.length * 2 + 64);
  const length = lz4CompressBlock(raw, room);
  const lengths = Buffer.alloc(8);
  lengths.writeInt32BE(length, 0);
  lengths.writeInt32BE(raw.length, 4);
  return Buffer.concat([lengths, room.subarray(0, length)]);
};

const decoded = (bytes: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const compressed = bytes.readInt32BE(at);
    const block = bytes.subarray(at + 8, at + 8 + compressed);
    parts.push(Buffer.from(lz4DecompressBlock(block, bytes.readInt32BE(at + 4))));
    at += 8 + compressed;
  }
  return Buffer.concat(parts);
};

/** Every way to cut what is read: byte by byte, around the lengths, in large pieces. */
const CUTS = [[1], [3, 5, 7], [8], [65_536], [9, 1, 200]] as const;
const NEXT_MESSAGE = Buffer.from('next');

test('chunks pass as they are, and what follows them stays', async () => {
  const chunks = noise(500);
  for (const sizes of CUTS) {
    const input = Buffer.concat([chunks, NEXT_MESSAGE]);
    const { bytes, counted, moved, left, error } = await piped(
      pipeBytes(headerOf(), 500),
      input,
      sizes,
    );
    assert.is(error, undefined);
    assert.equal(bytes, chunks);
    assert.equal([counted, moved, left], [500, 500, NEXT_MESSAGE.length]);
  }
});

test('blocks pass as they are until they have decoded to the sections, and count what they decode to', async () => {
  const raws = [noise(300), Buffer.alloc(1000, 'a'), noise(1), Buffer.alloc(700, 'b')];
  const blocks = Buffer.concat(raws.map(blockOf));
  for (const sizes of CUTS) {
    const input = Buffer.concat([blocks, NEXT_MESSAGE]);
    const got = await piped(pipeBlocks(headerOf(), 2001), input, sizes);
    assert.is(got.error, undefined);
    assert.equal(got.bytes, blocks);
    assert.equal([got.counted, got.moved, got.left], [2001, 2001, NEXT_MESSAGE.length]);
  }
});

test('a block of impossible length ends the file before a byte of it is believed', async () => {
  for (const lengths of [
    [0, 5],
    [-1, 5],
    [5, 0],
    [2 ** 31 - 1, 5],
  ] as const) {
    const input = Buffer.alloc(64);
    input.writeInt32BE(lengths[0], 0);
    input.writeInt32BE(lengths[1], 4);
    const { error } = await piped(pipeBlocks(headerOf(), 5), input, [64]);
    assert.is(error?.code, 'SCM_COPY_PAYLOAD', String(lengths));
  }
});

const sstable = (data: Buffer, digest: string) =>
  componentsOf([
    ['Statistics.db', noise(40)],
    ['Digest.crc32', digest],
    ['Data.db', data],
    ['SAI+aa+GroupComplete.db', 'sai'],
    ['Index.db', noise(30)],
    ['Filter.db', ''],
  ]);

const whole = (manifest: ReturnType<typeof componentsOf>['manifest']) =>
  headerOf({ entire: { manifest, firstKey: Buffer.from('key') } });

test('components pass in their order, without those that stay behind', async () => {
  const data = noise(1000);
  const { manifest, bytes: input } = sstable(data, String(crc32(data)));
  const kept = manifest.filter(({ name }) => !name.startsWith('SAI'));
  const expected = Buffer.concat([input.subarray(0, -33), input.subarray(-30)]);
  for (const sizes of CUTS) {
    const got = await piped(pipeEntire(whole(kept), manifest), input, sizes);
    assert.is(got.error, undefined);
    assert.equal(got.bytes, expected);
    assert.equal([got.counted, got.moved, got.left], [expected.length, input.length, 0]);
  }
});

test('a Data.db that its digest denies is never completed, in whichever order they come', async () => {
  const data = noise(1000);
  for (const order of [
    ['Data.db', 'Digest.crc32', 'Index.db'],
    ['Digest.crc32', 'Index.db', 'Data.db'],
    ['Index.db', 'Data.db', 'Digest.crc32'],
  ]) {
    const contents: Record<string, string | Buffer> = {
      'Data.db': data,
      'Digest.crc32': String(crc32(data) ^ 1),
      'Index.db': 'index',
    };
    const { manifest, bytes: input } = componentsOf(
      order.map((name) => [name, contents[name] ?? ''] as const),
    );
    for (const [pipe, bytes] of [
      [pipeEntire(whole(manifest), manifest), input.length],
      [pipeDataAsSections(headerOf(), manifest), data.length],
      [pipeDataAsSections(headerOf({ compression: COMPRESSION }), manifest), data.length],
    ] as const) {
      const got = await piped(pipe, input, [64]);
      assert.is(got.error?.code, 'SCM_COPY_DIGEST');
      assert.ok(got.counted < bytes, `${got.counted} of ${bytes} bytes`);
    }
  }
});

const COMPRESSION = {
  chunkOffsets: Float64Array.of(0),
  chunkLengths: Int32Array.of(996),
  compressor: 'LZ4Compressor',
  options: [],
  chunkLengthBytes: 16_384,
  maxCompressedLengthBytes: 2 ** 31 - 1,
};

test('of a compressed SSTable the stored chunks go on, and nothing else', async () => {
  const data = noise(1000);
  const { manifest, bytes: input } = sstable(data, String(crc32(data)));
  for (const sizes of CUTS) {
    const got = await piped(
      pipeDataAsSections(headerOf({ compression: COMPRESSION }), manifest),
      input,
      sizes,
    );
    assert.is(got.error, undefined);
    assert.equal(got.bytes, data);
    assert.equal([got.counted, got.left], [1000, 0]);
  }
});

test('an uncompressed Data.db goes on in blocks that decode to it', async () => {
  for (const length of [1, 65_535, 65_536, 65_537, 200_000]) {
    const data = Buffer.concat([noise(Math.min(length, 1000)), Buffer.alloc(length, 'a')]).subarray(
      0,
      length,
    );
    const { manifest, bytes: input } = sstable(data, String(crc32(data)));
    const got = await piped(pipeDataAsSections(headerOf(), manifest), input, [50_000, 7]);
    assert.is(got.error, undefined);
    assert.equal(decoded(got.bytes), data);
    assert.equal([got.counted, got.left], [length, 0]);
  }
});

test.run();
