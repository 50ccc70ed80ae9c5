// Control plane. Named maxima of this package, each with its reason. Called by the partitioners, the parsers and makeRing.

/** Longest partition key, and so the longest token of an order-keeping partitioner: keys carry an unsigned 16-bit length. */
export const TOKEN_BYTES_MAX = 65_535;

/** A RandomPartitioner token is at most 2^127, which takes 17 bytes as two's complement. */
export const RANDOM_TOKEN_BYTES_MAX = 17;

/** Longest text taken for a token: hex of the longest token. */
export const TOKEN_TEXT_CHARS_MAX = 2 * TOKEN_BYTES_MAX;

/** Largest replication factor taken; real clusters stay below 100, Cassandra's own guardrails far below that. */
export const REPLICATION_FACTOR_MAX = 10_000;

/** Most nodes in one ring; the largest clusters known have a few thousand. */
export const RING_NODES_MAX = 20_000;

/** Most tokens in one ring: 5,000 nodes with 256 tokens each, rounded up. */
export const RING_TOKENS_MAX = 2_000_000;
