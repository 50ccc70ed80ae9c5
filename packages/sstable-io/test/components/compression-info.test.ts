import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import type { Either } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ChunkOffsets,
  type CompressionInfo,
  readCompressionInfo,
} from '../../src/components/compression-info.ts';
import { versionFeatures } from '../../src/components/version.ts';
import type { SSTableError } from '../../src/errors.ts';
import { attempt } from '../../src/io/decoding.ts';
import { PagedFile } from '../../src/io/paged-file.ts';
import { ReadableFile } from '../../src/io/readable-file.ts';
import { chunksOf } from '../../src/sections/sections.ts';

/** `legacy_nb_simple` and `legacy_ma_simple` (spec: sstable-data §17.3). */
const NB =
  '000d4c5a34436f6d70726573736f7200000000000040007fffffff00000000000000ad000000010000000000000000';
const MA = '000d4c5a34436f6d70726573736f72000000000001000000000000000000ad000000010000000000000000';

const features = (version: string) => {
  const found = versionFeatures('big', version, 'f');
  if (found._tag === 'Left') throw found.left;
  return found.right;
};

const withFile = <T>(bytes: Uint8Array, body: (paged: PagedFile) => Promise<T>): Promise<T> =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'nb-1-big-CompressionInfo.db');
    writeFileSync(path, bytes);
    const file = await ReadableFile.open(path);
    try {
      return await body(new PagedFile(file));
    } finally {
      await file.close();
    }
  });

const read = (hex: string, version: string): Promise<Either<SSTableError, CompressionInfo>> =>
  withFile(Buffer.from(hex, 'hex'), (paged) =>
    attempt(paged.path, () => readCompressionInfo(paged, features(version))),
  );

test('nb: the bytes of the specification', async () => {
  const info = await read(NB, 'nb');
  assert.equal(info._tag === 'Right' && info.right.params, {
    compressor: 'LZ4Compressor',
    options: [],
    chunkLengthBytes: 16_384,
    maxCompressedLengthBytes: 2_147_483_647,
    dataLengthBytes: 173n,
    chunkCount: 1,
  });
});

test('ma: no longest compressed length, so chunks are never raw', async () => {
  const info = await read(MA, 'ma');
  if (info._tag === 'Left') throw info.left;
  assert.is(info.right.params.chunkLengthBytes, 65_536);
  assert.is(info.right.params.maxCompressedLengthBytes, 2_147_483_647);
});

const replaced = (from: string, to: string): string => {
  assert.ok(NB.includes(from), from);
  return NB.replace(from, to);
};

const WRONG: [name: string, hex: string, code: string][] = [
  ['empty', '', 'SCM_SSTABLE_CORRUPT'],
  ['cut in the name', NB.slice(0, 20), 'SCM_SSTABLE_CORRUPT'],
  ['cut in the offsets', NB.slice(0, -2), 'SCM_SSTABLE_CORRUPT'],
  ['longer than its offsets', `${NB}00`, 'SCM_SSTABLE_CORRUPT'],
  ['chunk length 0', replaced('00004000', '00000000'), 'SCM_SSTABLE_CORRUPT'],
  ['chunk length not a power of two', replaced('00004000', '00004001'), 'SCM_SSTABLE_CORRUPT'],
  ['chunk length of 1 GiB', replaced('00004000', '40000000'), 'SCM_SSTABLE_TOO_LONG'],
  ['2^31 − 1 options', replaced('0000000000004000', '7fffffff00004000'), 'SCM_SSTABLE_TOO_LONG'],
  ['−1 options', replaced('0000000000004000', 'ffffffff00004000'), 'SCM_SSTABLE_CORRUPT'],
  ['2^31 − 1 chunks', replaced('ad00000001', 'ad7fffffff'), 'SCM_SSTABLE_CORRUPT'],
  ['no chunks', replaced('ad00000001', 'ad00000000'), 'SCM_SSTABLE_CORRUPT'],
  ['negative data length', replaced('00000000000000ad', 'ffffffffffffffad'), 'SCM_SSTABLE_CORRUPT'],
  [
    'data length beyond 2^53',
    replaced('00000000000000ad', '7f000000000000ad'),
    'SCM_SSTABLE_TOO_LONG',
  ],
];

for (const [name, hex, code] of WRONG) {
  test(`refused: ${name}`, async () => {
    const info = await read(hex, 'nb');
    assert.is(info._tag === 'Left' && info.left.code, code);
  });
}

/** Ten chunks of 16 KiB, stored in 100 bytes each and 4 of CRC. */
const tenChunks = (): Buffer => {
  const offsets = Buffer.alloc(80);
  for (let i = 0; i < 10; i++) offsets.writeBigInt64BE(BigInt(i * 104), 8 * i);
  const head = NB.slice(0, -40);
  const counts = `${(10 * 16_384 - 5).toString(16).padStart(16, '0')}0000000a`;
  return Buffer.concat([Buffer.from(head + counts, 'hex'), offsets]);
};

test('chunks of sections: ascending, each once, none for an empty list', async () => {
  await withFile(tenChunks(), async (paged) => {
    const info = await readCompressionInfo(paged, features('nb'));
    const offsets = new ChunkOffsets(paged, info, 1040);
    const indexes = async (...sections: [number, number][]) => {
      const chunks = await chunksOf(
        offsets,
        sections.map(([lower, upper]) => ({ lower: BigInt(lower), upper: BigInt(upper) })),
      );
      for (const chunk of chunks) assert.is(chunk.lengthBytes, 100);
      return chunks.map((chunk) => chunk.offsetBytes / 104);
    };
    assert.equal(await indexes(), []);
    assert.equal(await indexes([0, 1]), [0]);
    // an end on a boundary does not touch the chunk behind it
    assert.equal(await indexes([0, 16_384]), [0]);
    assert.equal(await indexes([16_383, 16_385]), [0, 1]);
    assert.equal(await indexes([10, 20], [30, 40], [16_390, 16_400]), [0, 1]);
    assert.equal(await indexes([0, 5], [147_456, 163_835]), [0, 9]);
    assert.equal(await indexes([0, 163_835]), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

test('a chunk beyond Data.db, before the one in front of it, or too long is corrupt', async () => {
  for (const [index, offset] of [
    [3, 5000n],
    [3, 1n],
    [0, 8n],
    [9, 1038n],
    [5, -1n],
  ] as const) {
    const bytes = tenChunks();
    bytes.writeBigInt64BE(offset, bytes.length - 80 + 8 * index);
    await withFile(bytes, async (paged) => {
      const info = await readCompressionInfo(paged, features('nb'));
      const offsets = new ChunkOffsets(paged, info, 1040);
      const all = await attempt(paged.path, () =>
        chunksOf(offsets, [{ lower: 0n, upper: 163_835n }]),
      );
      assert.is(all._tag === 'Left' && all.left.code, 'SCM_SSTABLE_CORRUPT', `${index} ${offset}`);
    });
  }
});

test.run();
