// Random values of everything on the wire. Called by property tests only.
import {
  ByteOrderedPartitioner,
  Murmur3Partitioner,
  type Partitioner,
  RandomPartitioner,
  type Token,
} from '@scamander/ring';
import {
  type CassandraStreamHeader,
  PREVIEW_KINDS,
  type StreamMessage,
  type WireContext,
} from '@scamander/wire-codec';
import fc from 'fast-check';

/** fc.record makes objects without a prototype, which uvu's `equal` tells from literals. */
export const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });

const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const i64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const count = fc.integer({ min: 0, max: 1 << 24 });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const text = (maxLength: number) =>
  fc.oneof(fc.string({ maxLength }), fc.string({ maxLength, unit: 'grapheme' }));
/** UTF-8 has no lone surrogates, so type strings are whole characters. */
const typeText = fc.string({ maxLength: 60, unit: 'grapheme' });

export const uuids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((value) =>
  Buffer.from(value)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
);

export const endpoints = record({
  host: fc.oneof(fc.ipV4(), fc.constantFrom('::', '::1', '2001:db8::7', 'fe80::1:0:0:2')),
  port: fc.integer({ min: 0, max: 65_535 }),
});

const tokensOf = (partitioner: Partitioner): fc.Arbitrary<Token> => {
  if (partitioner === Murmur3Partitioner) return i64;
  if (partitioner === RandomPartitioner) return fc.bigInt({ min: -1n, max: 1n << 127n });
  return bytes(40);
};

const rangesOf = (partitioner: Partitioner) => {
  const token = tokensOf(partitioner);
  return fc.array(record({ left: token, right: token }), { maxLength: 5 });
};

export const contexts: fc.Arbitrary<WireContext> = record({
  version: fc.constantFrom(12 as const, 13 as const, 14 as const),
  partitioner: fc.constantFrom(Murmur3Partitioner, RandomPartitioner, ByteOrderedPartitioner),
});

const summariesOf = ({ version, partitioner }: WireContext) =>
  fc.array(
    record({
      tableId: uuids,
      files: count,
      totalSizeBytes: i64,
      ranges:
        version === 14 && partitioner === Murmur3Partitioner
          ? rangesOf(partitioner)
          : fc.constant([]),
    }),
    { maxLength: 4 },
  );

const requestsOf = ({ partitioner }: WireContext) =>
  fc.array(
    record({
      keyspace: text(48),
      endpoint: endpoints,
      fullRanges: rangesOf(partitioner),
      transientRanges: rangesOf(partitioner),
      tables: fc.array(text(48), { maxLength: 4 }),
    }),
    { maxLength: 3 },
  );

const sections = fc
  .array(fc.bigInt({ min: 0n, max: 1n << 40n }), { maxLength: 8 })
  .map((positions) => {
    const sorted = [...positions].sort((a, b) => (a < b ? -1 : 1));
    const pairs: { lower: bigint; upper: bigint }[] = [];
    for (let index = 0; index + 1 < sorted.length; index += 2)
      pairs.push({ lower: sorted[index] as bigint, upper: sorted[index + 1] as bigint });
    return pairs;
  });

export const compressions = record({
  chunks: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 1 << 25 })), { maxLength: 6 }),
  compressor: fc.constantFrom('LZ4Compressor', 'ZstdCompressor', 'NoopCompressor'),
  options: fc.array(fc.tuple(text(20), text(20)), { maxLength: 3 }),
  chunkBits: fc.integer({ min: 0, max: 24 }),
  maxCompressedLengthBytes: fc.nat({ max: 2 ** 31 - 1 }),
}).map(({ chunks, chunkBits, ...rest }) => ({
  ...rest,
  chunkOffsets: Float64Array.from(chunks, ([offset]) => offset * 1000),
  chunkLengths: Int32Array.from(chunks, ([, length]) => length),
  chunkLengthBytes: 1 << chunkBits,
}));

const columns = fc.array(record({ name: bytes(20), type: typeText }), { maxLength: 4 });

export const serializationHeaders = record({
  minTimestamp: i64,
  minLocalDeletionTime: i32.map((value) => BigInt(value) + 1_442_880_000n),
  minTtl: i32.map(BigInt),
  keyType: typeText,
  clusteringTypes: fc.array(typeText, { maxLength: 3 }),
  staticColumns: columns,
  regularColumns: columns,
});

export const manifests = fc.array(
  record({
    name: fc.constantFrom('Data.db', 'Statistics.db', 'SAI+aa+i+Meta.db', 'CRC.db'),
    lengthBytes: fc.bigInt({ min: 0n, max: 1n << 50n }),
  }),
  { maxLength: 8 },
);

export const headers: fc.Arbitrary<CassandraStreamHeader> = record({
  sstableVersion: fc.constantFrom('nb', 'oa', 'da', 'me'),
  formatName: fc.constantFrom('big', 'bti'),
  estimatedKeys: i64,
  sections,
  compression: fc.option(compressions, { nil: undefined }),
  sstableLevel: i32,
  serializationHeader: serializationHeaders,
  tableId: uuids,
  entire: fc.option(record({ manifest: manifests, firstKey: bytes(40) }), { nil: undefined }),
});

const optionalUuid = fc.option(uuids, { nil: undefined });

const messagesOf = (context: WireContext): fc.Arbitrary<StreamMessage> =>
  fc.oneof(
    record({
      type: fc.constant('StreamInit' as const),
      from: endpoints,
      sessionIndex: i32,
      planId: uuids,
      operation: text(40),
      pendingRepair: optionalUuid,
      previewKind: fc.constantFrom(...PREVIEW_KINDS),
    }),
    record({
      type: fc.constant('PrepareSyn' as const),
      requests: requestsOf(context),
      summaries: summariesOf(context),
    }),
    record({ type: fc.constant('PrepareSynAck' as const), summaries: summariesOf(context) }),
    record({ type: fc.constant('Received' as const), tableId: uuids, sequenceNumber: i32 }),
    fc.constantFrom(
      { type: 'PrepareAck' as const },
      { type: 'Complete' as const },
      { type: 'SessionFailed' as const },
      { type: 'KeepAlive' as const },
    ),
    record({
      type: fc.constant('Stream' as const),
      message: record({
        tableId: uuids,
        sender: endpoints,
        planId: uuids,
        sendByFollower: fc.boolean(),
        sessionIndex: i32,
        sequenceNumber: i32,
        repairedAtMs: i64,
        pendingRepair: optionalUuid,
      }),
      header: headers,
    }),
  );

/** A message with the context it is written for. */
export const messagesInContext = contexts.chain((context) =>
  messagesOf(context).map((message) => ({ context, message })),
);
