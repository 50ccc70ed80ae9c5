// Control plane. How large tables are, by node and range, before anything is moved: preview sessions with the replicas that a pull would ask.
// Called by the command line and by programs.
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { type Job, type JobContext, startJob } from '../jobs/start-job.ts';
import { type FrontDoorParts, systemParts } from '../parts.ts';
import { resolveNames } from '../pull/source/names.ts';
import { openSource } from '../pull/source/source.ts';
import type { DuEvent, DuOptions, DuReport } from './du-types.ts';
import { aborted, unreachable } from './errors.ts';
import { Measuring } from './measuring.ts';

const measure = async (
  options: DuOptions,
  parts: FrontDoorParts,
  context: JobContext<DuEvent>,
): Promise<Either<ScamanderErrorType, DuReport>> => {
  const startedMs = parts.clock.nowMs();
  const source = await openSource(options, parts, context.emit);
  if (isLeft(source)) return source;
  try {
    const { signal } = context;
    const probes = await source.right.probe(signal, context.emit);
    if (signal.aborted) return left(aborted(options));
    if (![...probes.values()].some(({ version }) => version !== undefined))
      return left(unreachable(probes));
    const tables = await resolveNames(
      source.right,
      { names: options.names, probes, signal },
      parts,
    );
    if (isLeft(tables)) return tables;
    const measuring = new Measuring(source.right, options, probes, parts, context);
    const report = await measuring.run(tables.right);
    if (isLeft(report)) return report;
    return right({ ...report.right, elapsedMs: parts.clock.nowMs() - startedMs });
  } finally {
    await source.right.close();
  }
};

/** Starts to ask. Nothing is moved, but nodes flush the memtables of the tables that they are asked for. */
export const du = (
  options: DuOptions,
  {
    signal,
    parts = systemParts,
  }: { readonly signal?: AbortSignal; readonly parts?: FrontDoorParts } = {},
): Job<DuEvent, DuReport> =>
  startJob<DuEvent, DuReport>({
    signal,
    body: (context) => measure(options, parts, context),
    aborted: () => aborted(options),
  });
