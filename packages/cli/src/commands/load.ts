// Control plane. `scamander load`: runs load() and shows it. Called by program.ts; decides nothing about streaming.
import { type LoadEvent, load } from '@scamander/scamander';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { transferExitCode } from '../exit-codes.ts';
import { expectedBytes, type Renamed } from '../output/expected-bytes.ts';
import { newsLine, planText, reportText } from '../output/load-text.ts';
import { writeReceipt } from '../output/receipt-file.ts';
import type { Terminal } from '../output/terminal.ts';
import { TransferView } from '../output/transfer-view.ts';
import { type LoadFlags, loadOptions } from '../settings/load-flags.ts';
import { followJob } from './follow-job.ts';

const loadView = (
  terminal: Terminal,
  nowMs: () => number,
  renamed: Renamed,
): TransferView<LoadEvent> => {
  let found: (LoadEvent & { readonly type: 'Discovered' })['tables'] = [];
  return new TransferView<LoadEvent>(terminal, nowMs, {
    expect: (event, progress) => {
      if (event.type === 'Discovered') found = event.tables;
      if (event.type === 'Planned') progress.expect(expectedBytes(found, event.plan, renamed));
    },
    // of a session that stands still its verdict says more
    newsLine: (event, verbose) =>
      event.type === 'StreamStalled' ? undefined : newsLine(event, verbose),
  });
};

/** Runs the command. */
export const runLoad = async (
  paths: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const { environment, nowMs } = context.world;
  const options = loadOptions(paths, flags as unknown as LoadFlags, environment);
  if (isLeft(options)) return options;
  return followJob(
    {
      view: () => loadView(terminal, nowMs, options.right),
      start: (signal) => load(options.right, { signal }),
      exitCode: ({ verdict }) => transferExitCode(verdict),
      text: (report) => (report.dryRun ? planText(report.plan) : reportText(report)),
      keep: ({ receipt }) => writeReceipt(flags['receipt'], receipt),
      whenUnread: true,
    },
    terminal,
    context,
  );
};
