// Control plane. What the session machine knows: its identity, its settings and its state. Called by every file of this folder and by
// the runtime, which creates and keeps it. Pure values: no sockets, clocks or files.
import type {
  Endpoint,
  PreviewKind,
  StreamingVersion,
  StreamRequest,
  StreamSummary,
  UuidText,
} from '@scamander/wire-codec';
import type { StreamErrorType } from '../errors.ts';
import type { Outcome, SessionState } from '../events.ts';
import type { SessionTimeouts } from '../timeouts.ts';

/** Which session this is; never changes. */
export interface SessionIdentity {
  readonly role: 'initiator' | 'follower';
  readonly planId: UuidText;
  readonly sessionIndex: number;
  /** The other side under the address both use as its name. */
  readonly peer: Endpoint;
  /** What we call ourselves: STREAM_INIT.from as initiator, STREAM.sender in both roles (spec: streaming-4.0-plus §2.7). */
  readonly local: Endpoint;
  readonly operation: string;
  readonly pendingRepair: UuidText | undefined;
  readonly previewKind: PreviewKind;
}

/** Policy of a session. */
export interface SessionSettings {
  readonly timeouts: SessionTimeouts;
  /** 0 = the initiator sends no KEEP_ALIVE. */
  readonly keepAlivePeriodMs: number;
  readonly fileConnectionsMax: number;
  /** False where nobody is there to take files: every announced file refuses the session. */
  readonly canReceive: boolean;
}

/** One file to send, as the machine sees it; its number is its place in the list. */
export interface OutgoingInfo {
  readonly name: string;
  readonly tableId: UuidText;
  /** Per table from 0 (spec §2.7). */
  readonly sequenceNumber: number;
  readonly summaryFiles: number;
  readonly transferSizeBytes: bigint;
  readonly entire: boolean;
  readonly repairedAtMs: bigint;
  readonly pendingRepair: UuidText | undefined;
}

/** A file connection we opened. */
export interface FileConnection {
  readonly status: 'opening' | 'idle' | 'busy';
  readonly file: number | undefined;
  readonly attempts: number;
}

/** A file that left or is leaving and is not acknowledged and finished yet. */
export interface InFlight {
  readonly file: number;
  /** The last byte may have left. */
  readonly handedOver: boolean;
  /** Our side is done writing. */
  readonly sent: boolean;
  readonly acknowledged: boolean;
}

/** Everything we send in this session. */
export interface Sending {
  readonly files: readonly OutgoingInfo[];
  /** The follower may send only after PREPARE_ACK, the initiator only after PREPARE_SYNACK. */
  readonly allowed: boolean;
  /** First file not yet given to a connection. */
  readonly next: number;
  readonly connections: ReadonlyMap<number, FileConnection>;
  readonly inFlight: ReadonlyMap<string, InFlight>;
  readonly acknowledged: number;
  /** Per table: files whose last byte surely has not left. At 0 the peer may apply the table. */
  readonly keptBack: ReadonlyMap<UuidText, number>;
}

/** One announced table. All counts are in the unit of StreamSummary.files (spec §2.6). */
export interface IncomingTable {
  readonly announced: number;
  readonly opened: number;
  readonly finished: number;
  readonly status: 'receiving' | 'committing' | 'committed';
}

/** One file on its way in. */
export interface IncomingInfo {
  readonly connection: number;
  readonly tableId: UuidText;
  readonly sequenceNumber: number;
  readonly entire: boolean;
  readonly summaryFiles: number | undefined;
}

/** Everything we receive in this session. */
export interface Receiving {
  readonly tables: ReadonlyMap<UuidText, IncomingTable>;
  readonly active: ReadonlyMap<number, IncomingInfo>;
  readonly nextId: number;
  readonly filesSeen: number;
}

/** What is expected next; finer than Cassandra's state. */
export type Phase =
  | 'created'
  | 'dialling'
  | 'await-syn'
  | 'await-synack'
  | 'selecting'
  | 'preparing'
  | 'streaming'
  | 'closing'
  | 'closed';

/** Timers of the machine: one per wait, and three that repeat or decide. */
export type TimerName =
  | 'PREPARE_SYN'
  | 'PREPARE_SYNACK'
  | 'PREPARE_ACK'
  | 'RECEIVED'
  | 'COMPLETE'
  | 'STREAM'
  | 'close'
  | 'verdict'
  | 'keep-alive'
  | 'notice';

/** The whole state of one session. */
export interface Session {
  readonly identity: SessionIdentity;
  readonly settings: SessionSettings;
  readonly state: SessionState;
  readonly phase: Phase;
  readonly version: StreamingVersion | undefined;
  /** True while the control connection can carry our messages. */
  readonly controlOpen: boolean;
  readonly requests: readonly StreamRequest[];
  /** What the peer announced to send. */
  readonly announced: readonly StreamSummary[];
  readonly sending: Sending;
  readonly receiving: Receiving;
  /** Follower: PREPARE_SYNACK announced files and PREPARE_ACK has not come. */
  readonly ackAwaited: boolean;
  /** Initiator: COMPLETE has come. */
  readonly completeReceived: boolean;
  /** A file connection broke; the control connection is given a moment to say why. */
  readonly doubt: StreamErrorType | undefined;
  readonly timers: ReadonlySet<TimerName>;
  /** Notices in a row without any input from outside. */
  readonly quietNotices: number;
  readonly failure: { readonly error: StreamErrorType; readonly outcome: Outcome } | undefined;
}

/** What is given to create a session. */
export interface SessionStart {
  readonly identity: SessionIdentity;
  readonly settings: SessionSettings;
  readonly requests?: readonly StreamRequest[];
  readonly files?: readonly OutgoingInfo[];
}

/** True in COMPLETE, FAILED and ABORTED: nothing is sent any more. */
export const isFinal = (session: Session): boolean =>
  session.state === 'COMPLETE' || session.state === 'FAILED' || session.state === 'ABORTED';

/** Key of a file in RECEIVED. */
export const fileKey = (tableId: UuidText, sequenceNumber: number): string =>
  `${tableId}/${sequenceNumber}`;

const keptBackOf = (files: readonly OutgoingInfo[]): ReadonlyMap<UuidText, number> => {
  const counts = new Map<UuidText, number>();
  for (const file of files) counts.set(file.tableId, (counts.get(file.tableId) ?? 0) + 1);
  return counts;
};

/** A sending side with nothing sent yet. */
export const sendingOf = (files: readonly OutgoingInfo[]): Sending => ({
  files,
  allowed: false,
  next: 0,
  connections: new Map(),
  inFlight: new Map(),
  acknowledged: 0,
  keptBack: keptBackOf(files),
});

/** A session in INITIALIZED. The initiator waits for Start, the follower (whose STREAM_INIT was read) for Connected. */
export const createSession = (start: SessionStart): Session => ({
  identity: start.identity,
  settings: start.settings,
  state: 'INITIALIZED',
  phase: 'created',
  version: undefined,
  controlOpen: false,
  requests: start.requests ?? [],
  announced: [],
  sending: sendingOf(start.files ?? []),
  receiving: { tables: new Map(), active: new Map(), nextId: 0, filesSeen: 0 },
  ackAwaited: false,
  completeReceived: false,
  doubt: undefined,
  timers: new Set(),
  quietNotices: 0,
  failure: undefined,
});

/** One summary per table, in the order the tables first appear (spec §2.6). */
export const summariesOf = (files: readonly OutgoingInfo[]): readonly StreamSummary[] => {
  const tables = new Map<UuidText, { files: number; totalSizeBytes: bigint }>();
  for (const file of files) {
    const table = tables.get(file.tableId) ?? { files: 0, totalSizeBytes: 0n };
    table.files += file.summaryFiles;
    table.totalSizeBytes += file.transferSizeBytes;
    tables.set(file.tableId, table);
  }
  return [...tables].map(([tableId, sums]) => ({ tableId, ...sums, ranges: [] }));
};

/** Gives each file its number within its table, as STREAM carries it. */
export const numberFiles = (
  files: readonly Omit<OutgoingInfo, 'sequenceNumber'>[],
): readonly OutgoingInfo[] => {
  const counts = new Map<UuidText, number>();
  return files.map((file) => {
    const sequenceNumber = counts.get(file.tableId) ?? 0;
    counts.set(file.tableId, sequenceNumber + 1);
    return { ...file, sequenceNumber };
  });
};
