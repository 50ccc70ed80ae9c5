// Control plane. How long a session waits for what. Real nodes have no timers of their own (spec: streaming-4.0-plus §1.6, §6.5,
// pitfall 31), so every wait of ours has one. Called by the machine (arms) and the runtime (dials). Holds data only.

/** Every wait of a session in milliseconds. A field left out of an override keeps its default. */
export interface SessionTimeouts {
  /** TCP (and TLS) connection. @default 2000, Cassandra's internode_tcp_connect_timeout */
  readonly connectMs: number;
  /** Accept after Initiate; Initiate after a connection came in. @default 30000, HandshakeProtocol.TIMEOUT_MILLIS */
  readonly handshakeMs: number;
  /** First message of an accepted connection, and PREPARE_SYN after STREAM_INIT. @default 30000 */
  readonly prepareSynMs: number;
  /** PREPARE_SYNACK after PREPARE_SYN; the node may flush its memtables first. @default 300000 */
  readonly prepareSynAckMs: number;
  /** PREPARE_ACK after a PREPARE_SYNACK that announced files. @default 120000 */
  readonly prepareAckMs: number;
  /** RECEIVED: some file was sent whole and none was acknowledged for so long. @default 600000 (Cassandra: 12 h) */
  readonly receivedMs: number;
  /** COMPLETE after the last RECEIVED: the node applies the data and builds indexes meanwhile. @default 3600000 */
  readonly completeMs: number;
  /** The next announced file while none is arriving: a busy node sends at most one file per CPU. @default 1800000 */
  readonly nextFileMs: number;
  /** No byte moved inside a message, or the peer took none of ours. @default 180000, as Cassandra 4.0 */
  readonly messageMs: number;
  /** No byte of a payload moved; waiting for the throttle does not count. @default 180000 */
  readonly fileStallMs: number;
  /** A follower that is COMPLETE waits so long for the initiator to close, then closes itself. @default 60000 */
  readonly closeMs: number;
  /** How long the last words (SESSION_FAILED) may take to leave before the connection is cut. @default 2000 */
  readonly lastWordsMs: number;
  /** After a file connection broke: how long the control connection is given to tell why. @default 1000 */
  readonly verdictMs: number;
  /** A wait that lasts is told as StreamStalled every so often. @default 30000 */
  readonly noticeMs: number;
}

/** The defaults of {@link SessionTimeouts}. */
export const SESSION_TIMEOUTS: SessionTimeouts = {
  connectMs: 2_000,
  handshakeMs: 30_000,
  prepareSynMs: 30_000,
  prepareSynAckMs: 300_000,
  prepareAckMs: 120_000,
  receivedMs: 600_000,
  completeMs: 3_600_000,
  nextFileMs: 1_800_000,
  messageMs: 180_000,
  fileStallMs: 180_000,
  closeMs: 60_000,
  lastWordsMs: 2_000,
  verdictMs: 1_000,
  noticeMs: 30_000,
};

/** `streaming_keep_alive_period` of Cassandra (spec §6.8). */
export const KEEP_ALIVE_PERIOD_MS = 300_000;
