import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByteOrderedPartitioner } from '@scamander/ring';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BigIndex } from '../../src/big-index/big-index.ts';
import { IndexScanner } from '../../src/big-index/index-scanner.ts';
import { SummaryReader } from '../../src/big-index/summary.ts';
import { attempt } from '../../src/io/decoding.ts';
import { PagedFile } from '../../src/io/paged-file.ts';
import { ReadableFile } from '../../src/io/readable-file.ts';

/** Five partitions "0"…"4" without clustering (spec: sstable-index-and-stats §4.5). */
const INDEX = '0001300000000131160000013 22e00000133460000 01345e00'.replaceAll(' ', '');
/** Their summary (spec §5.5). */
const SUMMARY =
  '0000008000000001000000000000000d0000008000000001040000003000000000000000000000000130 0000000134'.replaceAll(
    ' ',
    '',
  );

const withFiles = <T>(
  contents: readonly Uint8Array[],
  body: (files: ReadableFile[]) => Promise<T>,
): Promise<T> =>
  withTempFolder(async (folder) => {
    const files: ReadableFile[] = [];
    try {
      for (const [i, bytes] of contents.entries()) {
        const path = join(folder, `oa-${i}-big-Index.db`);
        writeFileSync(path, bytes);
        files.push(await ReadableFile.open(path));
      }
      return await body(files);
    } finally {
      for (const file of files) await file.close();
    }
  });

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

test('the example of the specification, entry by entry', async () => {
  await withFiles([Buffer.from(INDEX, 'hex')], async ([file]) => {
    const scanner = new IndexScanner(file!, 0, 'scan');
    const found: unknown[] = [];
    while (await scanner.next()) {
      found.push([
        text(scanner.key),
        scanner.dataPosition,
        scanner.entryOffset,
        scanner.promotedBytes,
      ]);
    }
    assert.equal(found, [
      ['0', 0, 0, 0],
      ['1', 0x16, 5, 0],
      ['2', 0x2e, 10, 0],
      ['3', 0x46, 15, 0],
      ['4', 0x5e, 20, 0],
    ]);
    assert.is(await scanner.next(), false);
  });
});

/** Entries with keys of all lengths and promoted indexes longer than any buffer. */
const longIndex = (count: number): { bytes: Buffer; keys: Buffer[] } => {
  const parts: Buffer[] = [];
  const keys: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const length = i % 10 === 3 ? 65_535 : 4 + (i % 7);
    const key = Buffer.alloc(length, i);
    key.writeUInt32BE(i, 0);
    keys.push(key);
    const promoted = i % 25 === 7 ? 600_000 : i % 3;
    const head = Buffer.alloc(2 + length);
    head.writeUInt16BE(length, 0);
    key.copy(head, 2);
    // positions of four bytes, sizes of one or four
    const position = Buffer.alloc(4);
    position.writeUInt32BE(0xe0000000 + i * 1000);
    const size = promoted < 128 ? Buffer.of(promoted) : Buffer.alloc(4);
    if (promoted >= 128) size.writeUInt32BE(0xe0000000 + promoted);
    parts.push(head, position, size, Buffer.alloc(promoted, 0xee));
  }
  return { bytes: Buffer.concat(parts), keys };
};

test('keys of 64 KiB and promoted indexes longer than the buffer', async () => {
  const { bytes, keys } = longIndex(60);
  await withFiles([bytes], async ([file]) => {
    for (const use of ['scan', 'lookup'] as const) {
      const scanner = new IndexScanner(file!, 0, use);
      for (const [i, key] of keys.entries()) {
        assert.is(await scanner.next(), true);
        assert.is(Buffer.compare(scanner.key, key), 0, `${use} ${i}`);
        assert.is(scanner.dataPosition, i * 1000);
      }
      assert.is(await scanner.next(), false);
    }
  });
});

test('an index that ends within an entry is corrupt, at every length', async () => {
  const whole = Buffer.from(INDEX, 'hex');
  for (let length = 1; length < whole.length; length++) {
    if (length % 5 === 0) continue;
    await withFiles([whole.subarray(0, length)], async ([file]) => {
      const scanner = new IndexScanner(file!, 0, 'scan');
      const read = await attempt('f', async () => {
        while (await scanner.next());
      });
      assert.is(read._tag === 'Left' && read.left.code, 'SCM_SSTABLE_CORRUPT', `${length}`);
    });
  }
});

test('an entry of absurd size or position is an error that names its place', async () => {
  for (const [hex, code] of [
    ['00013000fffffffffffffffffe', 'SCM_SSTABLE_TOO_LONG'],
    ['000130fffffffffffffffffe00', 'SCM_SSTABLE_TOO_LONG'],
    ['00013000f07fffffff', 'SCM_SSTABLE_CORRUPT'],
  ]) {
    await withFiles([Buffer.from(hex!, 'hex')], async ([file]) => {
      const read = await attempt('f', () => new IndexScanner(file!, 0, 'scan').next());
      assert.is(read._tag === 'Left' && read.left.code, code, hex);
    });
  }
});

test('the summary of the specification', async () => {
  await withFiles([Buffer.from(SUMMARY, 'hex')], async ([file]) => {
    const summary = await SummaryReader.open(new PagedFile(file!));
    const { firstKey, lastKey, ...fields } = summary.header;
    assert.equal(fields, {
      minIndexInterval: 128,
      entryCount: 1,
      sizeBytes: 13,
      samplingLevel: 128,
      sizeAtFullSampling: 1,
    });
    assert.equal([text(firstKey), text(lastKey)], ['0', '4']);
    const entry = await summary.entry(0);
    assert.equal([text(entry.key), entry.indexOffset], ['0', 0]);
  });
});

test('a summary of a big-endian machine', async () => {
  const bytes = Buffer.from(SUMMARY, 'hex');
  bytes.writeInt32BE(4, 24);
  await withFiles([bytes], async ([file]) => {
    const summary = await SummaryReader.open(new PagedFile(file!));
    assert.is((await summary.entry(0)).indexOffset, 0);
  });
});

test('a summary cut anywhere is corrupt', async () => {
  const whole = Buffer.from(SUMMARY, 'hex');
  for (let length = 0; length < whole.length; length++) {
    await withFiles([whole.subarray(0, length)], async ([file]) => {
      const opened = await attempt('f', () => SummaryReader.open(new PagedFile(file!)));
      assert.is(opened._tag === 'Left' && opened.left.code, 'SCM_SSTABLE_CORRUPT', `${length}`);
    });
  }
});

/** 500 partitions of keys 000…499, 10 bytes of data each, with every 16th in the summary. */
const sampled = (): { index: Buffer; summary: Buffer } => {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (let i = 0; i < 500; i++) {
    const key = Buffer.from(String(i).padStart(3, '0'));
    const position = Buffer.from([0xc0, (i * 10) >> 8, (i * 10) & 0xff]);
    if (i % 16 === 0) {
      const entry = Buffer.alloc(11);
      key.copy(entry);
      entry.writeBigInt64LE(BigInt(at), 3);
      entries.push(entry);
    }
    const bytes = Buffer.concat([Buffer.of(0, 3), key, position, Buffer.of(0)]);
    parts.push(bytes);
    at += bytes.length;
  }
  const offsets = Buffer.alloc(4 * entries.length);
  for (const i of entries.keys()) offsets.writeInt32LE(4 * entries.length + 11 * i, 4 * i);
  const head = Buffer.alloc(24);
  head.writeInt32BE(16, 0);
  head.writeInt32BE(entries.length, 4);
  head.writeBigInt64BE(BigInt(15 * entries.length), 8);
  head.writeInt32BE(128, 16);
  head.writeInt32BE(entries.length, 20);
  const ends = Buffer.from('00000003303030' + '00000003343939', 'hex');
  return { index: Buffer.concat(parts), summary: Buffer.concat([head, offsets, ...entries, ends]) };
};

const expectedAfter = (token: string): number | undefined => {
  for (let i = 0; i < 500; i++) if (String(i).padStart(3, '0') > token) return i * 10;
  return undefined;
};

const TOKENS = ['', '000', '0005', '015', '016', '017', '2', '255', '256', '498', '499', '5'];

test('positions after tokens: with a summary, without, and with one that lies', async () => {
  const { index, summary } = sampled();
  const lying = Buffer.from(summary);
  // entry 20 points into the middle of an index entry
  lying.writeBigInt64LE(3333n, 24 + 4 * 32 + 11 * 20 + 3);
  const tokens = TOKENS.map((token) => Buffer.from(token));
  await withFiles([index, summary, lying], async ([file, good, bad]) => {
    for (const source of [good, bad, undefined]) {
      const reader =
        source === undefined ? undefined : await SummaryReader.open(new PagedFile(source));
      const opened = await BigIndex.open(file!, ByteOrderedPartitioner, reader);
      assert.is(opened.summary, reader);
      assert.equal([text(opened.firstKey), text(opened.lastKey)], ['000', '499']);
      assert.equal(await opened.positionsAfter(tokens), TOKENS.map(expectedAfter));
    }
  });
});

test('a summary with other boundary keys, or of other entries, is not used', async () => {
  const { index, summary } = sampled();
  const otherLast = Buffer.from(summary);
  otherLast.write('498', summary.length - 3);
  const otherOffset = Buffer.from(summary);
  otherOffset.writeBigInt64LE(4321n, 24 + 4 * 32 + 11 * 31 + 3);
  const otherKey = Buffer.from(summary);
  otherKey.write('777', 24 + 4 * 32 + 11 * 31);
  await withFiles([index, otherLast, otherOffset, otherKey], async ([file, ...summaries]) => {
    for (const source of summaries) {
      const reader = await SummaryReader.open(new PagedFile(source));
      const opened = await BigIndex.open(file!, ByteOrderedPartitioner, reader);
      assert.is(opened.summary, undefined);
      assert.is(opened.keyCount, 500);
      assert.is(text(opened.lastKey), '499');
    }
  });
});

test.run();
