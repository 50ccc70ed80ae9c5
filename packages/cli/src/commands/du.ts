// Control plane. `scamander du`: runs du() and shows what it answers. Called by program.ts; decides nothing about streaming.
import { type DuReport, du } from '@scamander/scamander';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { duNewsLine, duText } from '../output/du-text.ts';
import { jsonLine } from '../output/json-lines.ts';
import { say, type Terminal, tell } from '../output/terminal.ts';
import { type SourceFlags, sourceOptions } from '../settings/source-flags.ts';

/** Which code an answer ends with. */
export const duExitCode = ({ verdict }: DuReport): number => {
  switch (verdict) {
    case 'complete':
      return EXIT.ok;
    case 'partial':
      return EXIT.partial;
    case 'incomplete':
      return EXIT.failed;
    default: {
      const never: never = verdict;
      return never;
    }
  }
};

const show = (report: DuReport, exitCode: number, terminal: Terminal): void => {
  if (terminal.json) terminal.stdout.write(jsonLine({ type: 'result', exitCode, ...report }));
  else say(terminal, duText(report));
};

/** Runs the command. */
export const runDu = async (
  names: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const options = sourceOptions(names, flags as unknown as SourceFlags, context.world.environment);
  if (isLeft(options)) return options;
  const interrupt = context.interruptible(() =>
    tell(terminal, 'ending; press Ctrl-C again to end at once'),
  );
  const running = du(
    { ...options.right, byRange: flags['byRange'] === true },
    { signal: interrupt.signal },
  );
  const subscription = running.events$.subscribe((event) => {
    if (terminal.json) terminal.stdout.write(jsonLine(event));
    const line = duNewsLine(event, terminal.verbose);
    if (line !== undefined && !terminal.json) tell(terminal, line);
  });
  const report = await running.result;
  subscription.unsubscribe();
  interrupt.stop();
  if (isLeft(report)) {
    if (!interrupt.interrupted()) return left(report.left);
    if (terminal.json)
      terminal.stdout.write(
        jsonLine({ type: 'result', exitCode: EXIT.interrupted, error: report.left }),
      );
    return right(EXIT.interrupted);
  }
  const code = interrupt.interrupted() ? EXIT.interrupted : duExitCode(report.right);
  show(report.right, code, terminal);
  return right(code);
};
