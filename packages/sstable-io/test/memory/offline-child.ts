// A process that does one thing with an SSTable whose rows are mostly one partition, and prints the largest memory that it ever had. Not a test by
// itself.
//
// argv: write FOLDER MEBIBYTES | read FOLDER | verify FOLDER | dump FOLDER | split FOLDER | upgrade FOLDER
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  type Column,
  type DeletionTime,
  discover,
  dumpSSTable,
  type MarkerKind,
  NO_DELETION_TIME,
  openSSTable,
  type Row,
  rewriteSSTable,
  rowHeaderOf,
  type SSTable,
  SSTableWriter,
  splitSSTable,
  type Unfiltered,
} from '../../src/index.ts';

const M = 'org.apache.cassandra.db.marshal.';
const VALUE_BYTES = 500;
const TAGS = 4;
const SMALL_PARTITIONS = 200;
const HUGE_KEY = 7;
const header = {
  minTimestamp: 0n,
  minLocalDeletionTime: 0n,
  minTtl: 0n,
  keyType: `${M}Int32Type`,
  clusteringTypes: [`${M}Int32Type`],
  staticColumns: [],
  regularColumns: [
    { name: Buffer.from('tags'), type: `${M}SetType(${M}Int32Type)` },
    { name: Buffer.from('v'), type: `${M}BytesType` },
  ],
};
const [v, tags] = rowHeaderOf(header).regularColumns as [Column, Column];

const orThrow = <T>(result: Either<unknown, T>): T => {
  if (result._tag === 'Left') throw result.left;
  return result.right;
};

const int = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
};

const rowOf = (c: number): Row => {
  const timestamp = BigInt(c + 1);
  const value = new Uint8Array(VALUE_BYTES);
  for (let i = 0; i < VALUE_BYTES; i++) value[i] = (c * 31 + i * i) & 0xff;
  const cell = (path: Uint8Array | undefined, bytes: Uint8Array) => ({
    timestamp,
    ttl: 0,
    localDeletionTime: NO_DELETION_TIME,
    path,
    value: bytes,
  });
  const elements = Array.from({ length: TAGS }, (_, i) => cell(int(i), new Uint8Array(0)));
  return {
    kind: 'row',
    isStatic: false,
    clustering: [int(c)],
    liveness: { timestamp, ttl: 0, localExpirationTime: NO_DELETION_TIME },
    deletion: undefined,
    isShadowable: false,
    columns: [
      { column: v, deletion: undefined, cells: [cell(undefined, value)] },
      { column: tags, deletion: undefined, cells: elements },
    ],
  };
};

const rangeBehind = (c: number): readonly Unfiltered[] => {
  const deletion: DeletionTime = { markedForDeleteAt: BigInt(c), localDeletionTime: c };
  const marker = (bound: MarkerKind, at: number, isStart: boolean): Unfiltered => ({
    kind: 'marker',
    bound,
    values: [int(at)],
    closes: isStart ? undefined : deletion,
    opens: isStart ? deletion : undefined,
  });
  return [marker('EXCL_START_BOUND', c, true), marker('EXCL_END_BOUND', c + 1, false)];
};

const write = async (directory: string, bytes: number): Promise<void> => {
  const writer = await SSTableWriter.create({
    directory,
    keyspace: 'ks',
    table: 'tb',
    version: 'nb',
    id: '1',
    partitioner: Murmur3Partitioner,
    header,
    compression: {
      compressor: 'LZ4Compressor',
      options: [],
      chunkLengthBytes: 16_384,
      maxCompressedLengthBytes: 0x7fffffff,
    },
    bloomFilterFpChance: 0.01,
    minIndexInterval: 128,
  });
  const tokenOf = (key: number) => Murmur3Partitioner.tokenOf(int(key));
  const keys = Array.from({ length: SMALL_PARTITIONS }, (_, key) => key).sort((a, b) =>
    Murmur3Partitioner.compare(tokenOf(a), tokenOf(b)),
  );
  for (const key of keys) {
    await writer.startPartition(int(key), undefined, undefined);
    const end = writer.bytesWritten + (key === HUGE_KEY ? bytes : 0);
    for (let c = 0; c < 10 || writer.bytesWritten < end; c += 2) {
      await writer.append(rowOf(c));
      if (c % 200 === 0) for (const marker of rangeBehind(c)) await writer.append(marker);
    }
    await writer.endPartition();
  }
  await writer.finish();
};

const target = (directory: string) => {
  let ids = 0;
  const nextId = (): string => {
    ids += 1;
    return String(ids);
  };
  return { directory, keyspace: 'ks', table: 'tb', nextId };
};

/** Each gives what it did, to show that it did something. */
const actions: Readonly<Record<string, (sstable: SSTable, folder: string) => Promise<number>>> = {
  read: async (sstable) => {
    const reader = orThrow(await sstable.rows());
    let rows = 0;
    while ((await reader.nextPartition()) !== undefined)
      for (let count = -1; count !== 0; rows += count) count = (await reader.nextBatch()).length;
    await reader.close();
    return rows;
  },
  verify: async (sstable) => {
    const { errors, bytesRead } = await sstable.verify('deep');
    if (errors[0] !== undefined) throw errors[0];
    return bytesRead;
  },
  dump: async (sstable) => {
    const options = { format: 'json', nowSeconds: 0 } as const;
    let bytes = 0;
    for await (const piece of orThrow(await dumpSSTable(sstable, options))) bytes += piece.length;
    return bytes;
  },
  split: async (sstable, folder) => {
    const by = { sizeBytes: 1024 * 1024 };
    return orThrow(await splitSSTable(sstable, by, target(join(folder, 'split')))).sstables.length;
  },
  upgrade: async (sstable, folder) => {
    const options = { ...target(join(folder, 'upgraded')), version: 'da' } as const;
    return orThrow(await rewriteSSTable(sstable, options)).partitions;
  },
};

const run = async (action: string, folder: string, mebibytes: number): Promise<void> => {
  const directory = join(folder, 'in');
  if (action === 'write') {
    await write(directory, mebibytes * 1024 * 1024);
    return;
  }
  const { tables } = await discover([directory], { keyspace: 'ks', table: 'tb' });
  const files = tables[0]?.sstables[0];
  if (files === undefined) throw new Error(`${directory}: no SSTable`);
  const sstable = orThrow(await openSSTable(files));
  const done = await actions[action]?.(sstable, folder);
  await sstable.close();
  const rssBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(`${JSON.stringify({ done, rssBytes })}\n`);
};

const [action, folder, mebibytes] = process.argv.slice(2) as [string, string, string];
run(action, folder, Number(mebibytes)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
