// A process that writes two SSTables, each most of it one partition, compacts them and prints the largest memory that it ever had. Not a test by
// itself.
//
// argv: folder, MiB of each SSTable
import { ByteOrderedPartitioner } from '@scamander/ring';
import { compactSSTables } from '../../src/compact/compact-sstables.ts';
import { NO_DELETION_TIME, type Row } from '../../src/rows/model.ts';
import { rowHeaderOf } from '../../src/rows/row-header.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';

const M = 'org.apache.cassandra.db.marshal.';
const VALUE_BYTES = 400;
const header = {
  minTimestamp: 0n,
  minLocalDeletionTime: 0n,
  minTtl: 0n,
  keyType: `${M}Int32Type`,
  clusteringTypes: [`${M}Int32Type`],
  staticColumns: [],
  regularColumns: [{ name: Buffer.from('v'), type: `${M}BytesType` }],
};
const columns = rowHeaderOf(header).regularColumns;

const int = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
};

const rowOf = (c: number, timestamp: bigint): Row => {
  const value = new Uint8Array(VALUE_BYTES);
  for (let i = 0; i < VALUE_BYTES; i++) value[i] = (c * 31 + i * i) & 0xff;
  return {
    kind: 'row',
    isStatic: false,
    clustering: [int(c)],
    liveness: { timestamp, ttl: 0, localExpirationTime: NO_DELETION_TIME },
    deletion: undefined,
    isShadowable: false,
    columns: columns.map((column) => ({
      column,
      deletion: undefined,
      cells: [{ timestamp, ttl: 0, localDeletionTime: NO_DELETION_TIME, path: undefined, value }],
    })),
  };
};

/** Three quarters of the bytes in partition 1, the others in small ones. */
const write = async (directory: string, id: number, bytes: number): Promise<SSTableFiles> => {
  const writer = await SSTableWriter.create({
    directory,
    keyspace: 'ks',
    table: 'tb',
    version: id === 1 ? 'nb' : 'da',
    id: `${id}`,
    partitioner: ByteOrderedPartitioner,
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
  for (let key = 1; writer.bytesWritten < bytes; key++) {
    await writer.startPartition(int(key), undefined, undefined);
    const end = key === 1 ? bytes * 0.75 : writer.bytesWritten + 10_000;
    for (let c = 0; writer.bytesWritten < end; c++)
      await writer.append(rowOf(c * 2 + (c % 3 === 0 ? 0 : id - 1), BigInt(id)));
    await writer.endPartition();
  }
  return writer.finish();
};

const run = async (folder: string, mebibytes: number): Promise<void> => {
  const bytes = mebibytes * 1024 * 1024;
  const inputs = [await write(`${folder}/in`, 1, bytes), await write(`${folder}/in`, 2, bytes)];
  const result = await compactSSTables(inputs, {
    directory: `${folder}/out`,
    keyspace: 'ks',
    table: 'tb',
    nextId: () => '1',
  });
  if (result._tag === 'Left') throw result.left;
  const { partitions } = result.right;
  const rssBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(`${JSON.stringify({ partitions, rssBytes })}\n`);
};

const [folder, mebibytes] = process.argv.slice(2) as [string, string];
run(folder, Number(mebibytes)).catch((error: unknown) => {
  process.stderr.write(`${error}\n`);
  process.exitCode = 1;
});
