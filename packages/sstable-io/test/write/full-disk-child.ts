// A process whose files may not grow, which writes an SSTable that does. Prints the error. Not a test by itself.
//
// argv: folder
import { ByteOrderedPartitioner } from '@scamander/ring';
import { SSTableError } from '../../src/errors.ts';
import { NO_DELETION_TIME } from '../../src/rows/model.ts';
import { rowHeaderOf } from '../../src/rows/row-header.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';

const M = 'org.apache.cassandra.db.marshal.';

const run = async (directory: string): Promise<string> => {
  const header = {
    minTimestamp: 0n,
    minLocalDeletionTime: 0n,
    minTtl: 0n,
    keyType: `${M}Int32Type`,
    clusteringTypes: [],
    staticColumns: [],
    regularColumns: [{ name: Buffer.from('v'), type: `${M}BytesType` }],
  };
  const writer = await SSTableWriter.create({
    directory,
    keyspace: 'ks',
    table: 'tb',
    version: 'nb',
    id: '1',
    partitioner: ByteOrderedPartitioner,
    header,
    compression: undefined,
    bloomFilterFpChance: 0.01,
    minIndexInterval: 128,
  });
  const columns = rowHeaderOf(header).regularColumns.map((column) => ({
    column,
    deletion: undefined,
    cells: [
      {
        timestamp: 1n,
        ttl: 0,
        localDeletionTime: NO_DELETION_TIME,
        path: undefined,
        value: new Uint8Array(10_000),
      },
    ],
  }));
  try {
    for (let i = 0; i < 1000; i++) {
      const key = Buffer.alloc(4);
      key.writeInt32BE(i);
      await writer.startPartition(key, undefined, undefined);
      await writer.append({
        kind: 'row',
        isStatic: false,
        clustering: [],
        liveness: undefined,
        deletion: undefined,
        isShadowable: false,
        columns,
      });
      await writer.endPartition();
    }
    await writer.finish();
    return 'no error';
  } catch (error) {
    return error instanceof SSTableError ? `${error.code} ${error.message}` : String(error);
  } finally {
    await writer.abort();
  }
};

run(process.argv[2] as string).then(
  (line) => process.stdout.write(`${line}\n`),
  (error: unknown) => {
    process.stderr.write(`${error}\n`);
    process.exitCode = 1;
  },
);
