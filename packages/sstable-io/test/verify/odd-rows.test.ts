// Rows that can be read and are odd all the same: values that are none of their type, times that no statement gives; a digest of less than the file.
import { readFileSync } from 'node:fs';
import { crc32 } from '@scamander/bytes';
import { Murmur3Partitioner } from '@scamander/ring';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { componentPath } from '../../src/naming/file-name.ts';
import { type Cell, NO_DELETION_TIME, type Row } from '../../src/rows/model.ts';
import type { SSTableFiles, VerifyReport } from '../../src/types.ts';
import { serializationHeaderOf } from '../../src/write/header-of.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';
import { fixtureSSTable } from '../fixture-sstables.ts';
import { headerOf, withSSTable } from '../rows/reading.ts';
import { SSTableCopy } from '../sstable-copy.ts';

const HEADER = headerOf({
  key: 'text',
  clustering: ['text'],
  regulars: { l: 'list<int>', m: 'map<int, text>', v: 'text' },
});

const cell = (value: string, more: Partial<Cell> = {}): Cell => ({
  timestamp: 7n,
  ttl: 0,
  localDeletionTime: NO_DELETION_TIME,
  path: undefined,
  value: Buffer.from(value, 'latin1'),
  ...more,
});

const row = (clustering: string, cells: Record<string, Cell[]>): Row => ({
  kind: 'row',
  isStatic: false,
  clustering: [Buffer.from(clustering, 'latin1')],
  liveness: { timestamp: 7n, ttl: 0, localExpirationTime: NO_DELETION_TIME },
  deletion: undefined,
  isShadowable: false,
  columns: HEADER.regularColumns
    .filter(({ text }) => cells[text] !== undefined)
    .map((column) => ({ column, deletion: undefined, cells: cells[column.text]! })),
});

const written = async (
  directory: string,
  key: string,
  rows: readonly Row[],
  isCompressed = false,
): Promise<SSTableFiles> => {
  const writer = await SSTableWriter.create({
    directory,
    keyspace: 'ks',
    table: 'odd',
    version: 'nb',
    id: '1',
    partitioner: Murmur3Partitioner,
    header: serializationHeaderOf(HEADER),
    compression: isCompressed
      ? {
          compressor: 'LZ4Compressor',
          options: [],
          chunkLengthBytes: 4096,
          maxCompressedLengthBytes: 0x7fffffff,
        }
      : undefined,
    bloomFilterFpChance: 0.1,
    minIndexInterval: 128,
  });
  await writer.startPartition(Buffer.from(key, 'latin1'), undefined, undefined);
  for (const one of rows) await writer.append(one);
  await writer.endPartition();
  return await writer.finish();
};

const verified = (files: SSTableFiles): Promise<VerifyReport> =>
  withSSTable(files, (sstable) => sstable.verify('deep'));

const said = async (key: string, rows: readonly Row[]) => {
  let report: VerifyReport | undefined;
  await withTempFolder(async (folder) => {
    report = await verified(await written(folder, key, rows));
  });
  const { errors, warnings } = report!;
  return { errors: errors.map(({ message }) => message), warnings };
};

test('well-formed rows are nothing to speak of', async () => {
  assert.equal(await said('key', [row('a', { v: [cell('text')] })]), { errors: [], warnings: [] });
});

test('a key or a clustering value that is no text is an error', async () => {
  const { errors } = await said('k\xff', [row('a\xfe', {}), row('b\xfe', {})]);
  assert.is(errors.length, 2);
  assert.match(errors[0]!, /a value in the partition key .* first 6bff: .* \(partition 6bff\)/);
  assert.match(errors[1]!, /2 values in clustering column 0 .* first 61fe/);
});

test('cells and paths that are none of their type are warnings, one for each column', async () => {
  const path = Buffer.from('00000001', 'hex');
  const { errors, warnings } = await said('key', [
    row('a', { m: [cell('\xff', { path })], v: [cell('\xff')] }),
    row('b', { v: [cell('\xfe')] }),
    row('c', { m: [cell('x', { path: Buffer.from('01', 'hex') })] }),
  ]);
  assert.equal(errors, []);
  assert.match(warnings.join('\n'), /2 values in column m .* first ff/);
  assert.match(warnings.join('\n'), /2 values in column v .* first ff/);
  assert.is(warnings.length, 2);
});

test('tombstones have no value to look at', async () => {
  const tombstone = cell('', { localDeletionTime: 5 });
  const { errors, warnings } = await said('key', [row('a', { v: [tombstone] })]);
  assert.equal([errors, warnings], [[], []]);
});

test('TTLs above twenty years, and ends before their TTL began', async () => {
  const { warnings } = await said('key', [
    row('a', { v: [cell('x', { ttl: 700_000_000, localDeletionTime: 1_900_000_000 })] }),
    row('b', { v: [cell('x', { ttl: 1000, localDeletionTime: 10 })] }),
  ]);
  assert.match(warnings.join('\n'), /1 TTLs above 630720000 seconds/);
  assert.match(warnings.join('\n'), /1 deletion times that are negative, none, or before/);
});

sharedTest(test, 'a digest of all but the empty chunk at the end is explained', async () => {
  await withTempFolder(async (folder) => {
    const copy = new SSTableCopy(fixtureSSTable('real/4.1.10-nb/merged'), folder);
    const { files } = copy;
    const end = await withSSTable(files, async (sstable) => {
      const chunks = [];
      for await (const chunk of sstable.rawChunks()) chunks.push(chunk);
      const last = chunks.at(-1)!;
      assert.is(last.bytes?.length, 0, 'a surplus chunk');
      return last.offsetBytes;
    });
    const data = readFileSync(componentPath(files.descriptor, 'Data.db'));
    copy.write('Digest.crc32', Buffer.from(String(crc32(data.subarray(0, end)))));
    for (const level of ['quick', 'deep'] as const) {
      const { errors, warnings } = await withSSTable(files, (sstable) => sstable.verify(level));
      assert.equal(errors, []);
      assert.match(warnings.join('\n'), /right for Data\.db without the empty chunk at its end/);
    }
    copy.write('Digest.crc32', Buffer.from('12345'));
    const { errors } = await verified(copy.files);
    assert.is(errors[0]?.code, 'SCM_SSTABLE_DIGEST');
  });
});

test.run();
