// A test as a story: what happens, and what the session then asks for, in words. Called by the tests of the machine only.
import type {
  CassandraStreamHeader,
  StreamFile,
  StreamMessageHeader,
  StreamSummary,
} from '@scamander/wire-codec';
import * as assert from 'uvu/assert';
import type { StreamErrorType } from '../../src/errors.ts';
import type { Outcome } from '../../src/events.ts';
import type { SessionEffect } from '../../src/machine/effects.ts';
import type { SessionInput } from '../../src/machine/inputs.ts';
import {
  createSession,
  numberFiles,
  type OutgoingInfo,
  type Session,
  type SessionIdentity,
  type SessionSettings,
} from '../../src/machine/model.ts';
import { step } from '../../src/machine/step.ts';
import { SESSION_TIMEOUTS } from '../../src/timeouts.ts';

export const A = 'aaaaaaaa-0000-1000-8000-000000000001';
export const B = 'bbbbbbbb-0000-1000-8000-000000000002';
export const PLAN = '5b0f2c10-8a3e-11ee-b9d1-0242ac120002';
export const US = { host: '10.0.0.9', port: 7000 };
export const PEER = { host: '10.0.0.1', port: 7000 };

export const identity = (
  role: 'initiator' | 'follower',
  change: Partial<SessionIdentity> = {},
): SessionIdentity => ({
  role,
  planId: PLAN,
  sessionIndex: 0,
  peer: PEER,
  local: US,
  operation: 'Bulk Load',
  pendingRepair: undefined,
  previewKind: 'NONE',
  ...change,
});

export const settings = (change: Partial<SessionSettings> = {}): SessionSettings => ({
  timeouts: SESSION_TIMEOUTS,
  keepAlivePeriodMs: 300_000,
  fileConnectionsMax: 1,
  canReceive: true,
  ...change,
});

/** A file to send: table, counted files. */
export const out = (
  tableId: string,
  summaryFiles = 1,
  name = `${tableId.slice(0, 1)}-Data.db`,
): Omit<OutgoingInfo, 'sequenceNumber'> => ({
  name,
  tableId,
  summaryFiles,
  transferSizeBytes: 26n,
  entire: summaryFiles > 1,
  repairedAtMs: 0n,
  pendingRepair: undefined,
});

export const summary = (tableId: string, files = 1): StreamSummary => ({
  tableId,
  files,
  totalSizeBytes: 26n,
  ranges: [],
});

export const request = {
  keyspace: 'ks',
  endpoint: US,
  fullRanges: [],
  transientRanges: [],
  tables: ['t'],
};

export const streamHeader = (tableId: string, entire = false): CassandraStreamHeader => ({
  sstableVersion: 'nb',
  formatName: 'big',
  estimatedKeys: 1n,
  sections: [{ lower: 0n, upper: 26n }],
  compression: undefined,
  sstableLevel: 0,
  serializationHeader: {
    minTimestamp: 1_442_880_000_001_000n,
    minLocalDeletionTime: 1_442_880_000n,
    minTtl: 0n,
    keyType: 'org.apache.cassandra.db.marshal.Int32Type',
    clusteringTypes: [],
    staticColumns: [],
    regularColumns: [],
  },
  tableId,
  entire: entire ? { manifest: [], firstKey: new Uint8Array(4) } : undefined,
});

/** A STREAM as the peer of the given role's session sends it. */
export const stream = (tableId: string, change: Partial<StreamMessageHeader> = {}): StreamFile => ({
  type: 'Stream',
  message: {
    tableId,
    sender: PEER,
    planId: PLAN,
    sendByFollower: true,
    sessionIndex: 0,
    sequenceNumber: 0,
    repairedAtMs: 0n,
    pendingRepair: undefined,
    ...change,
  },
  header: streamHeader(tableId),
});

const letter = (id: string): string => id.slice(0, 1).toUpperCase();

const wordsOf = (effect: SessionEffect): string => {
  switch (effect.type) {
    case 'Send':
      return effect.message.type === 'Received'
        ? `send Received ${letter(effect.message.tableId)}${effect.message.sequenceNumber}`
        : `send ${effect.message.type}`;
    case 'Emit':
      return effect.event.type === 'SessionStateChanged'
        ? `state ${effect.event.to}`
        : `event ${effect.event.type}`;
    case 'OpenFileConnection':
      return `open ${effect.connection}`;
    case 'SendFile':
      return `file ${effect.file} over ${effect.connection}`;
    case 'ReceiveFile':
      return `receive ${effect.incoming} from ${effect.connection}`;
    case 'CommitTable':
      return `commit ${letter(effect.tableId)}`;
    case 'ReleaseFile':
      return `release ${effect.file}`;
    case 'ArmTimer':
      return `arm ${effect.timer}`;
    case 'CancelTimer':
      return `cancel ${effect.timer}`;
    case 'CloseEverything':
      return effect.keep ? 'close' : 'close and undo';
    default:
      return effect.type;
  }
};

const isHousekeeping = (words: string): boolean => /notice|keep-alive/.test(words);

/** Inputs that stories use often. */
export const is = {
  start: { type: 'Start' },
  connected: { type: 'Connected', version: 12 },
  synAck: (...summaries: StreamSummary[]): SessionInput => ({
    type: 'Message',
    message: { type: 'PrepareSynAck', summaries },
  }),
  syn: (requests: (typeof request)[], ...summaries: StreamSummary[]): SessionInput => ({
    type: 'Message',
    message: { type: 'PrepareSyn', requests, summaries },
  }),
  ack: { type: 'Message', message: { type: 'PrepareAck' } },
  complete: { type: 'Message', message: { type: 'Complete' } },
  failed: { type: 'Message', message: { type: 'SessionFailed' } },
  keepAlive: { type: 'Message', message: { type: 'KeepAlive' } },
  received: (tableId: string, sequenceNumber: number): SessionInput => ({
    type: 'Message',
    message: { type: 'Received', tableId, sequenceNumber },
  }),
  opened: (connection: number): SessionInput => ({ type: 'FileConnectionOpened', connection }),
  handedOver: (file: number): SessionInput => ({ type: 'FileHandedOver', file }),
  sent: (file: number): SessionInput => ({ type: 'FileSent', file, bytes: 26n }),
  announced: (connection: number, file: StreamFile): SessionInput => ({
    type: 'FileAnnounced',
    connection,
    file,
  }),
  fileOpened: (incoming: number, summaryFiles = 1): SessionInput => ({
    type: 'FileOpened',
    incoming,
    name: `in-${incoming}`,
    summaryFiles,
    sizeBytes: 26n,
  }),
  fileReceived: (incoming: number): SessionInput => ({
    type: 'FileReceived',
    incoming,
    received: { name: `in-${incoming}`, bytes: 26n, checksums: {} },
  }),
  committed: (tableId: string): SessionInput => ({ type: 'TableCommitted', tableId, received: [] }),
  prepared: { type: 'IncomingPrepared' },
  fired: (timer: Extract<SessionInput, { type: 'TimerFired' }>['timer']): SessionInput => ({
    type: 'TimerFired',
    timer,
  }),
  ended: (connection: number): SessionInput => ({
    type: 'ConnectionEnded',
    connection,
    reason: 'the peer closed it',
  }),
  cancel: { type: 'Cancel', reason: 'tired' },
} satisfies Record<string, SessionInput | ((...args: never[]) => SessionInput)>;

/** One session through time. */
export class Story {
  session: Session;
  #effects: readonly SessionEffect[] = [];

  constructor(session: Session) {
    this.session = session;
  }

  /** Things happen, one after the other; the effects of all are kept for asks(). */
  when(...inputs: SessionInput[]): this {
    const effects: SessionEffect[] = [];
    for (const input of inputs) {
      const before = JSON.stringify(this.session, jsonable);
      const { state, effects: more } = step(this.session, input);
      assert.is(JSON.stringify(this.session, jsonable), before, 'step() changed its argument');
      this.session = state;
      effects.push(...more);
    }
    this.#effects = effects;
    return this;
  }

  /** What the last when() asked for, in order, without the timers of notices and keep-alives. */
  asks(...expected: string[]): this {
    const words = this.#effects.map(wordsOf).filter((text) => !isHousekeeping(text));
    assert.equal(words, expected);
    return this;
  }

  /** The same with every timer. */
  asksAll(...expected: string[]): this {
    assert.equal(this.#effects.map(wordsOf), expected);
    return this;
  }

  /** The effects themselves. */
  effects<T extends SessionEffect['type']>(type: T): Extract<SessionEffect, { type: T }>[] {
    return this.#effects.filter((effect) => effect.type === type) as Extract<
      SessionEffect,
      { type: T }
    >[];
  }

  /** The last when() ended the session this way, with every timer gone. */
  failed(code: StreamErrorType['code'], outcome?: Outcome): StreamErrorType {
    const { failure, timers } = this.session;
    assert.ok(failure !== undefined, 'the session did not fail');
    assert.is(failure.error.code, code);
    if (outcome !== undefined) assert.is(failure.outcome, outcome);
    assert.is(timers.size, 0);
    assert.is(this.effects('CloseEverything').length, 1);
    return failure.error;
  }
}

const jsonable = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Map || value instanceof Set) return [...value];
  return value;
};

type Work = {
  readonly files?: readonly Omit<OutgoingInfo, 'sequenceNumber'>[];
  readonly requests?: (typeof request)[];
  readonly identity?: Partial<SessionIdentity>;
  readonly settings?: Partial<SessionSettings>;
};

export const initiator = (work: Work = {}): Story =>
  new Story(
    createSession({
      identity: identity('initiator', work.identity),
      settings: settings(work.settings),
      files: numberFiles(work.files ?? []),
      requests: work.requests ?? [],
    }),
  );

export const follower = (work: Work = {}): Story =>
  new Story(
    createSession({
      identity: identity('follower', work.identity),
      settings: settings(work.settings),
    }),
  );

/** An initiator whose files may go. */
export const streaming = (work: Work): Story =>
  initiator(work).when(is.start, is.connected, is.synAck());

/** A STREAM as an initiator sends it to the follower under test. */
export const streamIn = (tableId: string, change: Partial<StreamMessageHeader> = {}): StreamFile =>
  stream(tableId, { sendByFollower: false, ...change });
