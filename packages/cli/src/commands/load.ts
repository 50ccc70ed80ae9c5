// Control plane. `scamander load`: runs load() and shows it. Called by program.ts; decides nothing about streaming.
import { type LoadEvent, type LoadReport, load } from '@scamander/scamander';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { errorText } from '../output/errors.ts';
import { expectedBytes, type Renamed } from '../output/expected-bytes.ts';
import { eventLine, jsonLine } from '../output/json-lines.ts';
import { newsLine, planText, reportText } from '../output/load-text.ts';
import { TransferProgress } from '../output/progress.ts';
import { writeReceipt } from '../output/receipt-file.ts';
import { complain, say, type Terminal, tell } from '../output/terminal.ts';
import { type LoadFlags, loadOptions } from '../settings/load-flags.ts';

/** Which code a finished load ends with. */
export const loadExitCode = (report: LoadReport, interrupted: boolean): number => {
  if (interrupted) return EXIT.interrupted;
  switch (report.verdict) {
    case 'complete':
      return EXIT.ok;
    case 'partial':
      return EXIT.partial;
    case 'bad-data':
      return EXIT.badData;
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

class LoadView {
  readonly #terminal: Terminal;
  readonly #progress: TransferProgress;
  readonly #renamed: Renamed;
  #found: (LoadEvent & { readonly type: 'Discovered' })['tables'] = [];

  constructor(terminal: Terminal, nowMs: () => number, renamed: Renamed) {
    this.#terminal = terminal;
    this.#renamed = renamed;
    this.#progress = new TransferProgress(terminal, undefined, nowMs);
  }

  see(event: LoadEvent): void {
    if (this.#terminal.json) this.#terminal.stdout.write(eventLine(event));
    if (event.type === 'Discovered') this.#found = event.tables;
    if (event.type === 'Planned')
      this.#progress.expect(expectedBytes(this.#found, event.plan, this.#renamed));
    this.#progress.see(event);
    if (event.type === 'Problem') {
      this.#progress.above(errorText(event.error));
    } else if (event.type !== 'StreamStalled') {
      // its verdict says more
      const line = newsLine(event, this.#terminal.verbose);
      if (line !== undefined && !this.#terminal.json && !this.#terminal.quiet)
        this.#progress.above(line);
    }
  }

  stop(): void {
    this.#progress.stop();
  }
}

const showReport = (report: LoadReport, code: number, terminal: Terminal): void => {
  if (terminal.json) {
    terminal.stdout.write(jsonLine({ type: 'result', exitCode: code, ...report }));
    return;
  }
  if (report.dryRun) say(terminal, planText(report.plan));
  else say(terminal, reportText(report));
};

/** Runs the command. */
export const runLoad = async (
  paths: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const options = loadOptions(paths, flags as unknown as LoadFlags, context.world.environment);
  if (isLeft(options)) return options;
  const interrupt = context.interruptible(
    () => tell(terminal, 'ending; press Ctrl-C again to end at once'),
    { whenUnread: true },
  );
  const view = new LoadView(terminal, context.world.nowMs, options.right);
  const running = load(options.right, { signal: interrupt.signal });
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
  const code = loadExitCode(report.right, interrupt.interrupted());
  const unwritten = await writeReceipt(flags['receipt'], report.right.receipt);
  if (unwritten !== undefined) complain(terminal, errorText(unwritten));
  const end = unwritten !== undefined && code === EXIT.ok ? EXIT.failed : code;
  showReport(report.right, end, terminal);
  return right(end);
};
