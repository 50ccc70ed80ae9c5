// Control plane. `scamander copy`: runs copy() and shows it. Called by program.ts; decides nothing about streaming.
import { type CopyEvent, type CopyReport, copy } from '@scamander/scamander';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { copyNewsLine, copyPlanText, copyReportText } from '../output/copy-text.ts';
import { errorText } from '../output/errors.ts';
import { eventLine, jsonLine } from '../output/json-lines.ts';
import { TransferProgress } from '../output/progress.ts';
import { writeReceipt } from '../output/receipt-file.ts';
import { complain, say, type Terminal, tell } from '../output/terminal.ts';
import { type CopyFlags, copyOptions } from '../settings/copy-flags.ts';

/** Which code a finished copy ends with. */
export const copyExitCode = (report: CopyReport, interrupted: boolean): number => {
  if (interrupted) return EXIT.interrupted;
  switch (report.verdict) {
    case 'complete':
      return EXIT.ok;
    case 'partial':
      return EXIT.partial;
    case 'refused':
      return EXIT.refused;
    case 'failed':
      return EXIT.failed;
    default: {
      const never: never = report.verdict;
      return never;
    }
  }
};

class CopyView {
  readonly #terminal: Terminal;
  readonly #progress: TransferProgress;
  /** Of all tables that are planned. */
  #units = 0;

  constructor(terminal: Terminal, nowMs: () => number) {
    this.#terminal = terminal;
    this.#progress = new TransferProgress(terminal, undefined, nowMs, { direction: 'in' });
  }

  see(event: CopyEvent): void {
    if (this.#terminal.json) this.#terminal.stdout.write(eventLine(event));
    if (event.type === 'Planned') {
      this.#units += event.units.length;
      this.#progress.expectSessions(this.#units);
    }
    this.#progress.see(event);
    if (event.type === 'Problem') {
      this.#progress.above(errorText(event.error));
    } else {
      const line = copyNewsLine(event, this.#terminal.verbose);
      if (line !== undefined && !this.#terminal.json && !this.#terminal.quiet)
        this.#progress.above(line);
    }
  }

  stop(): void {
    this.#progress.stop();
  }
}

const showReport = (report: CopyReport, code: number, terminal: Terminal): void => {
  if (terminal.json) terminal.stdout.write(jsonLine({ type: 'result', exitCode: code, ...report }));
  else say(terminal, report.dryRun ? copyPlanText(report.units) : copyReportText(report));
};

/** Runs the command. */
export const runCopy = async (
  names: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const options = copyOptions(names, flags as unknown as CopyFlags, context.world.environment);
  if (isLeft(options)) return options;
  const interrupt = context.interruptible(
    () => tell(terminal, 'ending; press Ctrl-C again to end at once'),
    { whenUnread: true },
  );
  const view = new CopyView(terminal, context.world.nowMs);
  const running = copy(options.right, { signal: interrupt.signal });
  const subscription = running.events$.subscribe((event) => view.see(event));
  const report = await running.result;
  subscription.unsubscribe();
  view.stop();
  interrupt.stop();
  if (isLeft(report)) {
    if (!interrupt.interrupted()) return left(report.left);
    if (terminal.json)
      terminal.stdout.write(
        jsonLine({ type: 'result', exitCode: EXIT.interrupted, error: report.left }),
      );
    return right(EXIT.interrupted);
  }
  const code = copyExitCode(report.right, interrupt.interrupted());
  const unwritten = await writeReceipt(flags['receipt'], report.right.receipt);
  if (unwritten !== undefined) complain(terminal, errorText(unwritten));
  const end = unwritten !== undefined && code === EXIT.ok ? EXIT.failed : code;
  showReport(report.right, end, terminal);
  return right(end);
};
