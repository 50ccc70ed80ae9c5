// Control plane. One preview session with one node, tried again as the policy says. Called by du for each batch of units. Moves no data; the node
// flushes the memtables of the tables first.
import { type StreamErrorType, streamErrorMessage } from '@scamander/session';
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import type { JobNews } from '../jobs/news.ts';
import type { FrontDoorParts } from '../parts.ts';
import { previewUnits, type SizedUnit, type UnitBatch } from '../pull/plan/preview-units.ts';
import { replicaOf } from '../pull/plan/units.ts';
import type { Source } from '../pull/source/source.ts';
import { tableName } from '../pull/tables.ts';
import { DEFAULT_RETRY, delayBefore, pause } from '../retry/policy.ts';
import { isRetryable } from '../retry/retryable.ts';
import { announcedEndpoint } from '../target/announced-endpoint.ts';
import type { Probe } from '../target/probe.ts';

/** What asking needs. */
export interface AskSizesInput {
  readonly source: Source;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly signal: AbortSignal;
  readonly emit: (event: JobNews) => void;
}

const askOnce = (
  batch: UnitBatch,
  { source, probes, signal }: AskSizesInput,
  parts: FrontDoorParts,
): Promise<Either<StreamErrorType, readonly SizedUnit[]>> => {
  const { target, options } = source;
  const hosts = [...probes.values()].flatMap(({ localHost }) => localHost ?? []);
  const seen = probes.get(replicaOf(batch[0]))?.localHost ?? hosts[0] ?? '127.0.0.1';
  // Nobody dials it: a preview sends no file.
  const from = announcedEndpoint(options.announce?.host ?? seen, target.nodes);
  return previewUnits(source, batch, { from, signal }, parts);
};

/** The units, all of one node and each of another table, with their sizes. Left: why the node did not tell, after all tries. */
export const askSizes = async (
  batch: UnitBatch,
  input: AskSizesInput,
  parts: FrontDoorParts,
): Promise<Either<string, readonly SizedUnit[]>> => {
  const { source, signal, emit } = input;
  const policy = source.options.retry ?? DEFAULT_RETRY;
  for (let attempt = 1; ; attempt++) {
    const answer = await askOnce(batch, input, parts);
    if (!isLeft(answer)) return answer;
    const reason = streamErrorMessage(answer.left);
    if (signal.aborted || attempt >= policy.attempts || !isRetryable(answer.left))
      return left(attempt === 1 ? reason : `${reason}; asked ${attempt} times`);
    const afterMs = delayBefore(policy, attempt + 1, parts.random);
    emit({
      type: 'Retrying',
      peer: replicaOf(batch[0]),
      table: [...new Set(batch.map(({ table }) => tableName(table)))].join(', '),
      attempt: attempt + 1,
      attempts: policy.attempts,
      afterMs,
      reason,
    });
    await pause(parts.clock, afterMs, signal);
  }
};
