// Control plane. Named limits of the front door, with their reasons. Called by this package only.
export const LIMITS = {
  /** Chunks listed in the header of an entire transfer; above, the list is left out (12 bytes each on the wire, and no receiver uses it). */
  entireHeaderChunksMax: 65_536,
  /** Bytes of one LZ4 block of an uncompressed section when CRC.db is absent (spec: streaming-4.0-plus §4.1). */
  streamBlockBytes: 65_536,
  /** Largest CRC.db block taken as block size; every Cassandra writes 65,536. */
  streamBlockBytesMax: 1_048_576,
  /** Uncompressed bytes of one transfer of sections; more is cut in several, which bounds chunk lists and headers. */
  pieceBytesMax: 1_073_741_824n,
  /** How long a TCP or TLS connection may take to come up; Cassandra itself allows 2 s. */
  connectTimeoutMs: 5000,
  /** Replicas asked at the same time. */
  peersAtOnceMax: 64,
} as const;
