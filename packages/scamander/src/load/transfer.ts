// Control plane. Sends SSTables to one replica in one session and writes down what became of each of them. Called by lanes; decides nothing
// about trying again.
import type { TokenRange } from '@scamander/ring';
import {
  isSessionOver,
  type OutgoingFile,
  type SessionSnapshot,
  type StreamErrorType,
  type StreamEvent,
  StreamOperation,
  StreamPlan,
  streamErrorMessage,
} from '@scamander/session';
import type { OutboundThrottle } from '@scamander/throttle';
import type { Transport } from '@scamander/transport';
import {
  type Endpoint,
  endpointText,
  type StreamingVersion,
  sameEndpoint,
} from '@scamander/wire-codec';
import { rangeTexts } from '../jobs/ranges.ts';
import type { FrontDoorParts } from '../parts.ts';
import type { Delivery, DeliveryStatus } from '../receipt/receipt.ts';
import type { Target, TargetNode } from '../target/target.ts';
import type { SourceSSTable } from './sources.ts';

/** An SSTable, or a part of one, that is ready to be sent. */
export interface Sendable {
  readonly sstable: string;
  readonly mode: 'entire' | 'sections';
  readonly modeReason: string | undefined;
  /** What the replica gets of it, normalized. */
  readonly ranges: readonly TokenRange[];
  /** One for an entire SSTable, one for each piece otherwise; they may be sent again. */
  readonly files: readonly OutgoingFile[];
}

/** One SSTable for one replica, as planned. */
export interface Assignment extends Sendable {
  readonly node: TargetNode;
  readonly source: SourceSSTable;
}

/** What a transfer needs. */
export interface TransferInput {
  readonly keyspace: string;
  readonly table: string;
  readonly peer: Endpoint;
  readonly assignments: readonly Sendable[];
  readonly target: Pick<Target, 'partitioner' | 'nodes' | 'localDc'>;
  readonly transport: Transport;
  readonly announce: Endpoint;
  readonly throttle: OutboundThrottle;
  readonly connections: number;
  readonly silenceTimeoutMs: number;
  readonly versions: { readonly min: StreamingVersion; readonly max: StreamingVersion };
  readonly signal: AbortSignal;
  readonly emit: (event: StreamEvent) => void;
}

/** What became of it. */
export interface TransferResult {
  readonly planId: string;
  /** In the order of the assignments. */
  readonly deliveries: readonly Delivery[];
  /** Why the session did not complete; undefined where everything is acknowledged. */
  readonly error: StreamErrorType | undefined;
}

type Times = { startedAt: string | undefined; finishedAt: string | undefined; bytes: bigint };

class FileTimes {
  readonly #times = new Map<string, Times>();
  readonly #now: () => string;

  constructor(unixMs: () => number) {
    this.#now = () => new Date(unixMs()).toISOString();
  }

  of(file: string): Times {
    const found = this.#times.get(file);
    if (found !== undefined) return found;
    const fresh: Times = { startedAt: undefined, finishedAt: undefined, bytes: 0n };
    this.#times.set(file, fresh);
    return fresh;
  }

  see(event: StreamEvent): void {
    if (event.type === 'FileStarted') this.of(event.file).startedAt ??= this.#now();
    else if (event.type === 'FileSent') this.of(event.file).bytes += event.bytes;
    else if (event.type === 'FileAcknowledged') this.of(event.file).finishedAt = this.#now();
  }
}

const statusOf = (
  session: SessionSnapshot | undefined,
): { status: DeliveryStatus; reason: string | undefined } => {
  if (session === undefined) return { status: 'failed', reason: 'no session was opened' };
  if (session.state === 'COMPLETE') return { status: 'acknowledged', reason: undefined };
  const reason =
    session.error === undefined
      ? `the session ended in state ${session.state}`
      : streamErrorMessage(session.error);
  if (!isSessionOver(session)) return { status: 'unknown', reason };
  return {
    status:
      session.outcome === 'unknown'
        ? 'unknown'
        : session.outcome === 'applied'
          ? 'acknowledged'
          : 'failed',
    reason,
  };
};

/** Waits of a session, from the one number that users give. */
export const sessionWaits = (silenceMs: number) => ({
  connectMs: Math.min(silenceMs, 5000),
  handshakeMs: silenceMs,
  prepareSynMs: silenceMs,
  // The node may flush first, and applies data, builds indexes and views at the end.
  prepareSynAckMs: silenceMs * 5,
  prepareAckMs: silenceMs * 2,
  receivedMs: silenceMs * 10,
  completeMs: silenceMs * 60,
  messageMs: silenceMs,
  fileStallMs: silenceMs * 3,
});

const planOf = (input: TransferInput, parts: FrontDoorParts): StreamPlan =>
  new StreamPlan(
    StreamOperation.BULK_LOAD,
    {
      transport: input.transport,
      clock: parts.clock,
      throttle: input.throttle,
      partitioner: input.target.partitioner,
      localEndpoint: input.announce,
      random: parts.random,
      unixMs: parts.unixMs,
      interDc: (peer) =>
        input.target.nodes.find(({ endpoint }) => sameEndpoint(endpoint, peer))?.dc !==
        input.target.localDc,
    },
    {
      fileConnectionsPerSession: input.connections,
      timeouts: sessionWaits(input.silenceTimeoutMs),
      versions: input.versions,
    },
  );

const deliveryOf = (
  assignment: Sendable,
  session: SessionSnapshot | undefined,
  planId: string,
  times: FileTimes,
  input: TransferInput,
): Delivery => {
  const { startedAt, finishedAt, bytes } = times.of(
    assignment.files[0]?.name ?? assignment.sstable,
  );
  return {
    sstable: assignment.sstable,
    keyspace: input.keyspace,
    table: input.table,
    replica: endpointText(input.peer),
    mode: assignment.mode,
    modeReason: assignment.modeReason,
    ...statusOf(session),
    ranges: rangeTexts(input.target.partitioner, assignment.ranges),
    bytes: Number(bytes),
    protocolVersion: session?.version,
    planId,
    earlierRun: undefined,
    startedAt,
    finishedAt,
  };
};

/** Runs one session to its end. Never rejects: failures are deliveries. */
export const transfer = async (
  input: TransferInput,
  parts: FrontDoorParts,
): Promise<TransferResult> => {
  const plan = planOf(input, parts);
  plan.transferFiles(
    input.peer,
    input.assignments.flatMap(({ files }) => files),
  );
  const times = new FileTimes(parts.unixMs);
  const result = plan.execute({ signal: input.signal });
  const subscription = result.events$.subscribe((event) => {
    times.see(event);
    input.emit(event);
  });
  const { sessions } = await result.settled();
  subscription.unsubscribe();
  const [session] = sessions;
  const { planId } = plan;
  return {
    planId,
    deliveries: input.assignments.map((assignment) =>
      deliveryOf(assignment, session, planId, times, input),
    ),
    error: statusOf(session).status === 'acknowledged' ? undefined : session?.error,
  };
};
