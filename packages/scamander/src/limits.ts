// Control plane. Named maxima of the front door, each with its reason. Called by this package only.

/** Chunks listed in the header of an entire transfer; above, the list is left out (12 bytes each on the wire, and no receiver uses it). */
export const ENTIRE_HEADER_CHUNKS_MAX = 65_536;

/** Bytes of one LZ4 block of an uncompressed section when CRC.db is absent (spec: streaming-4.0-plus §4.1). */
export const STREAM_BLOCK_BYTES = 65_536;

/** Largest CRC.db block taken as block size; every Cassandra writes 65,536. */
export const STREAM_BLOCK_BYTES_MAX = 1_048_576;

/** Uncompressed bytes of one transfer of sections; more is cut in several, which bounds chunk lists and headers. */
export const PIECE_BYTES_MAX = 1_073_741_824n;

/** How long a TCP or TLS connection may take to come up; Cassandra itself allows 2 s. */
export const CONNECT_TIMEOUT_MS = 5_000;

/** Replicas asked at the same time. */
export const PEERS_AT_ONCE_MAX = 64;

/** Bytes of a Data.db that verify `auto` reads to the last key before it is sent: no slower than one replica takes them. */
export const DEEP_VERIFY_BYTES_MAX = 33_554_432;

/** Bytes of a Data.db above which its checksum is computed beside the transfer; below, it takes no longer than a connection. */
export const LATE_DIGEST_BYTES_MIN = 33_554_432;

/** How long a node that was told to send may take to open its first file connection; nodes dial at once, three times 2 s at most. */
export const DIAL_BACK_TIMEOUT_MS = 10_000;

/** Bytes of a Digest.crc32 that are looked at: a decimal number of at most 10 digits, and room for an end of line. */
export const DIGEST_BYTES_MAX = 32;

/** CompressionInfo.db that is kept while a whole SSTable is turned into sections on its way, 8 bytes a chunk: a Data.db of 128 GiB. */
export const RELAYED_COMPRESSION_INFO_BYTES_MAX = 67_108_864;

/** Bytes of one line of a ledger: the ranges of a replica of 1,000 nodes with 256 tokens each take a tenth. */
export const LEDGER_LINE_BYTES_MAX = 8_388_608;

/** Bytes of a whole ledger, which is read at once when it is opened: more than a million SSTables at their replicas. */
export const LEDGER_BYTES_MAX = 1_073_741_824;

/** Records that share one write and one sync. */
export const LEDGER_GROUP_RECORDS_MAX = 256;

/** Bytes of the lock file beside a ledger; ours take a quarter. */
export const LEDGER_LOCK_BYTES_MAX = 2_048;

/** How often a lock that changes under the reader is looked at again. */
export const LEDGER_LOCK_TRIES_MAX = 16;

/** Locks left behind by processes that died while they took over the one of another. */
export const LEDGER_LOCK_DEPTH_MAX = 8;

/** Bytes of one session of a load with one replica, unless it is told otherwise: what a killed load sends again at most. */
export const SESSION_BYTES = 17_179_869_184;

/** Milliseconds between two looks at the ring while data move, and at nodes that are down. */
export const RING_LOOK_MS = 30_000;

/** Plans of one table in one load; a ring that changes more often than that does not settle. */
export const PLANS_PER_TABLE_MAX = 100;

/** Milliseconds without a byte or an answer after which it is said who is waited for. */
export const STALL_NOTICE_MS = 30_000;
