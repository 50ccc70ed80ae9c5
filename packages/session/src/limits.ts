// Control plane. Named maxima of a session and of the manager, with units and reasons. Called by the machine, the runtime and the manager.

/** Sessions a manager follows at once; one more is answered by SESSION_FAILED. A node of a large cluster has some hundred peers. */
export const SESSIONS_FOLLOWED_MAX = 256;

/** Accepted connections that no session owns yet (handshake, first message); one more is closed. */
export const CONNECTIONS_WITHOUT_SESSION_MAX = 256;

/** Connections one session may have attached by its peer; a sender opens one per CPU (spec: streaming-4.0-plus §6.2). */
export const CONNECTIONS_PER_SESSION_MAX = 129;

/** Files one session sends, and files it receives. A store of 10 TB in 160 MB SSTables has 65,536. */
export const FILES_PER_SESSION_MAX = 65_536;

/** Tables in the summaries of one session. */
export const TABLES_PER_SESSION_MAX = 8_192;

/** Sessions of one plan with one peer. */
export const SESSIONS_PER_PEER_MAX = 64;

/** File connections a session opens at once. */
export const FILE_CONNECTIONS_MAX = 64;

/** Times a file connection is dialled before the session fails: MAX_CONNECT_ATTEMPTS of Cassandra (spec §1.1). */
export const FILE_DIAL_ATTEMPTS_MAX = 3;

/** Control messages waiting to be written; a peer that acknowledges nothing of so many is not reading. */
export const CONTROL_MESSAGES_QUEUED_MAX = 65_536;

/** Events an async iterator keeps for a slow reader before it drops some. */
export const ITERATOR_EVENTS_MAX = 1_024;

/** Milliseconds between two FileProgress events of a file. */
export const PROGRESS_PERIOD_MS = 1_000;
