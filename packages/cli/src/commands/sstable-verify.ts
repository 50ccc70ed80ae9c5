// Control plane. `scamander sstable verify`: says of each SSTable whether it is sound, and what is wrong where. Called by program.ts.
import { left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { dataBytesOf } from '../jobs/dump.ts';
import type { JobEvent, VerifiedSSTable } from '../jobs/job.ts';
import type { VerifyInput, VerifyOutcome } from '../jobs/verify.ts';
import { errorText } from '../output/errors.ts';
import { jsonLine } from '../output/json-lines.ts';
import { complain, say, type Terminal, tell } from '../output/terminal.ts';
import { WorkProgress } from '../output/work-progress.ts';
import { type JobEnd, runJob } from '../run-job.ts';
import { exitCodeOfAll, nothingAmong, showProblem, sstablesAt } from './sstable-paths.ts';

const show = (verified: VerifiedSSTable, terminal: Terminal): void => {
  if (terminal.json) {
    const { problems: _problems, ...data } = verified;
    terminal.stdout.write(jsonLine(data));
    return;
  }
  say(terminal, `${verified.sound ? 'sound' : 'BAD  '}  ${verified.sstable}`);
  for (const warning of verified.warnings) tell(terminal, `  note: ${warning}`);
  for (const error of verified.problems) complain(terminal, errorText(error));
};

interface Ended {
  readonly end: JobEnd<VerifyOutcome>;
  readonly isInterrupted: boolean;
}

const verifyAll = async (
  input: VerifyInput,
  terminal: Terminal,
  context: Context,
): Promise<Ended> => {
  const interrupt = context.interruptible(() => undefined);
  const progress = new WorkProgress(terminal, context.world.nowMs);
  const event = (news: JobEvent): void => {
    if (news.type === 'Verified') show(news, terminal);
  };
  try {
    const end = await runJob(
      'verify',
      input,
      {
        progress: (done, total) => progress.update(done, total),
        output: () => Promise.resolve(),
        event,
      },
      {
        signal: interrupt.signal,
        // a quick verification waits for files more than it computes
        dataBytes: input.level === 'deep' ? dataBytesOf(input.sstables) : 0,
      },
    );
    return { end, isInterrupted: interrupt.interrupted() };
  } finally {
    interrupt.stop();
    progress.stop();
  }
};

/** Runs the command. */
export const runVerify = async (
  paths: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const level = flags['deep'] === true ? 'deep' : 'quick';
  const { sstables, problems, foreign } = await sstablesAt(paths);
  for (const message of foreign) tell(terminal, `note: ${message}`);
  const nothing = nothingAmong(sstables, problems, paths);
  if (nothing !== undefined) return left(nothing);
  for (const problem of problems) showProblem(terminal, problem);
  const { end, isInterrupted } = await verifyAll({ sstables, level }, terminal, context);
  if (end._tag === 'Left') return left(end.left);
  const outcome = end._tag === 'Aborted' ? { bad: 0, kinds: [] } : end.right;
  const kinds = new Set([...problems.map(({ kind }) => kind), ...outcome.kinds]);
  const code = isInterrupted ? EXIT.interrupted : exitCodeOfAll(kinds);
  const bad = problems.length + outcome.bad;
  if (terminal.json)
    terminal.stdout.write(
      jsonLine({ type: 'result', exitCode: code, sstables: sstables.length, bad }),
    );
  else say(terminal, `${sstables.length} SSTables, ${bad} with errors (${level})`);
  return right(code);
};
