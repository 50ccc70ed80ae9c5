import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPartitionPayload, readPartitionsFooter } from '../../src/bti/bti-index.ts';
import { TrieWalker } from '../../src/bti/trie-file.ts';
import { attempt } from '../../src/io/decoding.ts';
import { PagedFile } from '../../src/io/paged-file.ts';
import { ReadableFile } from '../../src/io/readable-file.ts';

/** `da`, ByteOrderedPartitioner, keys "0"…"4" (spec: sstable-index-and-stats §7.4). */
const EXAMPLE = Buffer.from(
  '0809FF 0837E9 08DDD1 0802B9 082FA1 A0300400F00C0090060030 1B40 000130000134 000000000000001C 0000000000000005 000000000000001A'.replaceAll(
    ' ',
    '',
  ),
  'hex',
);

const withPages = <T>(bytes: Uint8Array, body: (paged: PagedFile) => Promise<T>): Promise<T> =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'da-1-bti-Partitions.db');
    writeFileSync(path, bytes);
    const file = await ReadableFile.open(path);
    try {
      return await body(new PagedFile(file));
    } finally {
      await file.close();
    }
  });

test('footer and keys of the example', async () => {
  await withPages(EXAMPLE, async (paged) => {
    const { firstKey, lastKey, ...fields } = await readPartitionsFooter(paged);
    assert.equal(fields, { firstKeyPosition: 28, keyCount: 5, rootPosition: 26 });
    assert.is(Buffer.from(firstKey).toString() + Buffer.from(lastKey).toString(), '04');
  });
});

test('the trie of the example: prefixes, hash bytes and positions in order', async () => {
  await withPages(EXAMPLE, async (paged) => {
    const walker = new TrieWalker(paged, 26);
    const found: unknown[] = [];
    while (await walker.next()) {
      const { hash, dataPosition } = readPartitionPayload(paged.path, walker.node);
      found.push([
        Buffer.from(walker.path.subarray(0, walker.depth)).toString('hex'),
        hash,
        dataPosition,
      ]);
    }
    assert.equal(found, [
      ['4030', 0x09, 0],
      ['4031', 0x37, 22],
      ['4032', 0xdd, 46],
      ['4033', 0x02, 70],
      ['4034', 0x2f, 94],
    ]);
    assert.is(walker.nodes, 7);
  });
});

test('a footer cut or with impossible places is corrupt', async () => {
  for (let length = 0; length < EXAMPLE.length; length++) {
    await withPages(EXAMPLE.subarray(0, length), async (paged) => {
      const read = await attempt(paged.path, () => readPartitionsFooter(paged));
      assert.is(read._tag, 'Left', `${length}`);
    });
  }
  for (const [at, value] of [
    [34, 58n],
    [34, -1n],
    [34, 2n ** 60n],
    [42, 0n],
    [42, 2n ** 40n],
    [50, 28n],
    [50, -1n],
  ] as const) {
    const bytes = Buffer.from(EXAMPLE);
    bytes.writeBigInt64BE(value, at);
    await withPages(bytes, async (paged) => {
      const read = await attempt(paged.path, () => readPartitionsFooter(paged));
      assert.is(read._tag, 'Left', `${at} ${value}`);
    });
  }
});

test('a trie whose nodes share their children is not walked for ever', async () => {
  // 680 levels, each a node with both transitions leading to the same node before: 2^680 ways
  const bytes = Buffer.alloc(4096);
  bytes[0] = 0x01;
  for (let i = 0; i < 680; i++)
    bytes.set([0x50, 0x02, 0x10, 0x20, i === 0 ? 2 : 6, i === 0 ? 2 : 6], 2 + 6 * i);
  await withPages(bytes, async (paged) => {
    const walker = new TrieWalker(paged, 2 + 6 * 679);
    const walked = await attempt(paged.path, async () => {
      while (await walker.next());
    });
    assert.is(walked._tag === 'Left' && walked.left.code, 'SCM_SSTABLE_CORRUPT');
    assert.ok(walker.nodes < 5000);
  });
});

test.run();
