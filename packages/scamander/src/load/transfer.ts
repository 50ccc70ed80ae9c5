// Control plane. Sends one table to its replicas with one StreamPlan and writes down what became of each SSTable at each of them.
// Called by load. Replicas are independent: one that fails does not stop the others.
import { rangeText, type TokenRange } from '@scamander/ring';
import {
  isSessionOver,
  type OutgoingFile,
  type SessionSnapshot,
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
import type { FrontDoorParts } from '../parts.ts';
import type { Delivery, DeliveryStatus } from '../receipt/receipt.ts';
import type { Target, TargetNode } from '../target/target.ts';
import type { LoadEvent } from './events.ts';

/** One SSTable for one replica, as planned. */
export interface Assignment {
  readonly node: TargetNode;
  readonly sstable: string;
  readonly mode: 'entire' | 'sections';
  readonly modeReason: string | undefined;
  /** What the replica gets of it, normalized. */
  readonly ranges: readonly TokenRange[];
  /** One for an entire SSTable, one for each piece otherwise. */
  readonly files: readonly OutgoingFile[];
}

/** What a transfer needs. */
export interface TransferInput {
  readonly keyspace: string;
  readonly table: string;
  readonly assignments: readonly Assignment[];
  readonly target: Pick<Target, 'partitioner' | 'nodes' | 'localDc'>;
  readonly transport: Transport;
  readonly announce: Endpoint;
  readonly throttle: OutboundThrottle;
  readonly connections: number;
  readonly silenceTimeoutMs: number;
  readonly versions: { readonly min: StreamingVersion; readonly max: StreamingVersion };
  readonly signal: AbortSignal;
  readonly emit: (event: LoadEvent) => void;
}

/** What became of it. */
export interface TransferResult {
  readonly planId: string;
  readonly deliveries: readonly Delivery[];
}

type Times = { startedAt: string | undefined; finishedAt: string | undefined; bytes: bigint };

const key = (peer: Endpoint, file: string): string => `${endpointText(peer)} ${file}`;

class Ledger {
  readonly #times = new Map<string, Times>();
  readonly #now: () => string;

  constructor(unixMs: () => number) {
    this.#now = () => new Date(unixMs()).toISOString();
  }

  of(peer: Endpoint, file: string): Times {
    const found = this.#times.get(key(peer, file));
    if (found !== undefined) return found;
    const fresh: Times = { startedAt: undefined, finishedAt: undefined, bytes: 0n };
    this.#times.set(key(peer, file), fresh);
    return fresh;
  }

  see(event: StreamEvent): void {
    if (event.type === 'FileStarted') {
      this.of(event.session.peer, event.file).startedAt ??= this.#now();
    } else if (event.type === 'FileSent') {
      this.of(event.session.peer, event.file).bytes += event.bytes;
    } else if (event.type === 'FileAcknowledged') {
      this.of(event.session.peer, event.file).finishedAt = this.#now();
    }
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

const timeouts = (silenceMs: number) => ({
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

/** Runs the plan of one table to its end. Never rejects: failures are deliveries. */
export const transferTable = async (
  input: TransferInput,
  parts: FrontDoorParts,
): Promise<TransferResult> => {
  const plan = new StreamPlan(
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
      timeouts: timeouts(input.silenceTimeoutMs),
      versions: input.versions,
    },
  );
  const byReplica = new Map<string, { peer: Endpoint; files: OutgoingFile[] }>();
  for (const { node, files } of input.assignments) {
    const entry = byReplica.get(endpointText(node.endpoint)) ?? { peer: node.endpoint, files: [] };
    entry.files.push(...files);
    byReplica.set(endpointText(node.endpoint), entry);
  }
  for (const { peer, files } of byReplica.values()) plan.transferFiles(peer, files);
  const ledger = new Ledger(parts.unixMs);
  const result = plan.execute({ signal: input.signal });
  const subscription = result.events$.subscribe((event) => {
    ledger.see(event);
    input.emit(event);
  });
  const state = await result.settled();
  subscription.unsubscribe();
  const deliveries = input.assignments.map((assignment): Delivery => {
    const { endpoint } = assignment.node;
    const session = state.sessions.find(({ peer }) => sameEndpoint(peer, endpoint));
    const { status, reason } = statusOf(session);
    const name = assignment.files[0]?.name ?? assignment.sstable;
    const times = ledger.of(endpoint, name);
    return {
      sstable: assignment.sstable,
      keyspace: input.keyspace,
      table: input.table,
      replica: endpointText(endpoint),
      mode: assignment.mode,
      modeReason: assignment.modeReason,
      status,
      ranges: assignment.ranges.map((range) => rangeText(input.target.partitioner, range)),
      bytes: Number(times.bytes),
      protocolVersion: session?.version,
      planId: plan.planId,
      earlierRun: undefined,
      startedAt: times.startedAt,
      finishedAt: times.finishedAt,
      reason,
    };
  });
  return { planId: plan.planId, deliveries };
};
