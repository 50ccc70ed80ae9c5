import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Partitioner } from '@scamander/ring';
import { sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PartitionIndexWriter } from '../../src/bti/partition-index-writer.ts';
import { RowIndexWriter } from '../../src/bti/row-index-writer.ts';
import { openSSTable } from '../../src/open.ts';
import { placeOf } from '../../src/rows/clustering-comparator.ts';
import type { DeletionTime, PartitionHead, Unfiltered } from '../../src/rows/model.ts';
import type { RowReader } from '../../src/rows/row-reader.ts';
import type { SSTable } from '../../src/types.ts';
import { fixtureSSTables, nameOf } from '../fixture-sstables.ts';

class Collected {
  readonly parts: Buffer[] = [];
  append(bytes: Uint8Array): void {
    this.parts.push(Buffer.from(bytes));
  }
  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }
}

const copyOf = (unfiltered: Unfiltered) => {
  const { kind, values } = placeOf(unfiltered);
  return { kind, values: values.map((value) => (value === null ? null : Uint8Array.from(value))) };
};

/** Cuts a partition into blocks as Cassandra does (spec: sstable-index-and-stats §4.2, §7.5) and adds them. */
class Cutter {
  readonly #index: RowIndexWriter;
  readonly #blockBytes: number;
  #first: ReturnType<typeof copyOf> | undefined;
  #last: ReturnType<typeof copyOf> | undefined;
  #start = 0;
  #open: DeletionTime | undefined;
  #openAtStart: DeletionTime | undefined;

  constructor(index: RowIndexWriter, blockBytes: number) {
    this.#index = index;
    this.#blockBytes = blockBytes;
  }

  add(unfiltered: Unfiltered, start: number, end: number): void {
    this.#last = copyOf(unfiltered);
    if (this.#first === undefined) {
      this.#first = this.#last;
      this.#start = start;
      this.#openAtStart = this.#open;
    }
    if (unfiltered.kind === 'marker') this.#open = unfiltered.opens;
    if (end - this.#start >= this.#blockBytes) this.#close();
  }

  #close(): void {
    this.#index.addBlock({
      first: this.#first!,
      last: this.#last!,
      offset: this.#start,
      openDeletion: this.#openAtStart,
    });
    this.#first = undefined;
  }

  end(): void {
    if (this.#first !== undefined && this.#index.blockCount > 0) this.#close();
    this.#first = undefined;
  }
}

const readPartition = async (
  reader: RowReader,
  head: PartitionHead,
  cutter: Cutter,
): Promise<void> => {
  for (;;) {
    const batch = await reader.nextBatch();
    if (batch.length === 0) break;
    const starts = reader.batchStarts!;
    for (const [i, unfiltered] of batch.entries()) {
      const end = i + 1 < batch.length ? starts[i + 1]! : reader.position;
      cutter.add(unfiltered, starts[i]! - head.position, end - head.position);
    }
  }
  cutter.end();
};

const rebuild = async (
  sstable: SSTable,
  partitioner: Partitioner,
  blockBytes: number,
): Promise<{ partitions: Buffer; rows: Buffer }> => {
  const partitions = new Collected();
  const rows = new Collected();
  const opened = await sstable.rows({ strict: false });
  if (opened._tag === 'Left') throw opened.left;
  const reader = opened.right;
  const index = new PartitionIndexWriter(partitioner, partitions);
  const rowIndex = new RowIndexWriter(reader.header.clusteringTypes, rows);
  for (;;) {
    const head = await reader.nextPartition();
    if (head === undefined) break;
    const key = Uint8Array.from(head.key);
    await readPartition(reader, head, new Cutter(rowIndex, blockBytes));
    const rowsPosition = rowIndex.endPartition({
      key,
      dataPosition: head.position,
      deletion: head.deletion,
      endOffset: reader.position - head.position - 1,
    });
    index.add(key, rowsPosition === undefined ? { dataPosition: head.position } : { rowsPosition });
  }
  await reader.close();
  index.finish();
  rowIndex.finish();
  return { partitions: partitions.bytes, rows: rows.bytes };
};

/** `column_index_size` of the nodes that wrote the fixtures (their README). */
const blockBytesOf = (name: string): number => {
  if (name.startsWith('da/') || name.includes('/rp_')) return 4096;
  return name.includes('/bo_') ? 16_384 : 1024;
};

for (const files of fixtureSSTables) {
  const { directory, prefix, format } = files.descriptor;
  if (format !== 'bti') continue;
  const name = nameOf(files);
  sharedTest(test, `${name}: the tries made of Data.db are those of the node`, async () => {
    const opened = await openSSTable(files);
    if (opened._tag === 'Left') throw opened.left;
    const sstable = opened.right;
    const made = await rebuild(sstable, sstable.partitioner, blockBytesOf(name));
    await sstable.close();
    const stored = (component: string) => readFileSync(join(directory, `${prefix}${component}`));
    assert.ok(stored('Rows.db').equals(made.rows), 'Rows.db');
    assert.ok(stored('Partitions.db').equals(made.partitions), 'Partitions.db');
  });
}

test.run();
