// Control plane. Every maximum and default of this package, with its unit and its reason. Called by the files beside it; holds
// numbers only.

/** One recycled read buffer per TCP connection: large enough that a read costs more than the call around it. */
export const READ_BUFFER_BYTES = 64 * 1024;

/** One slab per accepted TLS connection, into which records are decrypted. */
export const TLS_SLAB_BYTES = 256 * 1024;
/** Read ahead of who asks, at most; what was already on its way inside TLS, 80 KiB at most, comes on top. */
export const TLS_SLAB_AHEAD_BYTES = 128 * 1024;
/** Room for the next record; the longest has 16 KiB (RFC 8446 §5.1). */
export const TLS_SLAB_PIECE_BYTES = 16 * 1024;

/** Waiting connections of a listening socket (spec: streaming-4.0-plus §1.6, accept backlog). */
export const LISTEN_BACKLOG = 512;

/** `internode_tcp_connect_timeout` (spec §1.6). */
export const CONNECT_TIMEOUT_MS = 2_000;

/** Cassandra's own handshake constant is 3 × request_timeout = 30 s but has no effect there (spec §1.6); ours has. */
export const HANDSHAKE_TIMEOUT_MS = 30_000;

/** The longest Initiate: IPv6 `from` (spec §1.2). */
export const INITIATE_BYTES_MAX = 31;

/** An Accept is always this long (spec §1.3). */
export const ACCEPT_BYTES = 12;

/** How much one direction of an in-memory connection holds before write() waits. */
export const MEMORY_PIPE_BYTES = 64 * 1024;

/** One buffer per transfer on the buffers path; its halves take turns. Shorter transfers take less. */
export const TRANSFER_BUFFER_BYTES_MAX = 1024 * 1024;
/** The shortest transfer buffer. */
export const TRANSFER_BUFFER_BYTES_MIN = 256 * 1024;

/** `auto` leaves transfers below this to the buffers path: an order to the worker costs more than it saves. */
export const KERNEL_TRANSFER_BYTES_MIN = 4 * 1024 * 1024;
/** The same while the worker has not been started: its start costs about a tenth of a second. */
export const KERNEL_COLD_TRANSFER_BYTES_MIN = 64 * 1024 * 1024;
/** Checksums of files up to this are computed on the calling thread, in pieces; the worker's start takes longer than they do. */
export const CRC_HERE_BYTES_MAX = 16 * 1024 * 1024;

/** The first piece asked of the limiter, and every piece after one that had to wait. */
export const PIECE_BYTES_MIN = 256 * 1024;
/** Pieces double up to this while the limiter never makes them wait. */
export const PIECE_BYTES_MAX = 8 * 1024 * 1024;
/** Granted to the kernel worker but not yet moved: as much as moves in so many milliseconds, which keeps it busy while news travels; */
export const GRANT_AHEAD_MS = 50;
/** at least so much while the limiter never makes us wait, */
export const GRANT_AHEAD_BYTES_MIN = 32 * 1024 * 1024;
/** and at most so much: a rate that is set meanwhile does not hold it back any more. */
export const GRANT_AHEAD_BYTES_MAX = 256 * 1024 * 1024;
/** The rate of a transfer is taken over at least so long. */
export const GRANT_RATE_OVER_MS = 10;

/** Bytes that a sender keeps back while it is not known yet whether the file is right. */
export const HELD_BACK_BYTES = 4096;
/** While they are kept back, one goes every so often: Cassandra 4.0 gives a sender up that is silent for 180 s (spec §1.6). */
export const HELD_BACK_SIGN_MS = 60_000;

/** The worker reports a moving transfer at least this often, whichever comes first. */
export const KERNEL_REPORT_BYTES = 8 * 1024 * 1024;
/** See {@link KERNEL_REPORT_BYTES}. */
export const KERNEL_REPORT_MS = 100;
/** Size asked for the pipe between socket and file; the kernel may give less. */
export const KERNEL_PIPE_BYTES = 1024 * 1024;
/** Room taken on the disk for a large file ahead of its bytes; a bounded piece, since some file systems are slow at it. */
export const KERNEL_RESERVE_BYTES = 1024 * 1024 * 1024;
/** One transfer's turn in the worker before the next transfer gets one. */
export const KERNEL_TURN_BYTES = 4 * 1024 * 1024;
/** How long the worker sleeps in poll(2) at most; also bounds how late it notices the end of the process. */
export const KERNEL_POLL_MS = 100;

/** Jobs of the kernel worker whose waits for the socket are counted one by one; those beyond share one number that nobody reads. */
export const KERNEL_JOBS_COUNTED_MAX = 256;

/** Peers whose waits are kept apart; the one that moved least lately is added to the others first. */
export const PEERS_COUNTED_MAX = 256;

/** Buffer for checksums in the worker: what is copied into it shall still be in the processor's cache when it is summed up. */
export const CRC_BUFFER_BYTES = 256 * 1024;
/** The same on the calling thread, where each piece costs a turn of the event loop. */
export const CRC_HERE_PIECE_BYTES = 1024 * 1024;
/** A file that is being received is summed up so many bytes at a time, while they are in the processor's cache and worth a message. */
export const CRC_BEHIND_BYTES = 4 * 1024 * 1024;

/** With `sync`, the disk starts on every so many bytes while the next ones arrive, so that the last fdatasync finds little to do. */
export const EARLY_SYNC_BYTES = 64 * 1024 * 1024;

/** Certificates of a chain that are looked at; OpenSSL itself takes 100, real chains have 2 to 4. */
export const CERTIFICATES_MAX = 16;
