// Control plane. `scamander verify`: runs verifyReceipt() and shows it. Called by program.ts; compares nothing itself.
import {
  readReceipt,
  type VerifyEvent,
  type VerifyReport,
  verifyReceipt,
} from '@scamander/scamander';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { errorText } from '../output/errors.ts';
import { eventLine, jsonLine } from '../output/json-lines.ts';
import { TransferProgress } from '../output/progress.ts';
import { complain, type Terminal } from '../output/terminal.ts';
import { comparedText, findingText, verifyReportText } from '../output/verify-text.ts';
import { WorkProgress } from '../output/work-progress.ts';
import { type VerifyFlags, verifyOptions } from '../settings/verify-flags.ts';
import { followJob, type JobView } from './follow-job.ts';

/** Which code a finished verification ends with. */
const verifyExitCode = ({ verdict, problems }: VerifyReport): number => {
  switch (verdict) {
    case 'verified':
      return EXIT.ok;
    case 'differs':
      return EXIT.badData;
    case 'incomplete':
      return problems.some(({ kind }) => kind === 'refused')
        ? EXIT.refused
        : exitCodeOf(problems[0]?.kind ?? 'failed');
    default: {
      const never: never = verdict;
      return never;
    }
  }
};

/** Shows one thing after the other: files that are read, then each replica that sends. */
class VerifyView implements JobView<VerifyEvent> {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;
  #work: WorkProgress | undefined;
  #transfer: TransferProgress | undefined;

  constructor(terminal: Terminal, nowMs: () => number) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
  }

  see(event: VerifyEvent): void {
    if (this.#terminal.json) this.#json(event);
    switch (event.type) {
      case 'Checking':
        this.#work ??= new WorkProgress(this.#terminal, this.#nowMs, true);
        this.#work.update(event.bytes, event.totalBytes);
        return;
      case 'Asking':
        this.stop();
        this.#transfer = new TransferProgress(this.#terminal, undefined, this.#nowMs);
        this.#line(
          `asking ${event.replica} for what it holds of ${event.sstables} SSTables of ${event.keyspace}.${event.table}`,
        );
        return;
      case 'Asked': {
        const { event: asked } = event;
        if (asked.type === 'Planned') this.#transfer?.expect(asked.plan.bytes);
        this.#transfer?.see(asked);
        return;
      }
      case 'Problem':
        this.#above(errorText(event.error));
        return;
      case 'Found':
        this.#line(findingText(event.finding));
        return;
      case 'Warning':
        this.#line(`note: ${event.message}`);
        return;
      case 'Compared':
        this.stop();
        this.#line(comparedText(event.compared));
        return;
      default:
        event satisfies { readonly type: 'Comparing' };
    }
  }

  stop(): void {
    this.#work?.stop();
    this.#transfer?.stop();
    this.#work = undefined;
    this.#transfer = undefined;
  }

  /** What a replica is asked reads as it does in a pull. */
  #json(event: VerifyEvent): void {
    this.#terminal.stdout.write(event.type === 'Asked' ? eventLine(event.event) : jsonLine(event));
  }

  #line(text: string): void {
    if (!this.#terminal.json && !this.#terminal.quiet) this.#above(text);
  }

  #above(text: string): void {
    if (this.#transfer !== undefined) this.#transfer.above(text);
    else {
      this.#work?.stop();
      this.#work = undefined;
      complain(this.#terminal, text);
    }
  }
}

/** Runs the command. */
export const runVerifyReceipt = async (
  path: string,
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const options = verifyOptions(flags as unknown as VerifyFlags, context.world.environment);
  if (isLeft(options)) return options;
  const receipt = await readReceipt(path);
  if (isLeft(receipt)) return receipt;
  return followJob(
    {
      view: () => new VerifyView(terminal, context.world.nowMs),
      start: (signal) => verifyReceipt(receipt.right, options.right, { signal }),
      exitCode: verifyExitCode,
      text: verifyReportText,
      whenUnread: true,
    },
    terminal,
    context,
  );
};
