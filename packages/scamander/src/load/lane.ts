// Control plane. One replica's part of a plan: session after session until it has acknowledged everything, or is given up. Lanes are
// independent: one that waits for its next try does not stop the others. Called by load-table.
import { join } from 'node:path';
import { streamErrorMessage } from '@scamander/session';
import { endpointText } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import { rangeTexts } from '../jobs/ranges.ts';
import { SESSION_BYTES } from '../limits.ts';
import type { Delivery } from '../receipt/receipt.ts';
import { isRetryable, mayAnswerLater } from '../retry/retryable.ts';
import type { ResolvedTable, TargetNode } from '../target/target.ts';
import type { ReplicaId } from './acknowledged.ts';
import { heldBack } from './clearance.ts';
import type { LoadContext } from './load-context.ts';
import { nextTry } from './retrier.ts';
import type { Round } from './round.ts';
import { sessionBatch } from './session-batch.ts';
import { StallWatch } from './stall-watch.ts';
import { type Assignment, type TransferResult, transfer } from './transfer.ts';

/** What a replica is to get. */
export interface LaneInput {
  readonly table: ResolvedTable;
  readonly node: TargetNode;
  readonly id: ReplicaId;
  readonly assignments: readonly Assignment[];
}

/** What became of it. */
export interface LaneResult {
  readonly planIds: readonly string[];
  /** Acknowledged, and durable in the ledger where one is kept. */
  readonly done: readonly { readonly assignment: Assignment; readonly delivery: Delivery }[];
  /** Everything else, but for SSTables that turned out bad. */
  readonly left: readonly Delivery[];
}

const UNSENT = {
  status: 'failed',
  bytes: 0,
  protocolVersion: undefined,
  planId: undefined,
  startedAt: undefined,
  finishedAt: undefined,
} as const;

const isFileOf = ({ source }: Assignment, file: string): boolean => {
  const { directory, prefix } = source.files.descriptor;
  return file.startsWith(join(directory, prefix));
};

class Lane {
  readonly #input: LaneInput;
  readonly #round: Round;
  readonly #context: LoadContext;
  readonly #stalls: StallWatch;
  readonly #planIds: string[] = [];
  readonly #done: { assignment: Assignment; delivery: Delivery }[] = [];
  readonly #left: Delivery[] = [];

  constructor(input: LaneInput, round: Round, context: LoadContext) {
    this.#input = input;
    this.#round = round;
    this.#context = context;
    this.#stalls = new StallWatch({ ...context, peer: input.node.endpoint });
  }

  async run(): Promise<LaneResult> {
    let waiting = this.#input.assignments;
    while (waiting.length > 0) {
      if (this.#round.over.aborted) {
        this.#leave(waiting, 'it was not sent: the load was given up before');
        break;
      }
      waiting = await this.#session(waiting);
    }
    return { planIds: this.#planIds, done: this.#done, left: this.#left };
  }

  /** Sends the first of them; says what is still to be sent then. */
  async #session(waiting: readonly Assignment[]): Promise<readonly Assignment[]> {
    const batch = sessionBatch(waiting, this.#context.options.sessionBytes ?? SESSION_BYTES);
    const rest = waiting.slice(batch.length);
    const sent = await this.#send(batch);
    this.#planIds.push(sent.planId);
    if (sent.deliveries.every(({ status }) => status === 'acknowledged')) {
      this.#context.tries.succeeded(this.#input.id.replica);
      await this.#acknowledge(batch, sent);
      return rest;
    }
    const good = await this.#withoutBad(batch, sent);
    if (good.length < batch.length) return [...good, ...rest];
    const { error } = sent;
    const reason =
      error === undefined ? (sent.deliveries[0]?.reason ?? '') : streamErrorMessage(error);
    const next = await nextTry(
      {
        node: this.#input.node,
        table: `${this.#input.table.keyspace}.${this.#input.table.table}`,
        reason,
        isRetryable: error !== undefined && isRetryable(error),
      },
      this.#round,
      this.#context,
    );
    if (next === 'again') return waiting;
    return this.#giveUp(
      batch,
      rest,
      sent,
      next === 'over' ? reason : next.givenUp,
      next === 'over',
    );
  }

  /** What is still worth a session when this one is not tried again: without the files that can't be read, and past what the node refuses. */
  #giveUp(
    batch: readonly Assignment[],
    rest: readonly Assignment[],
    { error, deliveries }: TransferResult,
    reason: string,
    isOver: boolean,
  ): readonly Assignment[] {
    const unreadable = (assignment: Assignment): boolean =>
      error?.code === 'SCM_STREAM_FILE' && isFileOf(assignment, error.file);
    const readable = batch.filter((assignment) => !unreadable(assignment));
    const goesOn = !isOver && readable.length < batch.length;
    for (const [index, assignment] of batch.entries()) {
      const delivery = deliveries[index];
      if (delivery !== undefined && !(goesOn && readable.includes(assignment)))
        this.#left.push({ ...delivery, reason });
    }
    if (goesOn) return [...readable, ...rest];
    if (!isOver && error?.code === 'SCM_STREAM_PEER_FAILED') return rest;
    this.#leave(rest, `it was not sent: ${reason}`);
    return [];
  }

  async #send(batch: readonly Assignment[]): Promise<TransferResult> {
    const { table, node } = this.#input;
    const { parts, transferParts, target, signal, emit } = this.#context;
    const stalls = this.#stalls;
    stalls.begin(batch);
    try {
      return await this.#round.session(node.endpoint, (own) =>
        transfer(
          {
            ...transferParts,
            keyspace: table.keyspace,
            table: table.table,
            peer: node.endpoint,
            assignments: heldBack(batch),
            target,
            signal: AbortSignal.any([signal, own]),
            emit: (event) => {
              stalls.see(event);
              emit(event);
            },
          },
          parts,
        ),
      );
    } finally {
      stalls.end();
    }
  }

  /** Counts nothing that would be forgotten if the process ended now. */
  async #acknowledge(batch: readonly Assignment[], sent: TransferResult): Promise<void> {
    await Promise.all(
      sent.deliveries.map(async (delivery, index) => {
        const assignment = batch[index];
        if (assignment === undefined) return;
        const problem = await this.#remember(assignment, delivery);
        if (problem === undefined) this.#done.push({ assignment, delivery });
        else
          this.#left.push({
            ...delivery,
            status: 'unknown',
            reason: `the node acknowledged it, but that can’t be remembered: ${problem}`,
          });
      }),
    );
  }

  async #remember(
    { source, sstable, ranges }: Assignment,
    { bytes }: Delivery,
  ): Promise<string | undefined> {
    const { ledger, acknowledged, target, parts, halt } = this.#context;
    const { table, id } = this.#input;
    const { keyspace, table: name, tableId } = table;
    const { content } = source;
    const planId = this.#planIds.at(-1) ?? '';
    const words = rangeTexts(target.partitioner, ranges);
    const names = { keyspace, table: name, tableId };
    const written = await ledger?.append({
      ...{ type: 'acknowledged', ...names, ...id, content, sstable, ranges: words, bytes, planId },
    });
    if (written !== undefined && isLeft(written)) {
      halt(written.left);
      return written.left.message;
    }
    const at = new Date(parts.unixMs()).toISOString();
    acknowledged.add({ tableId, content }, id, { run: ledger?.run ?? 1, planId, at, ranges });
    return undefined;
  }

  /** Without SSTables that turned out bad while they were on their way. None of them was applied: its last bytes never left. */
  async #withoutBad(
    batch: readonly Assignment[],
    { error }: TransferResult,
  ): Promise<readonly Assignment[]> {
    if (error?.code !== 'SCM_STREAM_FILE' || this.#context.signal.aborted) return batch;
    const isKnownBad = ({ source }: Assignment): boolean =>
      source.digest?.known?.error !== undefined;
    if (!batch.some(isKnownBad)) return batch;
    // All of them, so that the others are sent again once and no more.
    await Promise.allSettled(batch.flatMap(({ source }) => source.digest?.verdict ?? []));
    const good = batch.filter((assignment) => !isKnownBad(assignment));
    if (good.length > 0 && !this.#round.over.aborted)
      this.#context.emit({
        type: 'Warning',
        message: `an SSTable turned out bad while it was being sent, and was not completed; the others are sent again to ${this.#input.id.replica}`,
      });
    return good;
  }

  #leave(assignments: readonly Assignment[], reason: string): void {
    const { table, id } = this.#input;
    const { partitioner } = this.#context.target;
    for (const { sstable, mode, modeReason, ranges } of assignments)
      this.#left.push({
        ...{ sstable, keyspace: table.keyspace, table: table.table, replica: id.replica },
        ...{ mode, modeReason, ...UNSENT, earlierRun: undefined, reason },
        ranges: rangeTexts(partitioner, ranges),
      });
  }
}

/** Never rejects for what a node, a network or a disk does. */
export const runLane = (
  input: LaneInput,
  round: Round,
  context: LoadContext,
): Promise<LaneResult> => new Lane(input, round, context).run();

/** Waits for a replica that did not answer when the table was planned; one that is up again wants another plan. */
export const waitForReplica = async (
  node: TargetNode,
  table: string,
  round: Round,
  context: LoadContext,
): Promise<void> => {
  const error = context.probes.of(node)?.error;
  if (
    error === undefined ||
    context.tries.made(endpointText(node.endpoint)) >= context.retry.attempts
  )
    return;
  await nextTry(
    { node, table, reason: error.message, isRetryable: mayAnswerLater(error) },
    round,
    context,
  );
};
