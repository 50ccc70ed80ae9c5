// Control plane. `scamander copy`: runs copy() and shows it. Called by program.ts; decides nothing about streaming.
import { type CopyEvent, copy } from '@scamander/scamander';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { transferExitCode } from '../exit-codes.ts';
import { copyNewsLine, copyPlanText, copyReportText } from '../output/copy-text.ts';
import { writeReceipt } from '../output/receipt-file.ts';
import type { Terminal } from '../output/terminal.ts';
import { TransferView } from '../output/transfer-view.ts';
import { type CopyFlags, copyOptions } from '../settings/copy-flags.ts';
import { followJob } from './follow-job.ts';

const copyView = (terminal: Terminal, nowMs: () => number): TransferView<CopyEvent> => {
  // of all tables that are planned
  let units = 0;
  return new TransferView<CopyEvent>(terminal, nowMs, {
    expect: (event, progress) => {
      if (event.type !== 'Planned') return;
      units += event.units.length;
      progress.expectSessions(units);
    },
    newsLine: copyNewsLine,
    direction: 'in',
  });
};

/** Runs the command. */
export const runCopy = async (
  names: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const { environment, nowMs } = context.world;
  const options = copyOptions(names, flags as unknown as CopyFlags, environment);
  if (isLeft(options)) return options;
  return followJob(
    {
      view: () => copyView(terminal, nowMs),
      start: (signal) => copy(options.right, { signal }),
      exitCode: ({ verdict }) => transferExitCode(verdict),
      text: (report) => (report.dryRun ? copyPlanText(report.units) : copyReportText(report)),
      keep: ({ receipt }) => writeReceipt(flags['receipt'], receipt),
      whenUnread: true,
    },
    terminal,
    context,
  );
};
