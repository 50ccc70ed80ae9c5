// Control plane. Named maxima of this package, each with its reason. Called by the gossip exchange and the CQL half.

/** Whole gossip exchange when the caller says nothing: nodes answer in 10 ms (spec: gossip §10); a slow network gets its chance. */
export const GOSSIP_TIMEOUT_MS = 5_000;

/** How long a SYN stays good at the node; clocks that differ by less than this are no problem (spec: repair §6.7). */
export const GOSSIP_EXPIRES_MS = 60_000;

/** Connections the node (or a stranger) may open to our listener during one exchange. */
export const GOSSIP_DIAL_BACKS_MAX = 16;

/** Bytes of one gossip message: 5,000 nodes with 256 tokens each stay below. */
export const GOSSIP_MESSAGE_BYTES_MAX = 1 << 25;

/** Connecting over CQL, per contact point. */
export const CQL_CONNECT_TIMEOUT_MS = 5_000;

/** One CQL answer; system tables answer in milliseconds. */
export const CQL_REQUEST_TIMEOUT_MS = 12_000;

/** Rows read from one system table in all: nodes, tables and columns of the largest clusters stay below. */
export const CQL_ROWS_MAX = 200_000;
