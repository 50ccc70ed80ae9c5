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
