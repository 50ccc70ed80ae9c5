import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { lz4DecompressBlock, type Section } from '@scamander/sstable-io';
import { rejects, seededRandom, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SectionBlocks, type SectionBlocksInput } from '../../src/outgoing/section-blocks.ts';
import { sampleTable } from '../harness.ts';

const BLOCK = 65_536;
const LENGTH = 3 * BLOCK + 12_345;

/** Half of it repeats, so that some blocks shrink and others do not. */
const data = ((): Buffer => {
  const random = seededRandom(11);
  return Buffer.from(
    Array.from({ length: LENGTH }, (_, at) => (at % BLOCK < 30_000 ? 7 : random() * 256)),
  );
})();

/** CRC.db as ChecksumWriter writes it: the block size, then the CRC-32 of each block (spec: sstable-index-and-stats). */
const checksumsOf = (bytes: Buffer, blockBytes = BLOCK): Buffer => {
  const words: number[] = [blockBytes];
  for (let at = 0; at < bytes.length; at += blockBytes)
    words.push(crc32(bytes.subarray(at, at + blockBytes)));
  const written = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) written.writeUInt32BE(word, index * 4);
  return written;
};

type Block = { readonly raw: Buffer; readonly compressedBytes: number };

const blocksOf = async (input: SectionBlocksInput): Promise<Block[]> => {
  const blocks = await SectionBlocks.open(input);
  const found: Block[] = [];
  try {
    for (let block = await blocks.next(); block !== null; block = await blocks.next()) {
      const view = Buffer.from(block);
      const compressedBytes = view.readInt32BE(0);
      const rawBytes = view.readInt32BE(4);
      assert.is(view.length, 8 + compressedBytes, 'the length before the block is its own');
      found.push({
        raw: Buffer.from(lz4DecompressBlock(view.subarray(8), rawBytes)),
        compressedBytes,
      });
    }
  } finally {
    await blocks.close();
  }
  return found;
};

const withFiles = (
  crc: Buffer | undefined,
  body: (input: Omit<SectionBlocksInput, 'sections'>) => Promise<void>,
  bytes: Buffer = data,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const dataPath = join(folder, 'nb-1-big-Data.db');
    const crcPath = join(folder, 'nb-1-big-CRC.db');
    writeFileSync(dataPath, bytes);
    if (crc !== undefined) writeFileSync(crcPath, crc);
    await body({
      dataPath,
      crcPath: crc === undefined ? undefined : crcPath,
      dataLengthBytes: BigInt(data.length),
    });
  });

const section = (lower: number, upper: number): Section => ({
  lower: BigInt(lower),
  upper: BigInt(upper),
});

const wanted = (sections: readonly Section[]): Buffer =>
  Buffer.concat(sections.map(({ lower, upper }) => data.subarray(Number(lower), Number(upper))));

const cases: [name: string, sections: Section[], blocks: number][] = [
  ['the whole file', [section(0, LENGTH)], 4],
  ['one byte', [section(70_000, 70_001)], 1],
  ['exactly one block', [section(BLOCK, 2 * BLOCK)], 1],
  ['over a block border', [section(BLOCK - 1, BLOCK + 1)], 2],
  ['to the last byte', [section(3 * BLOCK + 1, LENGTH)], 1],
  ['several in one block', [section(10, 20), section(30, 40), section(65_000, 65_536)], 3],
  [
    'several over blocks',
    [section(100, BLOCK + 5), section(BLOCK + 5, BLOCK + 6), section(2 * BLOCK - 1, LENGTH)],
    6,
  ],
];

for (const [name, sections, blocks] of cases) {
  for (const crc of [checksumsOf(data), undefined]) {
    test(`${name}: blocks decode to the bytes of the sections, ${crc === undefined ? 'without' : 'with'} CRC.db`, () =>
      withFiles(crc, async (input) => {
        const found = await blocksOf({ ...input, sections });
        assert.is(Buffer.compare(Buffer.concat(found.map(({ raw }) => raw)), wanted(sections)), 0);
        // streaming-4.0-plus §4.1: a block never crosses a block of CRC.db nor a section
        assert.is(found.length, blocks);
        assert.ok(found.every(({ raw }) => raw.length <= BLOCK));
      }));
  }
}

test('blocks are as long as those of CRC.db', () =>
  withFiles(checksumsOf(data, 4096), async (input) => {
    const found = await blocksOf({ ...input, sections: [section(0, 10_000)] });
    assert.equal(
      found.map(({ raw }) => raw.length),
      [4096, 4096, 10_000 - 8192],
    );
  }));

test('a block that its checksum disowns is an error with file and offset, and the blocks before it are fine', () => {
  const spoilt = Buffer.from(data);
  spoilt[2 * BLOCK + 17] = (spoilt[2 * BLOCK + 17] ?? 0) ^ 1;
  return withFiles(
    checksumsOf(data),
    async (input) => {
      const before = await blocksOf({ ...input, sections: [section(0, 2 * BLOCK)] });
      assert.is(before.length, 2);
      const error = await rejects(blocksOf({ ...input, sections: [section(0, LENGTH)] }));
      assert.equal(
        [Reflect.get(error, 'code'), Reflect.get(Reflect.get(error, 'detail'), 'offset')],
        ['SCM_SSTABLE_CORRUPT', 2 * BLOCK],
      );
      assert.match(error.message, /nb-1-big-Data\.db \(byte 131072\): found CRC-32 \d+, expected/);
    },
    spoilt,
  );
});

test('the checksum of a block is checked although only a part of it travels', () => {
  const spoilt = Buffer.from(data);
  spoilt[0] = (spoilt[0] ?? 0) ^ 128;
  return withFiles(
    checksumsOf(data),
    async (input) => {
      const error = await rejects(blocksOf({ ...input, sections: [section(60_000, 60_010)] }));
      assert.is(Reflect.get(error, 'code'), 'SCM_SSTABLE_CORRUPT');
    },
    spoilt,
  );
});

test('a file that has become shorter is an error with the place where it ends', () =>
  withFiles(
    checksumsOf(data),
    async (input) => {
      const error = await rejects(blocksOf({ ...input, sections: [section(0, LENGTH)] }));
      assert.match(error.message, /\(byte 196608\): found 12344 bytes, expected 12345 bytes/);
    },
    data.subarray(0, LENGTH - 1),
  ));

for (const [name, size] of [
  ['2147483647', 0x7fffffff],
  ['0', 0],
  ['-1', 0xffffffff],
] as const) {
  test(`a CRC.db whose block size is ${name} is refused before a buffer is made`, () => {
    const crc = checksumsOf(data);
    crc.writeUInt32BE(size, 0);
    return withFiles(crc, async (input) => {
      const error = await rejects(SectionBlocks.open({ ...input, sections: [section(0, 1)] }));
      assert.match(error.message, /CRC\.db \(byte 0\): found block size/);
    });
  });
}

test('the blocks of a real uncompressed SSTable are the bytes of its Data.db', async () => {
  const folder = sampleTable('4.1.10-nb', 'with_none');
  const dataPath = join(folder, 'nb-1-big-Data.db');
  const whole = readFileSync(dataPath);
  const blocks = await blocksOf({
    dataPath,
    crcPath: join(folder, 'nb-1-big-CRC.db'),
    dataLengthBytes: BigInt(whole.length),
    sections: [section(0, whole.length)],
  });
  assert.is(Buffer.compare(Buffer.concat(blocks.map(({ raw }) => raw)), whole), 0);
});

test.run();
