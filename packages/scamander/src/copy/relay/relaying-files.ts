// Control plane. Where the files of a source's session go: on to the replicas of one unit. The receiving port of the session; called by the copy of
// a unit. A replica that failed gets no further file of the unit, the others go on.
import type {
  FileError,
  IncomingFiles,
  IncomingSession,
  ReceivedFile,
  StreamEvent,
  StreamPlan,
} from '@scamander/session';
import type { Clock } from '@scamander/throttle';
import { endpointText, type StreamFile, type StreamSummary } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { mismatchText, schemaMismatches, type TargetTable } from '../../load/schema-check.ts';
import type { AttachedIndexes } from '../../target/target.ts';
import { failuresText, type RelayOutcome } from './outcome.ts';
import { planRelay, type RelayReplica } from './passage.ts';
import { Relay } from './relay.ts';
import type { RelayStall } from './stall-notice.ts';

/** What the files of one unit are handed on with. */
export interface RelayingInput {
  /** `keyspace.table` of the source, for names. */
  readonly sourceName: string;
  readonly sourceTableId: string;
  readonly partitionerClass: string;
  readonly tableId: string;
  /** Of the target; undefined for embedded nodes. */
  readonly schema: TargetTable | undefined;
  readonly indexes: AttachedIndexes;
  readonly entire: 'auto' | 'never';
  readonly replicas: readonly RelayReplica[];
  readonly newPlan: () => StreamPlan;
  readonly now: () => string;
  readonly emit: (event: StreamEvent) => void;
  readonly clock: Clock;
  /** A file stands still. */
  readonly stalled: (file: string, stall: RelayStall) => void;
}

const fileError = (code: string, file: string, message: string): FileError => ({
  code,
  file,
  message,
  retryable: false,
});

class RelayingSession implements IncomingSession {
  readonly #input: RelayingInput;
  readonly #outcomes: RelayOutcome[];
  readonly #failed: Set<RelayReplica>;
  readonly #relays = new Set<Relay>();

  constructor(input: RelayingInput, outcomes: RelayOutcome[], failed: Set<RelayReplica>) {
    this.#input = input;
    this.#outcomes = outcomes;
    this.#failed = failed;
  }

  async prepare({ tableId }: StreamSummary): Promise<Either<FileError, void>> {
    return tableId === this.#input.sourceTableId
      ? right(undefined)
      : left(
          fileError(
            'SCM_COPY_TABLE',
            tableId,
            'the source announces a table that was not asked for',
          ),
        );
  }

  async open({ message, header }: StreamFile): Promise<Either<FileError, Relay>> {
    const { sourceName, schema, partitionerClass } = this.#input;
    const { sstableVersion, formatName } = header;
    const name = `${endpointText(message.sender)} ${sourceName} ${sstableVersion}-${message.sequenceNumber}-${formatName}`;
    const mismatches =
      schema === undefined
        ? []
        : schemaMismatches(header.serializationHeader, partitionerClass, schema);
    if (mismatches.length > 0)
      return left(fileError('SCM_COPY_SCHEMA', name, mismatches.map(mismatchText).join('; ')));
    const replicas = this.#input.replicas.filter((replica) => !this.#failed.has(replica));
    if (replicas.length === 0)
      return left(fileError('SCM_COPY_NO_REPLICA', name, failuresText(this.#outcomes)));
    const planned = planRelay(header, { ...this.#input, replicas });
    if (isLeft(planned)) return left(fileError('SCM_COPY_VERSION', name, planned.left));
    for (const { replica, reason } of planned.right.impassable)
      this.#told(replica, {
        file: name,
        replica,
        mode: planned.right.mode,
        modeReason: undefined,
        status: 'skipped',
        reason,
        bytes: 0,
        planId: undefined,
        startedAt: undefined,
        finishedAt: undefined,
      });
    const relay: Relay = new Relay({
      name,
      header,
      planned: planned.right,
      newPlan: this.#input.newPlan,
      now: this.#input.now,
      emit: this.#input.emit,
      told: (outcome) => {
        const replica = replicas.find(({ node }) => node === outcome.replica.node);
        this.#told(replica ?? outcome.replica, outcome);
      },
      over: () => this.#relays.delete(relay),
      clock: this.#input.clock,
      stalled: (stall) => this.#input.stalled(name, stall),
    });
    this.#relays.add(relay);
    return right(relay);
  }

  #told(replica: RelayReplica, outcome: RelayOutcome): void {
    this.#outcomes.push(outcome);
    if (outcome.status !== 'acknowledged') this.#failed.add(replica);
  }

  /** Everything is applied already: each file was, before it counted as received. */
  async commitTable(): Promise<Either<FileError, readonly ReceivedFile[]>> {
    return right([]);
  }

  async abort(): Promise<void> {
    await Promise.all([...this.#relays].map((relay) => relay.abort()));
  }
}

/** The receiving port of one unit, and what it brought about. */
export class RelayingFiles implements IncomingFiles {
  readonly outcomes: RelayOutcome[] = [];
  /** Replicas that miss at least one file of the unit. */
  readonly failed = new Set<RelayReplica>();
  readonly #input: RelayingInput;

  constructor(input: RelayingInput) {
    this.#input = input;
  }

  begin(): IncomingSession {
    return new RelayingSession(this.#input, this.outcomes, this.failed);
  }
}
