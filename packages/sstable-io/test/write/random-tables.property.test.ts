// Random tables with random partitions: what is written is read again, and sound. Called by nobody else: the lanes with real nodes have their own.
import { ByteOrderedPartitioner, Murmur3Partitioner, RandomPartitioner } from '@scamander/ring';
import { withTempFolder } from '@scamander-tools/testing';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rowHeaderOf } from '../../src/rows/row-header.ts';
import { copyRows } from '../../src/write/copy-rows.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';
import type { WrittenVersion } from '../../src/write/writer-options.ts';
import type { RandomPartition } from '../arbitrary/partitions.ts';
import { tablesWithPartitions } from '../arbitrary/partitions.ts';
import { headerOfTable, tables } from '../arbitrary/tables.ts';
import { assertSound, linesOf } from '../compact/tables.ts';
import { HeldRowReader } from '../merge/held-rows.ts';
import { textOf } from '../merge/rows-text.ts';

const OPTIONS = { partitionsMax: 6, rowsMax: 12, deletions: true, empty: true };

const compressions = fc.constantFrom(
  undefined,
  ...['LZ4Compressor', 'SnappyCompressor', 'DeflateCompressor'].map((compressor) => ({
    compressor,
    options: [],
    chunkLengthBytes: 4096,
    maxCompressedLengthBytes: 3724,
  })),
);

/** Before `oa` there is no later second; times to live reach beyond it. */
const LAST_SECOND = 2147483646;

const isLate = (partitions: readonly RandomPartition[]): boolean =>
  textOf(partitions).some((line) =>
    [...line.matchAll(/"local(?:Deletion|Expiration)Time":(\d+)/g)].some(
      ([, seconds]) => Number(seconds) > LAST_SECOND && Number(seconds) < Number.MAX_SAFE_INTEGER,
    ),
  );

for (const [version, vectors] of [
  ['me', false],
  ['nb', true],
  ['oa', true],
  ['da', true],
] as readonly (readonly [WrittenVersion, boolean])[])
  for (const partitioner of [Murmur3Partitioner, ByteOrderedPartitioner, RandomPartitioner])
    test(`${version}, ${partitioner.name}`, async () => {
      const random = tablesWithPartitions(tables({ vectors }), partitioner, OPTIONS);
      await fc.assert(
        fc.asyncProperty(random, compressions, async ({ table, partitions }, compression) => {
          fc.pre(version === 'oa' || version === 'da' || !isLate(partitions));
          const header = headerOfTable(table);
          await withTempFolder(async (directory) => {
            const writer = await SSTableWriter.create({
              directory,
              keyspace: 'ks',
              table: 'tb',
              version,
              id: '1',
              partitioner,
              header,
              compression,
              bloomFilterFpChance: 0.1,
              minIndexInterval: 2,
              columnIndexBytes: 200,
            });
            const reader = new HeldRowReader(rowHeaderOf(header), partitions, 2);
            await copyRows(reader, writer);
            const files = await writer.finish();
            assert.equal(await linesOf(files), textOf(partitions));
            await assertSound(files);
          });
        }),
        { numRuns: 5 },
      );
    });

test.run();
