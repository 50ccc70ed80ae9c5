// Control plane. What to stream to and from whom, and its execution as sessions (Cassandra: StreamPlan, StreamCoordinator). Called by users
// and by the front door. Knows files only through the ports.
import {
  type Endpoint,
  endpointText,
  type PreviewKind,
  STREAMING_VERSIONS,
  type StreamRequest,
  type UuidText,
  type VersionRange,
} from '@scamander/wire-codec';
import { Observable, Subject } from 'rxjs';
import type { StreamEvent } from './events.ts';
import { FILE_CONNECTIONS_MAX, FILES_PER_SESSION_MAX, SESSIONS_PER_PEER_MAX } from './limits.ts';
import type { StreamParts } from './parts.ts';
import { newPlanId } from './plan-id.ts';
import type { OutgoingFile } from './ports.ts';
import { SessionRuntime } from './runtime/session-runtime.ts';
import { startSessions } from './runtime/session-starter.ts';
import { buckets, SessionRotation } from './slices.ts';
import { StreamResult } from './stream-result.ts';
import { KEEP_ALIVE_PERIOD_MS, SESSION_TIMEOUTS, type SessionTimeouts } from './timeouts.ts';

/** Options of a plan. */
export interface StreamPlanOptions {
  /** Sessions with each peer; files are spread over them in slices (connectionsPerHost, spec: planning §16). @default 1 */
  readonly sessionsPerPeer?: number;
  /** File connections each session may open; files travel side by side over them. @default 2 */
  readonly fileConnectionsPerSession?: number;
  /** Starts a session when the one before is prepared or over, instead of all at once. @default false */
  readonly sequential?: boolean;
  /** Overrides of {@link SESSION_TIMEOUTS}. */
  readonly timeouts?: Partial<SessionTimeouts>;
  /** 0 = no KEEP_ALIVE. @default 300000 */
  readonly keepAlivePeriodMs?: number;
  /** Versions to offer. @default 12 to 14 */
  readonly versions?: VersionRange;
  /** Counts what would move, and moves nothing (spec §6.9). @default 'NONE' */
  readonly preview?: PreviewKind;
  /** Only for repairs: a version-1 UUID. */
  readonly pendingRepair?: UuidText;
  /** Where to dial a peer; its name in messages stays what it is. @default the peer's own address */
  readonly addressMap?: (peer: Endpoint) => Endpoint;
}

type Planned = { readonly files: OutgoingFile[]; readonly requests: StreamRequest[] };
type PlannedPeer = {
  readonly peer: Endpoint;
  readonly rotation: SessionRotation;
  readonly sessions: Planned[];
};

const bounded = (name: string, value: number, max: number): number => {
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} is ${value}, it must be between 1 and ${max}`);
  return value;
};

/**
 * Collects files and requests per peer, then streams them. A plan runs once. The files belong to the plan from execute() on and are
 * released by it; a plan that is never executed releases nothing.
 */
export class StreamPlan {
  readonly planId: UuidText;
  readonly operation: string;
  readonly #parts: StreamParts;
  readonly #options: StreamPlanOptions;
  readonly #sessionsPerPeer: number;
  readonly #fileConnectionsMax: number;
  readonly #peers = new Map<string, PlannedPeer>();
  #executed = false;

  /** Throws a RangeError when an option is outside its limits. */
  constructor(operation: string, parts: StreamParts, options: StreamPlanOptions = {}) {
    this.operation = operation;
    this.planId = newPlanId(parts.unixMs(), parts.random);
    this.#parts = parts;
    this.#options = options;
    this.#sessionsPerPeer = bounded(
      'sessionsPerPeer',
      options.sessionsPerPeer ?? 1,
      SESSIONS_PER_PEER_MAX,
    );
    this.#fileConnectionsMax = bounded(
      'fileConnectionsPerSession',
      options.fileConnectionsPerSession ?? 2,
      FILE_CONNECTIONS_MAX,
    );
  }

  /** Sends the files to the peer. Several calls add up. Throws a RangeError above FILES_PER_SESSION_MAX files in a session. */
  transferFiles(peer: Endpoint, files: readonly OutgoingFile[]): this {
    for (const bucket of buckets(files, this.#sessionsPerPeer)) {
      const session = this.#nextSession(peer);
      if (session.files.length + bucket.length > FILES_PER_SESSION_MAX)
        throw new RangeError(`more than ${FILES_PER_SESSION_MAX} files for ${endpointText(peer)}`);
      for (const file of bucket) session.files.push(file);
    }
    return this;
  }

  /** Asks the peer for ranges; it dials back to `localEndpoint`, where a StreamManager with the same registry must accept. */
  requestRanges(peer: Endpoint, requests: readonly StreamRequest[]): this {
    for (const request of requests) this.#nextSession(peer).requests.push(request);
    return this;
  }

  /** Starts everything. Throws when the plan was executed before. */
  execute(options: { readonly signal?: AbortSignal } = {}): StreamResult {
    if (this.#executed) throw new Error(`plan ${this.planId} was executed before`);
    this.#executed = true;
    const events = new Subject<StreamEvent>();
    const sessions = this.#sessions(events);
    const over = startSessions(sessions, this.#options.sequential ?? false, options.signal);
    return new StreamResult(this, sessions, events, over);
  }

  /** Cold: subscribing executes, unsubscribing cancels. Completes with the plan, errors with its StreamError. */
  run(): Observable<StreamEvent> {
    return new Observable<StreamEvent>((subscriber) => {
      const result = this.execute();
      const news = result.events$.subscribe((event) => subscriber.next(event));
      result.then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => {
        news.unsubscribe();
        result.cancel('unsubscribed');
      };
    });
  }

  #nextSession(peer: Endpoint): Planned {
    if (this.#executed) throw new Error(`plan ${this.planId} is under way`);
    const key = endpointText(peer);
    const planned = this.#peers.get(key) ?? {
      peer,
      rotation: new SessionRotation(this.#sessionsPerPeer),
      sessions: [],
    };
    this.#peers.set(key, planned);
    const index = planned.rotation.next();
    const session = planned.sessions[index] ?? { files: [], requests: [] };
    planned.sessions[index] = session;
    return session;
  }

  #sessions(events: Subject<StreamEvent>): SessionRuntime[] {
    const sessions: SessionRuntime[] = [];
    for (const { peer, sessions: planned } of this.#peers.values())
      for (const [index, work] of planned.entries())
        sessions.push(this.#session(peer, index, work, events));
    return sessions;
  }

  #session(
    peer: Endpoint,
    sessionIndex: number,
    { files, requests }: Planned,
    events: Subject<StreamEvent>,
  ): SessionRuntime {
    const { sessions: registry } = this.#parts;
    const previewKind = this.#options.preview ?? 'NONE';
    const session = new SessionRuntime(this.#parts, {
      identity: {
        role: 'initiator',
        planId: this.planId,
        sessionIndex,
        peer,
        local: this.#parts.localEndpoint,
        operation: this.operation,
        pendingRepair: this.#options.pendingRepair,
        previewKind,
      },
      settings: {
        timeouts: { ...SESSION_TIMEOUTS, ...this.#options.timeouts },
        keepAlivePeriodMs: this.#options.keepAlivePeriodMs ?? KEEP_ALIVE_PERIOD_MS,
        fileConnectionsMax: this.#fileConnectionsMax,
        canReceive: this.#parts.incoming !== undefined,
      },
      versions: this.#options.versions ?? STREAMING_VERSIONS,
      addressMap: this.#options.addressMap ?? ((endpoint) => endpoint),
      news: {
        emit: (event) => {
          events.next(event);
          registry?.emit(event);
        },
        get chunksWanted() {
          return events.observed || (registry?.observed ?? false);
        },
      },
      files,
      requests,
      refusal:
        requests.length > 0 && previewKind === 'NONE' && registry === undefined
          ? 'nothing accepts the files it would send: a plan with requests needs `sessions`'
          : undefined,
    });
    registry?.add(session);
    return session;
  }
}
