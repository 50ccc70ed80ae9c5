// Control plane. `scamander du`: runs du() and shows what it answers. Called by program.ts; decides nothing about streaming.
import { type DuEvent, type DuReport, du } from '@scamander/scamander';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { duNewsLine, duText } from '../output/du-text.ts';
import { jsonLine } from '../output/json-lines.ts';
import { type Terminal, tell } from '../output/terminal.ts';
import { type SourceFlags, sourceOptions } from '../settings/source-flags.ts';
import { followJob, type JobView } from './follow-job.ts';

/** Which code an answer ends with. */
const duExitCode = ({ verdict }: DuReport): number => {
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

const duView = (terminal: Terminal): JobView<DuEvent> => ({
  see: (event) => {
    if (terminal.json) terminal.stdout.write(jsonLine(event));
    const line = duNewsLine(event, terminal.verbose);
    if (line !== undefined && !terminal.json) tell(terminal, line);
  },
  stop: () => undefined,
});

/** Runs the command. */
export const runDu = async (
  names: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const options = sourceOptions(names, flags as unknown as SourceFlags, context.world.environment);
  if (isLeft(options)) return options;
  const asked = { ...options.right, byRange: flags['byRange'] === true };
  return followJob(
    {
      view: () => duView(terminal),
      start: (signal) => du(asked, { signal }),
      exitCode: duExitCode,
      text: duText,
    },
    terminal,
    context,
  );
};
