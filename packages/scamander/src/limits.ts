// Control plane. Named maxima of the front door, each with its reason. Called by this package only.

/** Chunks listed in the header of an entire transfer; above, the list is left out (12 bytes each on the wire, and no receiver uses it). */
export const ENTIRE_HEADER_CHUNKS_MAX = 65_536;

/** Bytes of one LZ4 block of an uncompressed section when CRC.db is absent (spec: streaming-4.0-plus §4.1). */
export const STREAM_BLOCK_BYTES = 65_536;

/** Largest CRC.db block taken as block size; every Cassandra writes 65,536. */
export const STREAM_BLOCK_BYTES_MAX = 1_048_576;

/** Uncompressed bytes of one transfer of sections; more is cut in several, which bounds chunk lists and headers. */
export const PIECE_BYTES_MAX = 1_073_741_824n;

/** How long a node may be silent at any wait, where nothing else is said. */
export const SILENCE_TIMEOUT_MS = 60_000;

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

/** Milliseconds within which the ring is not looked at twice: a load of many small tables would do little else. */
export const RING_LOOKS_APART_MS = 5_000;

/** Plans of one table in one load; a ring that changes more often than that does not settle. */
export const PLANS_PER_TABLE_MAX = 100;

/** Milliseconds without a byte or an answer after which it is said who is waited for. */
export const STALL_NOTICE_MS = 30_000;

/** Nodes that doctor asks at once; each takes a CQL connection and, one after the other, some on its storage port. */
export const DOCTOR_NODES_AT_ONCE_MAX = 16;

/** How long a node may be silent to doctor, unless it is told otherwise: a healthy one answers in milliseconds. */
export const DOCTOR_SILENCE_MS = 10_000;

/** Milliseconds between two gossip questions: the heart of a node beats each second, and every other node hears it within a few. */
export const HEARTBEATS_APART_MS = 4_000;

/** Bytes of a schema.cql that is read to show how a missing table is created. */
export const SCHEMA_FILE_BYTES_MAX = 1_048_576;

/** Ranges that are repaired one by one; where a replica misses more of a table, it is repaired as a whole. */
export const REPAIR_RANGES_MAX = 64;

/** Shares that one table's ranges at one node are cut into, by halves, so up to twice as many units: each costs a session, and a line of the ledger. */
export const UNIT_PIECES_MAX = 1_024;

/** Sessions of a pull with one node: more would only make it read from more places of its disk. */
export const SESSIONS_PER_NODE_MAX = 2;

/** Tables that one preview session asks about; nodes flush each of them first. */
export const PREVIEW_TABLES_MAX = 64;

/** Preview sessions of du at once: a node flushes and looks through its SSTables for each. */
export const DU_SESSIONS_AT_ONCE_MAX = 16;

/** Nodes that du asks for their estimates at once; each takes a CQL connection. */
export const ESTIMATES_AT_ONCE_MAX = 16;

/** An answer about the ring is good for so long: sessions that begin together need not ask one after the other. */
export const LOOK_FRESH_MS = 2_000;

/** Ranges with different rows that a comparison names for one table; more of them say nothing new. */
export const ROW_DIFFERENCES_MAX = 1_000;

/** Bytes of a file whose digests are computed on the main thread, in pieces: a thread takes as long to start. */
export const DIGEST_HERE_BYTES_MAX = 1_048_576;

/** Bytes of each of those pieces: less than half a millisecond of hashing. */
export const DIGEST_HERE_PIECE_BYTES = 131_072;

/** Buffer of the thread that computes digests. */
export const DIGEST_BUFFER_BYTES = 1_048_576;

/** What that thread reads before it looks at orders: some hundredths of a second. */
export const DIGEST_TURN_BYTES = 16_777_216;

/** Bytes of a receipt that is read back: some 100,000 SSTables at three replicas. It is parsed at once. */
export const RECEIPT_BYTES_MAX = 268_435_456;

/** SSTables, deliveries or receptions in a receipt. */
export const RECEIPT_ENTRIES_MAX = 4_000_000;

/** Token ranges of one delivery or reception: all of a ring of 1,000 nodes with 256 tokens each. */
export const RECEIPT_RANGES_MAX = 262_144;

/** Components of one SSTable in a receipt; indexes add a dozen each. */
export const RECEIPT_COMPONENTS_MAX = 4_096;
