// Control plane. How the command line runs a job of the front door from its start to an exit code: it can be interrupted, its events are shown,
// its report is the last thing said. Called by load, pull, copy, du, doctor and verify; knows nothing of what they do.
import type { Job, ScamanderErrorType } from '@scamander/scamander';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { errorText } from '../output/errors.ts';
import { jsonLine } from '../output/json-lines.ts';
import { complain, say, type Terminal, tell } from '../output/terminal.ts';

/** What shows the events of a job while it runs. */
export interface JobView<Event> {
  see(event: Event): void;
  /** Called once the job is over, on every path. */
  stop(): void;
}

/** A job as a command sees it. */
export interface FollowedJob<Event, Report extends object> {
  readonly view: () => JobView<Event>;
  readonly start: (signal: AbortSignal) => Job<Event, Report>;
  /** Of a job that nobody interrupted. */
  readonly exitCode: (report: Report) => number;
  /** The report for people. */
  readonly text: (report: Report) => string;
  /** Keeps what the report proves; says why it can't. @default nothing is kept */
  readonly keep?: (report: Report) => Promise<ScamanderErrorType | undefined>;
  /** Also end when nobody reads stdout any more. @default false */
  readonly whenUnread?: boolean;
}

/** How a command ends whose job could not even begin. */
const ended = (
  error: ScamanderErrorType,
  interrupted: boolean,
  terminal: Terminal,
): CommandResult => {
  if (!interrupted) return left(error);
  if (terminal.json)
    terminal.stdout.write(jsonLine({ type: 'result', exitCode: EXIT.interrupted, error }));
  return right(EXIT.interrupted);
};

/** Ends with the job. Interrupted is interrupted, whatever the report says. */
export const followJob = async <Event, Report extends object>(
  job: FollowedJob<Event, Report>,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const { whenUnread = false } = job;
  const interrupt = context.interruptible(
    () => tell(terminal, 'ending; press Ctrl-C again to end at once'),
    { whenUnread },
  );
  const view = job.view();
  const running = job.start(interrupt.signal);
  const subscription = running.events$.subscribe((event) => view.see(event));
  const ran = await running.result;
  subscription.unsubscribe();
  view.stop();
  interrupt.stop();
  if (isLeft(ran)) return ended(ran.left, interrupt.interrupted(), terminal);
  const report = ran.right;
  const code = interrupt.interrupted() ? EXIT.interrupted : job.exitCode(report);
  const unkept = await job.keep?.(report);
  if (unkept !== undefined) complain(terminal, errorText(unkept));
  const exitCode = unkept !== undefined && code === EXIT.ok ? EXIT.failed : code;
  if (terminal.json) terminal.stdout.write(jsonLine({ type: 'result', exitCode, ...report }));
  else say(terminal, job.text(report));
  return right(exitCode);
};
