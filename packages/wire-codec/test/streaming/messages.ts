// Stream messages as bytes and as values, from the annotated session of streaming-4.0-plus §8.1, the grammars of §2 and §3, and
// captures. Called by the tests beside this file.
import { Murmur3Partitioner } from '@scamander/ring';
import type {
  CassandraStreamHeader,
  StreamFile,
  StreamMessage,
  WireContext,
} from '@scamander/wire-codec';
import { hex, utf } from '../harness.ts';

export const context12: WireContext = { version: 12, partitioner: Murmur3Partitioner };
export const context13: WireContext = { version: 13, partitioner: Murmur3Partitioner };
export const context14: WireContext = { version: 14, partitioner: Murmur3Partitioner };

export const tableId = '1f7a4e20-8a3d-11ee-b9d1-0242ac120002';
export const planId = '5b0f2c10-8a3e-11ee-b9d1-0242ac120002';
export const TABLE = '1F7A4E20 8A3D 11EE B9D1 0242AC120002';
export const PLAN = '5B0F2C10 8A3E 11EE B9D1 0242AC120002';
export const FROM = '060A0000091B58';
const from = { host: '10.0.0.9', port: 7000 };
const INT32 = 'org.apache.cassandra.db.marshal.Int32Type';
const UTF8 = 'org.apache.cassandra.db.marshal.UTF8Type';
const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
export const KEY_TYPE = `29 ${ascii(INT32)}`;

/** Header up to, not including, the sections: version, format, estimatedKeys. */
export const HEAD = `${utf('nb')} ${utf('big')} 0000000000000001`;
export const SECTION = '00000001 0000000000000000 000000000000001A';
export const SERIALIZATION = `83E8 0000 ${KEY_TYPE} 00 00 01 0176 28 ${ascii(UTF8)}`;
export const LZ4 = `${utf('LZ4Compressor')} 00000000 00004000 7FFFFFFF`;
/** STREAM up to its header. */
export const FILE = `02 ${TABLE} ${FROM} ${PLAN} 00 00000000 00000000 0000000000000000 00`;

export const plainHeader: CassandraStreamHeader = {
  sstableVersion: 'nb',
  formatName: 'big',
  estimatedKeys: 1n,
  sections: [{ lower: 0n, upper: 26n }],
  compression: undefined,
  sstableLevel: 0,
  serializationHeader: {
    minTimestamp: 1_442_880_000_001_000n,
    minLocalDeletionTime: 1_442_880_000n,
    minTtl: 0n,
    keyType: INT32,
    clusteringTypes: [],
    staticColumns: [],
    regularColumns: [{ name: hex('76'), type: UTF8 }],
  },
  tableId,
  entire: undefined,
};

export const compressedHeader: CassandraStreamHeader = {
  ...plainHeader,
  compression: {
    chunkOffsets: Float64Array.of(0),
    chunkLengths: Int32Array.of(42),
    compressor: 'LZ4Compressor',
    options: [],
    chunkLengthBytes: 16_384,
    maxCompressedLengthBytes: 2_147_483_647,
  },
};

export const entireHeader: CassandraStreamHeader = {
  ...plainHeader,
  entire: {
    manifest: [
      { name: 'Data.db', lengthBytes: 300n },
      { name: 'Index.db', lengthBytes: 20n },
      { name: 'Statistics.db', lengthBytes: 5000n },
    ],
    firstKey: hex('00000001'),
  },
};

/** The manifest example of §3.3, with the first key behind it. */
export const MANIFEST = `03 ${utf('Data.db')} 812C ${utf('Index.db')} 14 ${utf('Statistics.db')} 9388`;
/** The CompressionInfo example of §3.1. */
export const COMPRESSION = `00000001 0000000000000000 0000002A ${LZ4}`;
const rest = `00000000 ${SERIALIZATION} ${TABLE}`;
export const PLAIN_HEADER = `${HEAD} ${SECTION} FFFFFFFF ${rest} 00`;
export const COMPRESSED_HEADER = `${HEAD} ${SECTION} ${COMPRESSION} ${rest} 00`;
export const ENTIRE_HEADER = `${HEAD} ${SECTION} FFFFFFFF ${rest} 01 ${MANIFEST} 04 00000001`;

const stream = (header: CassandraStreamHeader): StreamFile => ({
  type: 'Stream',
  message: {
    tableId,
    sender: from,
    planId,
    sendByFollower: false,
    sessionIndex: 0,
    sequenceNumber: 0,
    repairedAtMs: 0n,
    pendingRepair: undefined,
  },
  header,
});

const summary = { tableId, files: 1, totalSizeBytes: 26n, ranges: [] };
const SUMMARY = `${TABLE} 00000001 000000000000001A`;

export interface MessageCase {
  readonly name: string;
  readonly context: WireContext;
  readonly bytes: Uint8Array;
  readonly value: StreamMessage;
}

const oneOf = (
  name: string,
  bytes: string,
  value: StreamMessage,
  context: WireContext = context12,
): MessageCase => ({ name, context, bytes: hex(bytes), value });

const request = {
  keyspace: 'bl',
  endpoint: { host: '127.0.1.9', port: 7108 },
  fullRanges: [{ left: -(1n << 63n), right: 0n }],
  transientRanges: [],
  tables: ['lz4'],
};
const REQUEST = `${utf('bl')} 00000001 067F0001091BC4 00000001
  00000008 8000000000000000 00000008 0000000000000000 00000000 ${utf('lz4')}`;

export const MESSAGES: readonly MessageCase[] = [
  oneOf('STREAM_INIT', `0A ${FROM} 00000000 ${PLAN} ${utf('Bulk Load')} 00 00000000`, {
    type: 'StreamInit',
    from,
    sessionIndex: 0,
    planId,
    operation: 'Bulk Load',
    pendingRepair: undefined,
    previewKind: 'NONE',
  }),
  oneOf(
    'STREAM_INIT with IPv6, session -1, a pending repair and a preview',
    `0A 12${'00'.repeat(15)}011B58 FFFFFFFF ${PLAN} ${utf('Repair')} 01 ${TABLE} 00000003`,
    {
      type: 'StreamInit',
      from: { host: '::1', port: 7000 },
      sessionIndex: -1,
      planId,
      operation: 'Repair',
      pendingRepair: tableId,
      previewKind: 'REPAIRED',
    },
  ),
  oneOf('PREPARE_SYN of a loader', `01 00000000 00000001 ${SUMMARY}`, {
    type: 'PrepareSyn',
    requests: [],
    summaries: [summary],
  }),
  oneOf(
    'PREPARE_SYN of a loader, version 14: an empty range list',
    `01 00000000 00000001 ${SUMMARY} 00`,
    { type: 'PrepareSyn', requests: [], summaries: [summary] },
    context14,
  ),
  oneOf(
    'PREPARE_SYN of a puller',
    `01 00000001 ${REQUEST} 00000000`,
    { type: 'PrepareSyn', requests: [request], summaries: [] },
    context13,
  ),
  oneOf('PREPARE_SYNACK with nothing to send back', '08 00000000', {
    type: 'PrepareSynAck',
    summaries: [],
  }),
  oneOf(
    'PREPARE_SYNACK of 6.0-alpha2 (captured, §2.6)',
    `08 00000001 1b255f4def2540a60000000000000007 00000001 000000000000de2c
     01 8000000000000000 0000000000000000`,
    {
      type: 'PrepareSynAck',
      summaries: [
        {
          tableId: '1b255f4d-ef25-40a6-0000-000000000007',
          files: 1,
          totalSizeBytes: 0xde2cn,
          ranges: [{ left: -(1n << 63n), right: 0n }],
        },
      ],
    },
    context14,
  ),
  oneOf('PREPARE_ACK', '09', { type: 'PrepareAck' }),
  oneOf('RECEIVED', `03 ${TABLE} 00000000`, { type: 'Received', tableId, sequenceNumber: 0 }),
  oneOf('COMPLETE', '05', { type: 'Complete' }),
  oneOf('SESSION_FAILED', '06', { type: 'SessionFailed' }),
  oneOf('KEEP_ALIVE', '07', { type: 'KeepAlive' }),
  oneOf('STREAM of uncompressed sections', `${FILE} ${PLAIN_HEADER}`, stream(plainHeader)),
  oneOf('STREAM of compressed sections', `${FILE} ${COMPRESSED_HEADER}`, stream(compressedHeader)),
  oneOf('STREAM of an entire SSTable', `${FILE} ${ENTIRE_HEADER}`, stream(entireHeader)),
  oneOf(
    'STREAM of a follower, repaired, of a session with a pending repair',
    `02 ${TABLE} ${FROM} ${PLAN} 01 00000002 00000007 0000018B00000000 01 ${PLAN} ${PLAIN_HEADER}`,
    {
      ...stream(plainHeader),
      message: {
        tableId,
        sender: from,
        planId,
        sendByFollower: true,
        sessionIndex: 2,
        sequenceNumber: 7,
        repairedAtMs: 0x18b00000000n,
        pendingRepair: planId,
      },
    },
  ),
];
