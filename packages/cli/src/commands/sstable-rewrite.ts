// Control plane. `scamander sstable split`, `compact` and `upgrade`: SSTables written again as others, in another folder. Called by program.ts.
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { dataBytesOf } from '../jobs/dump.ts';
import type { JobEvent } from '../jobs/job.ts';
import type { RewriteAction, RewriteJobInput, RewriteOutcome } from '../jobs/rewrite.ts';
import { jsonLine } from '../output/json-lines.ts';
import { sizeText } from '../output/sizes.ts';
import { say, type Terminal, tell } from '../output/terminal.ts';
import { WorkProgress } from '../output/work-progress.ts';
import { type JobEnd, runJob } from '../run-job.ts';
import { type RewriteFlags, rewriteSettings } from '../settings/rewrite-flags.ts';
import { exitCodeOfAll, nothingAmong, showProblem, sstablesAt } from './sstable-paths.ts';

interface Ended {
  readonly end: JobEnd<RewriteOutcome>;
  readonly isInterrupted: boolean;
}

const show = (event: JobEvent, terminal: Terminal): void => {
  if (event.type === 'Problem') {
    showProblem(terminal, event.error);
    return;
  }
  if (terminal.json) {
    terminal.stdout.write(jsonLine(event));
    return;
  }
  if (event.type !== 'Rewritten') return;
  for (const { sstable, bytes } of event.outputs) say(terminal, `${sstable}  ${sizeText(bytes)}`);
  if (event.outputs.length === 0) say(terminal, `nothing is left of ${event.inputs.join(', ')}`);
};

const rewriteAll = async (
  input: RewriteJobInput,
  terminal: Terminal,
  context: Context,
): Promise<Ended> => {
  const interrupt = context.interruptible(() => undefined);
  const progress = new WorkProgress(terminal, context.world.nowMs);
  try {
    const end = await runJob(
      'rewrite',
      input,
      {
        progress: (done, total) => progress.update(done, total),
        output: () => Promise.resolve(),
        event: (event) => show(event, terminal),
      },
      { signal: interrupt.signal, dataBytes: dataBytesOf(input.sstables) },
    );
    return { end, isInterrupted: interrupt.interrupted() };
  } finally {
    interrupt.stop();
    progress.stop();
  }
};

/** Runs one of the commands. */
export const runRewrite = async (
  kind: RewriteAction['kind'],
  paths: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const settings = rewriteSettings(kind, flags as unknown as RewriteFlags, Date.now());
  if (isLeft(settings)) return settings;
  const { sstables, problems, foreign } = await sstablesAt(paths);
  for (const message of foreign) tell(terminal, `note: ${message}`);
  const nothing = nothingAmong(sstables, problems, paths);
  if (nothing !== undefined) return left(nothing);
  for (const problem of problems) showProblem(terminal, problem);
  const { end, isInterrupted } = await rewriteAll(
    { ...settings.right, sstables },
    terminal,
    context,
  );
  if (end._tag === 'Left') return end;
  const outcome: RewriteOutcome =
    end._tag === 'Aborted' ? { written: 0, bad: 0, kinds: [] } : end.right;
  const kinds = new Set([...problems.map((problem) => problem.kind), ...outcome.kinds]);
  const code = isInterrupted ? EXIT.interrupted : exitCodeOfAll(kinds);
  const summary = {
    sstables: sstables.length,
    written: outcome.written,
    bad: problems.length + outcome.bad,
  };
  if (isInterrupted) tell(terminal, 'interrupted; what was not finished has left nothing');
  if (terminal.json)
    terminal.stdout.write(jsonLine({ type: 'result', exitCode: code, ...summary }));
  else
    say(
      terminal,
      `${summary.sstables} SSTables read, ${summary.written} written, ${summary.bad} with errors`,
    );
  return right(code);
};
