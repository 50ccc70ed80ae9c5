// Control messages and stream headers to and from bytes, beside the copy of as many bytes. Called by hand:
// node --import tsx -C @scamander/source bench/codec.bench.ts [--json]
import { Murmur3Partitioner } from '@scamander/ring';
import {
  type CassandraStreamHeader,
  decodeStreamHeader,
  decodeStreamMessage,
  encodeStreamHeader,
  encodeStreamMessage,
  type StreamMessage,
  type WireContext,
} from '@scamander/wire-codec';
import { bench, do_not_optimize, group, run } from 'mitata';

const context: WireContext = { version: 12, partitioner: Murmur3Partitioner };
const tableId = '1f7a4e20-8a3d-11ee-b9d1-0242ac120002';
const CHUNKS_OF_10_GB = 650_000;

const prepareSyn: StreamMessage = {
  type: 'PrepareSyn',
  requests: [
    {
      keyspace: 'ks',
      endpoint: { host: '10.0.0.9', port: 7000 },
      fullRanges: Array.from({ length: 256 }, (_, index) => ({
        left: BigInt(index) << 40n,
        right: BigInt(index + 1) << 40n,
      })),
      transientRanges: [],
      tables: [],
    },
  ],
  summaries: [{ tableId, files: 8, totalSizeBytes: 1n << 30n, ranges: [] }],
};

const headerOf = (chunks: number): CassandraStreamHeader => ({
  sstableVersion: 'nb',
  formatName: 'big',
  estimatedKeys: 1n << 20n,
  sections: [{ lower: 0n, upper: BigInt(chunks) << 14n }],
  compression: {
    chunkOffsets: Float64Array.from({ length: chunks }, (_, index) => index * 9000),
    chunkLengths: new Int32Array(chunks).fill(8996),
    compressor: 'LZ4Compressor',
    options: [],
    chunkLengthBytes: 16_384,
    maxCompressedLengthBytes: 2_147_483_647,
  },
  sstableLevel: 0,
  serializationHeader: {
    minTimestamp: 1_700_000_000_000_000n,
    minLocalDeletionTime: 1_442_880_000n,
    minTtl: 0n,
    keyType: 'org.apache.cassandra.db.marshal.UTF8Type',
    clusteringTypes: ['org.apache.cassandra.db.marshal.TimestampType'],
    staticColumns: [],
    regularColumns: ['a', 'b', 'c', 'd'].map((name) => ({
      name: Uint8Array.from(Buffer.from(name)),
      type: 'org.apache.cassandra.db.marshal.Int32Type',
    })),
  },
  tableId,
  entire: undefined,
});

const benchMessage = (name: string, message: StreamMessage): void => {
  const bytes = encodeStreamMessage(message, context);
  bench(`encode ${name} (${bytes.length} B)`, () =>
    do_not_optimize(encodeStreamMessage(message, context)),
  );
  bench(`decode ${name}`, () => do_not_optimize(decodeStreamMessage(bytes, context)));
};

const benchHeader = (name: string, header: CassandraStreamHeader): void => {
  const bytes = encodeStreamHeader(header);
  bench(`encode ${name} (${bytes.length} B)`, () => do_not_optimize(encodeStreamHeader(header)));
  bench(`decode ${name}`, () => do_not_optimize(decodeStreamHeader(bytes)));
  bench(`ruler: copy of as many bytes`, () => do_not_optimize(bytes.slice()));
};

group('control messages', () => {
  benchMessage('RECEIVED', { type: 'Received', tableId, sequenceNumber: 7 });
  benchMessage('PREPARE_SYN of 256 ranges', prepareSyn);
});
group('stream header, 100 chunks', () => benchHeader('header', headerOf(100)));
group('stream header, 650,000 chunks (10 GB)', () =>
  benchHeader('header', headerOf(CHUNKS_OF_10_GB)),
);

await run(process.argv.includes('--json') ? { format: 'json' } : {});
