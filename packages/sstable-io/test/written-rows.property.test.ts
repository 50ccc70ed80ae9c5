// Random tables and rows through our own writer and back: the strict reader gives every cell again, deep verification has nothing to say, and
// every key is found. SCAMANDER_SCHEMAS says how many tables of each version.
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import { withTempFolder } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable } from '../src/open.ts';
import type { SSTable, SSTableFiles } from '../src/types.ts';
import { SSTableWriter } from '../src/write/sstable-writer.ts';
import type { SSTableWriterOptions, WrittenVersion } from '../src/write/writer-options.ts';
import { type RandomPartition, tablesWithPartitions } from './arbitrary/partitions.ts';
import { plainPartition, readPlain } from './arbitrary/plain.ts';
import { headerOfTable, type RandomTable, tables } from './arbitrary/tables.ts';

const COUNT = Number(process.env['SCAMANDER_SCHEMAS'] ?? 40);
const NEVER_RAW = 0x7fffffff;

/** How a table is written; small blocks and chunks, so that few rows make many of them. */
type Shape = Pick<SSTableWriterOptions, 'compression' | 'columnIndexBytes' | 'minIndexInterval'>;

const shapes: fc.Arbitrary<Shape> = fc.record({
  compression: fc.option(
    fc
      .tuple(
        fc.constantFrom('LZ4Compressor', 'SnappyCompressor', 'DeflateCompressor'),
        fc.constantFrom(128, 1024, 16_384),
        fc.constantFrom(undefined, 1, 1.1),
      )
      .map(([compressor, chunkLengthBytes, ratio]) => ({
        compressor,
        options: [],
        chunkLengthBytes,
        maxCompressedLengthBytes:
          ratio === undefined ? NEVER_RAW : Math.ceil(chunkLengthBytes / ratio),
      })),
    { nil: undefined },
  ),
  columnIndexBytes: fc.constantFrom(64, 512, 65_536),
  minIndexInterval: fc.constantFrom(1, 4, 128),
});

const write = async (
  directory: string,
  version: WrittenVersion,
  table: RandomTable,
  partitions: readonly RandomPartition[],
  shape: Shape,
): Promise<SSTableFiles> => {
  const writer = await SSTableWriter.create({
    directory,
    keyspace: 'ks',
    table: 'thing',
    version,
    id: '1',
    partitioner: Murmur3Partitioner,
    header: headerOfTable(table),
    bloomFilterFpChance: 0.01,
    ...shape,
  });
  for (const { key, deletion, staticRow, unfiltereds } of partitions) {
    await writer.startPartition(key, deletion, staticRow);
    for (const unfiltered of unfiltereds) await writer.append(unfiltered);
    await writer.endPartition();
  }
  return writer.finish();
};

const right = <T>(either: { _tag: 'Left'; left: Error } | { _tag: 'Right'; right: T }): T => {
  if (either._tag === 'Left') throw either.left;
  return either.right;
};

const check = async (sstable: SSTable, partitions: readonly RandomPartition[]): Promise<void> => {
  const found = await readPlain(right(await sstable.rows()));
  const expected = partitions.map(({ key, deletion, staticRow, unfiltereds }) =>
    plainPartition(key, deletion, staticRow, unfiltereds),
  );
  assert.equal(found, expected);
  const keys: string[] = [];
  for await (const { key } of sstable.keys()) keys.push(Buffer.from(key).toString('hex'));
  assert.equal(
    keys,
    expected.map(({ key }) => key),
  );
  const report = await sstable.verify('deep');
  assert.equal(
    report.errors.map(({ message }) => message),
    [],
  );
  assert.equal(report.warnings, []);
  assert.ok(report.filterTrusted);
};

for (const version of ['me', 'nb', 'oa', 'da'] as const)
  test(`${version}: ${COUNT} random tables are read as they were written`, () =>
    fc.assert(
      fc.asyncProperty(
        tablesWithPartitions(
          tables({ vectors: version === 'oa' || version === 'da' }),
          Murmur3Partitioner,
          { partitionsMax: 8, rowsMax: 12, deletions: true, empty: true },
        ),
        shapes,
        ({ table, partitions }, shape) =>
          withTempFolder(async (folder) => {
            const files = await write(
              join(folder, 'ks', 'thing'),
              version,
              table,
              partitions,
              shape,
            );
            const sstable = right(await openSSTable(files));
            try {
              await check(sstable, partitions);
            } finally {
              await sstable.close();
            }
          }),
      ),
      { numRuns: COUNT },
    ));

test.run();
