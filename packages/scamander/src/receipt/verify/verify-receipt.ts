// Control plane. Is everything still as a receipt says? First the files, then, where asked for, the replicas. Called by the command line and by
// programs. Changes nothing but its own temporary folder; asking a replica makes it flush the table.
import { fileCrc32 } from '@scamander/transport';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { type Job, type JobContext, startJob } from '../../jobs/start-job.ts';
import { type FrontDoorParts, systemParts } from '../../parts.ts';
import type { Receipt } from '../receipt.ts';
import { FileCheck } from './check-files.ts';
import { checkReplicas, type ReplicaVerdicts } from './check-replicas.ts';
import { type Expected, type ExpectedSSTable, expectedOf } from './expected.ts';
import type { ComparableSSTable } from './replica-place.ts';
import type { VerifyEvent, VerifyOptions, VerifyReport } from './verify-types.ts';

const usage = (message: string, advice: string): ScamanderErrorType => ({
  code: 'SCM_VERIFY_USAGE',
  kind: 'usage',
  message,
  where: 'the receipt',
  lost: 'nothing; nothing was checked',
  advice,
  retryable: false,
});

const unfit = (
  { job, deliveries }: Receipt,
  { against }: VerifyOptions,
): ScamanderErrorType | undefined => {
  if (job === 'copy')
    return usage(
      'the receipt of a copy names no files of ours that could be compared',
      'let the copy compare both sides itself: copy --verify rows',
    );
  if (against === undefined) return undefined;
  if (job === 'pull')
    return usage(
      'the receipt of a pull speaks of files here, not of what a cluster has',
      'verify it without --against',
    );
  return deliveries.some(({ status }) => status === 'acknowledged')
    ? undefined
    : usage('no replica acknowledged anything, says the receipt', 'load again first');
};

/** So many of them at random, in their order. */
const sampleOf = (
  sstables: readonly ExpectedSSTable[],
  count: number | undefined,
  random: () => number,
): readonly ExpectedSSTable[] => {
  if (count === undefined || count >= sstables.length) return sstables;
  const drawn = new Set(
    sstables
      .map((sstable) => ({ sstable, lot: random() }))
      .sort((a, b) => a.lot - b.lot)
      .slice(0, count)
      .map(({ sstable }) => sstable),
  );
  return sstables.filter((sstable) => drawn.has(sstable));
};

const comparable = (
  sstables: readonly ExpectedSSTable[],
  sound: ReadonlySet<string>,
  { found }: Expected,
): ReadonlyMap<string, ComparableSSTable> => {
  const all = new Map<string, ComparableSSTable>();
  for (const { named, path } of sstables) {
    const files = found.get(path);
    if (files !== undefined && sound.has(path)) all.set(named, { path, files });
  }
  return all;
};

const notCompared = (path: string): ScamanderErrorType => ({
  code: 'SCM_VERIFY_NOT_COMPARED',
  kind: 'failed',
  message: 'the SSTable can’t be compared with the replicas: its files are not a whole SSTable',
  where: path,
  lost: 'nothing; what replicas have of it is not checked',
  advice: 'see what `sstable verify` says of it',
  retryable: false,
});

const NO_REPLICAS: ReplicaVerdicts = { findings: [], problems: [], replicas: [] };

class Verifying {
  readonly #receipt: Receipt;
  readonly #options: VerifyOptions;
  readonly #parts: FrontDoorParts;
  readonly #context: JobContext<VerifyEvent>;

  constructor(
    receipt: Receipt,
    options: VerifyOptions,
    parts: FrontDoorParts,
    context: JobContext<VerifyEvent>,
  ) {
    this.#receipt = receipt;
    this.#options = options;
    this.#parts = parts;
    this.#context = context;
  }

  async run(): Promise<Either<ScamanderErrorType, VerifyReport>> {
    const startedMs = this.#parts.clock.nowMs();
    const odd = unfit(this.#receipt, this.#options);
    if (odd !== undefined) return left(odd);
    const { signal, emit } = this.#context;
    const expected = await expectedOf(this.#receipt, this.#options, signal);
    if (isLeft(expected)) return expected;
    const chosen = sampleOf(expected.right.sstables, this.#options.sample, this.#parts.random);
    const files = new FileCheck({
      level: this.#options.level ?? 'whole',
      fileCrc32: this.#parts.sourceCrc32 ?? fileCrc32,
      signal,
      emit,
    });
    const sound = await files.check(chosen);
    files.checkSurplus(expected.right);
    const replicas = await this.#replicas(chosen, sound, expected.right, files);
    if (isLeft(replicas)) return replicas;
    const findings = [...files.findings, ...replicas.right.findings];
    const problems = [...files.problems, ...replicas.right.problems];
    return right({
      verdict: findings.length > 0 ? 'differs' : problems.length > 0 ? 'incomplete' : 'verified',
      findings,
      problems,
      sstables: chosen.length,
      files: files.files,
      bytes: files.bytes,
      unproven: files.unproven,
      replicas: replicas.right.replicas,
      elapsedMs: this.#parts.clock.nowMs() - startedMs,
    });
  }

  async #replicas(
    chosen: readonly ExpectedSSTable[],
    sound: ReadonlySet<string>,
    expected: Expected,
    files: FileCheck,
  ): Promise<Either<ScamanderErrorType, ReplicaVerdicts>> {
    const { against } = this.#options;
    if (against === undefined) return right(NO_REPLICAS);
    const sstables = comparable(chosen, sound, expected);
    for (const { named, path } of chosen)
      if (sound.has(path) && !sstables.has(named)) files.problem(notCompared(path));
    const { deliveries } = this.#receipt;
    return checkReplicas({ against, deliveries, sstables, parts: this.#parts, ...this.#context });
  }
}

/**
 * Checks a receipt. Of a pull, and the sources of a load: every file there, with its size, CRC-32 and SHA-256, and nothing beside them. With
 * `against`: every replica that acknowledged an SSTable is asked for its ranges, and what it sends, merged, must be the same with and without
 * the SSTable. A Left: nothing was checked.
 */
export const verifyReceipt = (
  receipt: Receipt,
  options: VerifyOptions = {},
  {
    signal,
    parts = systemParts,
  }: { readonly signal?: AbortSignal; readonly parts?: FrontDoorParts } = {},
): Job<VerifyEvent, VerifyReport> =>
  startJob<VerifyEvent, VerifyReport>({
    signal,
    body: (context) => new Verifying(receipt, options, parts, context).run(),
    aborted: () => ({
      code: 'SCM_VERIFY_ABORTED',
      kind: 'failed',
      message: 'the verification was given up',
      where: 'the receipt',
      lost: 'nothing; nothing was changed',
      advice: 'run again',
      retryable: true,
    }),
  });
