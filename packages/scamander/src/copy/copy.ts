// Control plane. Tables of one cluster into another while they are read: nothing is written to a disk of ours but the ledger. Called by the command
// line and by programs. The steps: open both sides, listen, pair the tables, then table by table plan and hand on; at the end a receipt.
import type { OutboundThrottle } from '@scamander/throttle';
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { type Job, startJob } from '../jobs/start-job.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { type FrontDoorParts, systemParts, throttleFor } from '../parts.ts';
import { openSource, type Source } from '../pull/source/source.ts';
import type { CopyEvent, CopyOptions, CopyReport } from './copy-types.ts';
import { Copying } from './copying.ts';
import { samePartitioner } from './table-pair.ts';
import { openTargetSide, type TargetSide } from './target-side.ts';

/** A copy that is running. */
export interface CopyRun extends Job<CopyEvent, CopyReport> {
  /** What is read of the source; may be changed while it runs. */
  readonly sourceThrottle: OutboundThrottle;
  /** What is written to the target; may be changed while it runs. */
  readonly targetThrottle: OutboundThrottle;
}

/** Cancelled before there was anything to report. */
const aborted = (): ScamanderErrorType => ({
  code: 'SCM_COPY_ABORTED',
  kind: 'failed',
  message: 'the copy was given up before anything was asked for',
  where: '--from, --to',
  lost: 'nothing',
  advice: 'start it again',
  retryable: true,
});

interface Opened {
  readonly source: Source;
  readonly side: TargetSide;
}

interface Work {
  readonly options: CopyOptions;
  readonly parts: FrontDoorParts;
  readonly throttles: { readonly source: OutboundThrottle; readonly target: OutboundThrottle };
  readonly emit: (event: CopyEvent) => void;
  readonly signal: AbortSignal;
}

const withLedger = async (
  { options, parts }: Work,
  { source, side }: Opened,
  body: (ledger: Ledger | undefined) => Promise<Either<ScamanderErrorType, CopyReport>>,
): Promise<Either<ScamanderErrorType, CopyReport>> => {
  if (options.ledger === undefined || options.dryRun === true) return body(undefined);
  const from = source.target.name;
  const to = side.target.name;
  const ledger = await openLedger(options.ledger, { job: 'copy', from, to }, parts);
  if (isLeft(ledger)) return ledger;
  try {
    const report = await body(ledger.right);
    if (!isLeft(report) && report.right.verdict === 'complete') {
      const ended = await ledger.right.end(report.right.verdict);
      if (isLeft(ended)) return left(ended.left);
    }
    return report;
  } finally {
    await ledger.right.close();
  }
};

const withTarget = async (
  source: Source,
  work: Work,
): Promise<Either<ScamanderErrorType, CopyReport>> => {
  const { options, parts, throttles, emit, signal } = work;
  const input = { options, source, throttle: throttles.target, signal, emit };
  const side = await openTargetSide(input, parts);
  if (isLeft(side)) return side;
  try {
    const unlike = samePartitioner(source.target, side.right.target);
    if (unlike !== undefined) return left(unlike);
    const opened = { source, side: side.right };
    return await withLedger(work, opened, (ledger) =>
      new Copying({ ...work, ...opened, ledger }).run(),
    );
  } finally {
    await side.right.close();
  }
};

const run = async (work: Work): Promise<Either<ScamanderErrorType, CopyReport>> => {
  const source = await openSource(work.options, work.parts, work.emit);
  if (isLeft(source)) return source;
  try {
    return await withTarget(source.right, work);
  } finally {
    await source.right.close();
  }
};

/** Starts a copy. It begins after the caller had the chance to subscribe to its events. */
export const copy = (
  options: CopyOptions,
  {
    signal,
    parts = systemParts,
  }: { readonly signal?: AbortSignal; readonly parts?: FrontDoorParts } = {},
): CopyRun => {
  const sourceThrottle = throttleFor(parts, options.sourceRates);
  const targetThrottle = throttleFor(parts, options.targetRates);
  const throttles = { source: sourceThrottle, target: targetThrottle };
  const job = startJob<CopyEvent, CopyReport>({
    signal,
    body: (context) => run({ options, parts, throttles, ...context }),
    aborted,
    release: () => {
      sourceThrottle.close();
      targetThrottle.close();
    },
  });
  return { ...job, sourceThrottle, targetThrottle };
};
