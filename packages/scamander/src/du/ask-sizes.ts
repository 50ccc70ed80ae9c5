// Control plane. One preview session with one node, tried again as the policy says. Called by du for each batch of units. Moves no data; the node
// flushes the memtables of the tables first.
import { type StreamErrorType, streamErrorMessage } from '@scamander/session';
import { endpointText, type StreamSummary } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { JobNews } from '../jobs/news.ts';
import { isRetryable } from '../load/retryable.ts';
import type { FrontDoorParts } from '../parts.ts';
import type { Unit } from '../pull/plan/units.ts';
import { previewAll } from '../pull/source/preview.ts';
import type { Source } from '../pull/source/source.ts';
import { tableName } from '../pull/tables.ts';
import { DEFAULT_RETRY, delayBefore, pause } from '../retry/policy.ts';
import { announcedEndpoint } from '../target/announced-endpoint.ts';
import type { Probe } from '../target/probe.ts';

/** What asking needs. */
export interface AskSizesInput {
  readonly source: Source;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly signal: AbortSignal;
  readonly emit: (event: JobNews) => void;
}

/** A unit and what the node would send of it. */
export interface SizedUnit extends Unit {
  readonly bytes: number;
  readonly files: number;
}

const sizedOf = (unit: Unit, summaries: readonly StreamSummary[]): SizedUnit => {
  const summary = summaries.find(({ tableId }) => tableId === unit.table.resolved.tableId);
  return {
    ...unit,
    bytes: Number(summary?.totalSizeBytes ?? 0n),
    files: summary?.files ?? 0,
  };
};

const askOnce = (
  batch: readonly Unit[],
  first: Unit,
  { source, probes, signal }: AskSizesInput,
  parts: FrontDoorParts,
): Promise<Either<StreamErrorType, readonly StreamSummary[]>> => {
  const { node } = first;
  const { target, options } = source;
  const hosts = [...probes.values()].flatMap(({ localHost }) => localHost ?? []);
  const seen = probes.get(endpointText(node.endpoint))?.localHost ?? hosts[0] ?? '127.0.0.1';
  // Nobody dials it: a preview sends no file.
  const from = announcedEndpoint(options.announce?.host ?? seen, target.nodes);
  const asked = batch.map(({ table, ranges }) => ({
    keyspace: table.resolved.keyspace,
    tables: [table.resolved.table],
    ranges,
  }));
  return previewAll(source, { node, from, asked, signal }, parts);
};

/** The units, all of one node and each of another table, with their sizes. Left: why the node did not tell, after all tries. */
export const askSizes = async (
  batch: readonly Unit[],
  input: AskSizesInput,
  parts: FrontDoorParts,
): Promise<Either<string, readonly SizedUnit[]>> => {
  const [first] = batch;
  if (first === undefined) return right([]);
  const { source, signal, emit } = input;
  const policy = source.options.retry ?? DEFAULT_RETRY;
  for (let attempt = 1; ; attempt++) {
    const answer = await askOnce(batch, first, input, parts);
    if (!isLeft(answer)) return right(batch.map((unit) => sizedOf(unit, answer.right)));
    const reason = streamErrorMessage(answer.left);
    if (signal.aborted || attempt >= policy.attempts || !isRetryable(answer.left))
      return left(attempt === 1 ? reason : `${reason}; asked ${attempt} times`);
    const afterMs = delayBefore(policy, attempt + 1, parts.random);
    emit({
      type: 'Retrying',
      peer: endpointText(first.node.endpoint),
      table: [...new Set(batch.map(({ table }) => tableName(table)))].join(', '),
      attempt: attempt + 1,
      attempts: policy.attempts,
      afterMs,
      reason,
    });
    await pause(parts.clock, afterMs, signal);
  }
};
