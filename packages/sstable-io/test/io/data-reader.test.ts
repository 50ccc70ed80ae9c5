import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '@scamander/bytes';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChunkOffsets, readCompressionInfo } from '../../src/components/compression-info.ts';
import { versionFeatures } from '../../src/components/version.ts';
import type { BlockCodec } from '../../src/compression/codec.ts';
import { blockCodecs } from '../../src/compression/codecs.ts';
import { DataReader, type DataSource } from '../../src/io/data-reader.ts';
import { attempt } from '../../src/io/decoding.ts';
import { PagedFile } from '../../src/io/paged-file.ts';
import { ReadableFile } from '../../src/io/readable-file.ts';

const CHUNK = 4096;
const random = seededRandom(8);
/** 40 chunks and a bit, half of them noise, which compressors can't shrink. */
const content = Buffer.from(
  Array.from({ length: 40 * CHUNK + 1234 }, (_, i) =>
    Math.floor(i / CHUNK) % 2 === 0 ? i % 23 : Math.floor(random() * 256),
  ),
);

/** Data.db and CompressionInfo.db by the words of spec: sstable-data §8, with a surplus chunk when asked for. */
const write = async (folder: string, codec: BlockCodec, maxLength: number, surplus: boolean) => {
  const stored: Buffer[] = [];
  const offsets: bigint[] = [];
  let at = 0;
  const ends = surplus ? 1 : 0;
  for (let start = 0; start < content.length + ends * CHUNK; start += CHUNK) {
    const chunk = content.subarray(start, start + CHUNK);
    let payload = Buffer.from(await codec.compress(chunk));
    if (payload.length >= maxLength) {
      payload = Buffer.concat([chunk, Buffer.alloc(Math.max(0, maxLength - chunk.length))]);
    }
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(payload));
    offsets.push(BigInt(at));
    stored.push(payload, crc);
    at += payload.length + 4;
  }
  const head = Buffer.alloc(2 + codec.name.length + 4 + 4 + 4 + 8 + 4 + 8 * offsets.length);
  let to = head.writeUInt16BE(codec.name.length, 0);
  to += head.write(codec.name, to);
  to = head.writeInt32BE(0, to);
  to = head.writeInt32BE(CHUNK, to);
  to = head.writeInt32BE(maxLength, to);
  to = head.writeBigInt64BE(BigInt(content.length), to);
  to = head.writeInt32BE(offsets.length, to);
  for (const offset of offsets) to = head.writeBigInt64BE(offset, to);
  writeFileSync(join(folder, 'nb-1-big-Data.db'), Buffer.concat(stored));
  writeFileSync(join(folder, 'nb-1-big-CompressionInfo.db'), head);
};

const withSource = (
  codec: BlockCodec | undefined,
  options: { maxLength?: number; surplus?: boolean; spoil?: (data: Buffer) => void },
  body: (source: DataSource) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const dataPath = join(folder, 'nb-1-big-Data.db');
    if (codec === undefined) writeFileSync(dataPath, content);
    else await write(folder, codec, options.maxLength ?? 0x7fffffff, options.surplus ?? false);
    const file = await ReadableFile.open(dataPath);
    if (options.spoil !== undefined) {
      const bytes = Buffer.alloc(file.lengthBytes);
      await file.read(bytes, 0, bytes.length);
      options.spoil(bytes);
      writeFileSync(dataPath, bytes);
    }
    if (codec === undefined) {
      await body({ file, dataLengthBytes: content.length, compressed: undefined });
      await file.close();
      return;
    }
    const info = await ReadableFile.open(join(folder, 'nb-1-big-CompressionInfo.db'));
    try {
      const features = versionFeatures('big', 'nb', 'f');
      if (features._tag === 'Left') throw features.left;
      const paged = new PagedFile(info);
      const read = await readCompressionInfo(paged, features.right);
      const offsets = new ChunkOffsets(paged, read, file.lengthBytes);
      await body({ file, dataLengthBytes: content.length, compressed: { codec, offsets } });
    } finally {
      await info.close();
      await file.close();
    }
  });

const checkRanges = async (source: DataSource): Promise<void> => {
  const reader = new DataReader(source, { readAhead: false });
  for (let i = 0; i < 60; i++) {
    const position = Math.floor(random() * content.length);
    const length = Math.floor(random() * Math.min(3 * CHUNK, content.length - position));
    const bytes = await reader.bytes(position, length);
    assert.is(Buffer.compare(bytes, content.subarray(position, position + length)), 0);
  }
  const forward = new DataReader(source, { readAhead: true });
  for (let at = 0; at < content.length; at += 1000) {
    const length = Math.min(1000, content.length - at);
    const bytes = await forward.bytes(at, length);
    assert.is(Buffer.compare(bytes, content.subarray(at, at + length)), 0);
  }
};

for (const codec of [undefined, ...blockCodecs]) {
  const name = codec?.name ?? 'uncompressed';
  test(`${name}: ranges, at random and forward`, () => withSource(codec, {}, checkRanges));
  if (codec === undefined) continue;
  test(`${name}: chunks stored raw from 3724 bytes on, the last one padded`, () =>
    withSource(codec, { maxLength: 3724 }, checkRanges));
  test(`${name}: an empty chunk behind the data`, () =>
    withSource(codec, { surplus: true }, async (source) => {
      await checkRanges(source);
      const reader = new DataReader(source, { readAhead: true });
      assert.is((await reader.chunk(41)).length, 0);
    }));
  test(`${name}: a flipped bit is found by its chunk's CRC, named by file and offset`, () =>
    withSource(
      codec,
      {
        spoil: (data) => {
          data[2]! ^= 4;
        },
      },
      async (source) => {
        const reader = new DataReader(source, { readAhead: false });
        const read = await attempt('f', () => reader.bytes(10, 10));
        assert.is(read._tag === 'Left' && read.left.code, 'SCM_SSTABLE_CORRUPT');
        assert.match(
          read._tag === 'Left' ? read.left.message : '',
          /Data\.db \(byte 0\): found CRC-32/,
        );
        const next = await attempt('f', () => reader.bytes(CHUNK, 10));
        assert.is(next._tag, 'Right');
      },
    ));
}

test('ranges outside the data are corrupt, not short', () =>
  withSource(undefined, {}, async (source) => {
    const reader = new DataReader(source, { readAhead: false });
    for (const [position, length] of [
      [-1, 2],
      [content.length, 1],
      [content.length - 1, 2],
      [2 ** 52, 1],
    ] as const) {
      const read = await attempt('f', () => reader.bytes(position, length));
      assert.is(read._tag === 'Left' && read.left.code, 'SCM_SSTABLE_CORRUPT');
    }
  }));

test.run();
