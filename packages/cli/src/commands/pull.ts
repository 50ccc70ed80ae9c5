// Control plane. `scamander pull`: runs pull() and shows it. Called by program.ts; decides nothing about streaming.
import { type PullEvent, pull } from '@scamander/scamander';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { transferExitCode } from '../exit-codes.ts';
import { pullNewsLine, pullPlanText, pullReportText } from '../output/pull-text.ts';
import { writeReceipt } from '../output/receipt-file.ts';
import type { Terminal } from '../output/terminal.ts';
import { TransferView } from '../output/transfer-view.ts';
import { type PullFlags, pullOptions } from '../settings/pull-flags.ts';
import { followJob } from './follow-job.ts';

const pullView = (terminal: Terminal, nowMs: () => number): TransferView<PullEvent> =>
  new TransferView<PullEvent>(terminal, nowMs, {
    expect: (event, progress) => {
      if (event.type === 'Planned') progress.expect(event.plan.bytes);
    },
    newsLine: pullNewsLine,
  });

/** Runs the command. */
export const runPull = async (
  names: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const { environment, nowMs } = context.world;
  const options = pullOptions(names, flags as unknown as PullFlags, environment);
  if (isLeft(options)) return options;
  return followJob(
    {
      view: () => pullView(terminal, nowMs),
      start: (signal) => pull(options.right, { signal }),
      exitCode: ({ verdict }) => transferExitCode(verdict),
      text: (report) => (report.dryRun ? pullPlanText(report.plan) : pullReportText(report)),
      keep: ({ receipt }) => writeReceipt(flags['receipt'], receipt),
      whenUnread: true,
    },
    terminal,
    context,
  );
};
