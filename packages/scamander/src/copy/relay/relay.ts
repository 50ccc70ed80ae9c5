// Control plane around the data plane. One file of the source on its way to several replicas: a session with each of them, fed while the file is
// read. Made by the receiving end of the source's session. Knows nothing of rings and tables; leaves nothing on a disk.
import type {
  FileError,
  IncomingFile,
  ReceivedFile,
  StreamEvent,
  StreamPlan,
  StreamResult,
  StreamState,
} from '@scamander/session';
import type { Clock } from '@scamander/throttle';
import {
  type Connection,
  type FileChunk,
  type PayloadPull,
  receivePulled,
  type TransferContext,
} from '@scamander/transport';
import {
  type CassandraStreamHeader,
  endpointText,
  sameEndpoint,
  summaryFiles,
  transferSize,
} from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { failuresText, type RelayOutcome, sessionVerdict } from './outcome.ts';
import type { PlannedRelay, RelayReplica } from './passage.ts';
import type { Outlet } from './pipes.ts';
import { RelayError } from './relay-error.ts';
import { replicaFile } from './replica-file.ts';
import { type RelayStall, StallNotice } from './stall-notice.ts';
import { Tee, type TeeBranch } from './tee.ts';

/** What a relay needs. */
export interface RelayInput {
  readonly name: string;
  /** As the source sent it. */
  readonly header: CassandraStreamHeader;
  readonly planned: PlannedRelay;
  /** A plan to the replicas, empty. */
  readonly newPlan: () => StreamPlan;
  readonly now: () => string;
  readonly emit: (event: StreamEvent) => void;
  /** Called once for each replica, when its session is over. */
  readonly told: (outcome: RelayOutcome) => void;
  /** Called once at the end. */
  readonly over: () => void;
  readonly clock: Clock;
  /** Called now and then while nothing moves. */
  readonly stalled: (stall: RelayStall) => void;
}

/** See the head of this file. */
export class Relay implements IncomingFile {
  readonly name: string;
  readonly summaryFiles: number;
  readonly transferSizeBytes: bigint;
  readonly #input: RelayInput;
  readonly #tee = new Tee();
  readonly #names = new Map<TeeBranch, string>();
  #result: StreamResult | undefined;
  #outcomes: Promise<readonly RelayOutcome[]> | undefined;

  constructor(input: RelayInput) {
    this.name = input.name;
    this.summaryFiles = summaryFiles(input.header);
    this.transferSizeBytes = transferSize(input.header);
    this.#input = input;
  }

  receive(connection: Connection, context: TransferContext): Observable<FileChunk> {
    const describe = (offsetBytes: number) => ({
      file: this.name,
      component: 'payload',
      offsetBytes,
    });
    return receivePulled(connection, (payload) => this.#run(payload), { ...context, describe });
  }

  /** Resolves when every replica that is left has applied the file: only then the source hears that it was received. */
  async finish(): Promise<Either<FileError, ReceivedFile>> {
    const outcomes = (await this.#outcomes) ?? [];
    return outcomes.some(({ status }) => status === 'acknowledged')
      ? right({ name: this.name, bytes: this.transferSizeBytes, checksums: {} })
      : left({
          code: 'SCM_COPY_NO_REPLICA',
          file: this.name,
          message: failuresText(outcomes),
          retryable: true,
        });
  }

  async abort(): Promise<void> {
    this.#giveUp('the source’s session is over');
    await this.#outcomes;
  }

  async #run(payload: PayloadPull): Promise<void> {
    const notice = new StallNotice(
      this.#input.clock,
      () => this.#tee.holding.map((branch) => this.#names.get(branch) ?? ''),
      this.#input.stalled,
    );
    try {
      await this.#input.planned.pipe(payload, (header) => {
        const outlet = this.#open(header);
        return {
          push: async (bytes, countedBytes) => {
            notice.moved();
            await outlet.push(bytes, countedBytes);
            notice.moved();
          },
        };
      });
      await this.#tee.end();
    } catch (error) {
      const isEmpty = error instanceof RelayError && error.code === 'SCM_COPY_NO_REPLICA';
      this.#giveUp(error instanceof Error ? error.message : String(error));
      const outcomes = (await this.#outcomes) ?? [];
      throw isEmpty ? new RelayError('SCM_COPY_NO_REPLICA', failuresText(outcomes)) : error;
    } finally {
      notice.end();
    }
  }

  #open(header: CassandraStreamHeader): Outlet {
    const { planned, newPlan, emit, now } = this.#input;
    const plan = newPlan();
    for (const { node } of planned.replicas) {
      const branch = this.#tee.branch();
      this.#names.set(branch, endpointText(node.endpoint));
      plan.transferFiles(node.endpoint, [replicaFile(this.name, header, branch)]);
    }
    const startedAt = now();
    const result = plan.execute();
    this.#result = result;
    const subscription = result.events$.subscribe(emit);
    this.#outcomes = result.settled().then((state) => {
      subscription.unsubscribe();
      const outcomes = planned.replicas.map((replica) => this.#outcome(replica, state, startedAt));
      for (const outcome of outcomes) this.#input.told(outcome);
      this.#input.over();
      return outcomes;
    });
    return this.#tee;
  }

  #outcome(replica: RelayReplica, state: StreamState, startedAt: string): RelayOutcome {
    const { planned, now } = this.#input;
    const session = state.sessions.find(({ peer }) => sameEndpoint(peer, replica.node.endpoint));
    return {
      file: this.name,
      replica: { node: replica.node, version: session?.version ?? replica.version },
      mode: planned.mode,
      modeReason: planned.modeReason,
      ...sessionVerdict(session),
      bytes: Number(session?.bytesSent ?? 0n),
      planId: state.planId,
      startedAt,
      finishedAt: now(),
    };
  }

  #giveUp(reason: string): void {
    this.#result?.cancel(reason);
    this.#tee.fail(new RelayError('SCM_COPY_GIVEN_UP', reason));
  }
}
