// Both planes. Named maxima of the primitives, with units and reasons. Called by this package; nothing here depends on a caller's budget.

/** Most bytes of a `utf` or `bytes16` value: its length is a u16 (spec: streaming-4.0-plus §2.2.2). */
export const SHORT_LENGTH_BYTES_MAX = 0xffff;

/** Most bytes of a variable-length integer (spec: sstable-data §1.1). */
export const UVINT_BYTES_MAX = 9;

/** Most bytes that a {@link ByteWriter} grows to; beyond it a value is streamed, not assembled. */
export const WRITER_BYTES_MAX = 1 << 30;

/** Largest integer that a JavaScript number holds exactly, as the limit named by {@link LimitExceeded}. */
export const EXACT_NUMBER_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** Characters of the longest text that {@link parseInet} looks at (`INET6_ADDRSTRLEN` without its closing zero). */
export const INET_TEXT_LENGTH_MAX = 45;
