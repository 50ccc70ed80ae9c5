// Control plane. The stream messages of Cassandra 4.0 and later as values (spec: streaming-4.0-plus §2, §3).
// Called by the codecs beside this file, by session and by whoever fills a stream header. Holds types only.
import type { Token } from '@scamander/ring';
import type { Endpoint } from '../endpoint.ts';

/** Messaging version spoken on a streaming connection: 4.0, 4.1 and 5.0 in CASSANDRA_4 mode = 12, 5.0 = 13, 6.0 = 14. */
export type StreamingVersion = 12 | 13 | 14;

/** Canonical lower-case text of a UUID. */
export type UuidText = string;

/** A token range as it stands on the wire: left exclusive, right inclusive. */
export interface WireTokenRange {
  readonly left: Token;
  readonly right: Token;
}

/** STREAM_INIT (10). */
export interface StreamInit {
  readonly type: 'StreamInit';
  readonly from: Endpoint;
  readonly sessionIndex: number;
  readonly planId: UuidText;
  /** Description text such as `Bulk Load`; kept as received. */
  readonly operation: string;
  readonly pendingRepair: UuidText | undefined;
  readonly previewKind: PreviewKind;
}

export const PREVIEW_KINDS = ['NONE', 'ALL', 'UNREPAIRED', 'REPAIRED'] as const;
/** What a preview session counts; the wire value is the position in {@link PREVIEW_KINDS}. */
export type PreviewKind = (typeof PREVIEW_KINDS)[number];

/** One request inside PREPARE_SYN: ranges of tables that the initiator wants. */
export interface StreamRequest {
  readonly keyspace: string;
  readonly endpoint: Endpoint;
  readonly fullRanges: readonly WireTokenRange[];
  readonly transientRanges: readonly WireTokenRange[];
  /** Empty means every table of the keyspace. */
  readonly tables: readonly string[];
}

/** What one side announces to send of one table. */
export interface StreamSummary {
  readonly tableId: UuidText;
  /** Partial transfers count 1, an entire SSTable counts the components of its manifest. */
  readonly files: number;
  readonly totalSizeBytes: bigint;
  /** Only on the wire from version 14; empty before. */
  readonly ranges: readonly WireTokenRange[];
}

/** PREPARE_SYN (1). */
export interface PrepareSyn {
  readonly type: 'PrepareSyn';
  readonly requests: readonly StreamRequest[];
  readonly summaries: readonly StreamSummary[];
}

/** PREPARE_SYNACK (8). */
export interface PrepareSynAck {
  readonly type: 'PrepareSynAck';
  readonly summaries: readonly StreamSummary[];
}

/** PREPARE_ACK (9). */
export interface PrepareAck {
  readonly type: 'PrepareAck';
}

/** RECEIVED (3): every byte of one STREAM was consumed. */
export interface Received {
  readonly type: 'Received';
  readonly tableId: UuidText;
  readonly sequenceNumber: number;
}

/** COMPLETE (5). */
export interface Complete {
  readonly type: 'Complete';
}

/** SESSION_FAILED (6). */
export interface SessionFailedMessage {
  readonly type: 'SessionFailed';
}

/** KEEP_ALIVE (7). */
export interface KeepAlive {
  readonly type: 'KeepAlive';
}

/** STREAM (2) up to, not including, its payload. */
export interface StreamFile {
  readonly type: 'Stream';
  readonly message: StreamMessageHeader;
  readonly header: CassandraStreamHeader;
}

/** First part of STREAM: which session the file belongs to (spec §2.7). */
export interface StreamMessageHeader {
  readonly tableId: UuidText;
  readonly sender: Endpoint;
  readonly planId: UuidText;
  readonly sendByFollower: boolean;
  readonly sessionIndex: number;
  readonly sequenceNumber: number;
  /** Milliseconds since the epoch; 0n = unrepaired. */
  readonly repairedAtMs: bigint;
  readonly pendingRepair: UuidText | undefined;
}

/** Every message that may stand on a control connection, and STREAM. */
export type StreamMessage =
  | StreamInit
  | PrepareSyn
  | PrepareSynAck
  | PrepareAck
  | Received
  | Complete
  | SessionFailedMessage
  | KeepAlive
  | StreamFile;

/** Half-open byte range of the uncompressed Data.db, whole partitions. */
export interface StreamSection {
  readonly lower: bigint;
  readonly upper: bigint;
}

/** Chunk list of a compressed SSTable as it travels (spec §3.1). Typed arrays: a 10 GB file has 650,000 chunks. */
export interface StreamCompressionInfo {
  /** Offset of each chunk in the sender's Data.db; doubles hold them exactly below 2^53. */
  readonly chunkOffsets: Float64Array;
  /** Stored length of each chunk without its CRC. */
  readonly chunkLengths: Int32Array;
  readonly compressor: string;
  readonly options: readonly (readonly [key: string, value: string])[];
  readonly chunkLengthBytes: number;
  readonly maxCompressedLengthBytes: number;
}

/** One column of the serialization header. */
export interface HeaderColumn {
  readonly name: Uint8Array;
  readonly type: string;
}

/** SerializationHeader.Component (spec §3.2): the HEADER component of Statistics.db has the same bytes. */
export interface StreamSerializationHeader {
  /** Microseconds since the epoch. */
  readonly minTimestamp: bigint;
  /** Seconds since the epoch. */
  readonly minLocalDeletionTime: bigint;
  readonly minTtl: bigint;
  readonly keyType: string;
  readonly clusteringTypes: readonly string[];
  readonly staticColumns: readonly HeaderColumn[];
  readonly regularColumns: readonly HeaderColumn[];
}

/** One file of an entire-SSTable transfer. */
export interface ManifestEntry {
  readonly name: string;
  readonly lengthBytes: bigint;
}

/** CassandraStreamHeader (spec §3) in its three forms: uncompressed sections, compressed sections, entire SSTable. */
export interface CassandraStreamHeader {
  /** Two letters, such as `nb`. */
  readonly sstableVersion: string;
  /** `big` or `bti`. */
  readonly formatName: string;
  readonly estimatedKeys: bigint;
  readonly sections: readonly StreamSection[];
  readonly compression: StreamCompressionInfo | undefined;
  readonly sstableLevel: number;
  readonly serializationHeader: StreamSerializationHeader;
  readonly tableId: UuidText;
  /** Present exactly when the SSTable travels as whole files. */
  readonly entire:
    | { readonly manifest: readonly ManifestEntry[]; readonly firstKey: Uint8Array }
    | undefined;
}
