// Control plane. `scamander sstable dump`: partitions, rows and cells as text, as Cassandra's sstabledump prints them. Called by program.ts.
import type { SSTableFiles } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type DumpInput, type DumpOutcome, dataBytesOf } from '../jobs/dump.ts';
import { jsonLine } from '../output/json-lines.ts';
import { Pour } from '../output/pour.ts';
import { type Terminal, tell } from '../output/terminal.ts';
import { WorkProgress } from '../output/work-progress.ts';
import { type JobEnd, runJob } from '../run-job.ts';
import { type DumpFlags, dumpSettings } from '../settings/dump-flags.ts';
import { exitCodeOfAll, nothingAmong, showProblem, sstablesAt } from './sstable-paths.ts';

interface Ended {
  readonly end: JobEnd<DumpOutcome>;
  readonly isInterrupted: boolean;
}

/** Runs the job, its text to stdout, its news to stderr. */
const dumpAll = async (input: DumpInput, terminal: Terminal, context: Context): Promise<Ended> => {
  const interrupt = context.interruptible(() => undefined);
  const gone = new AbortController();
  const pour = new Pour(terminal.stdout, () => gone.abort());
  // a bar would be drawn into the text where both go to the same terminal
  const isOnScreen = 'isTTY' in terminal.stdout && terminal.stdout.isTTY === true;
  const progress = new WorkProgress(
    isOnScreen ? { ...terminal, quiet: true } : terminal,
    context.world.nowMs,
  );
  try {
    const end = await runJob(
      'dump',
      input,
      {
        progress: (done, total) => progress.update(done, total),
        output: (bytes) => pour.write(bytes),
        event: (event) => {
          if (event.type === 'Problem') showProblem(terminal, event.error);
        },
      },
      {
        signal: AbortSignal.any([interrupt.signal, gone.signal]),
        dataBytes: dataBytesOf(input.sstables),
      },
    );
    return { end, isInterrupted: interrupt.interrupted() };
  } finally {
    interrupt.stop();
    progress.stop();
    pour.release();
  }
};

const inputOf = (
  flags: Flags,
  sstables: readonly SSTableFiles[],
  terminal: Terminal,
): Either<ReturnType<typeof nothingAmong> & object, DumpInput> => {
  const settings = dumpSettings(flags as unknown as DumpFlags, Date.now());
  if (isLeft(settings)) return settings;
  const isTerminal = 'isTTY' in terminal.stdout && terminal.stdout.isTTY === true;
  return right({
    ...settings.right,
    ...(terminal.json ? { format: 'jsonl' } : {}),
    sstables,
    tagged: terminal.json,
    endsWithNewline: isTerminal || sstables.length > 1,
  });
};

/** Runs the command. */
export const runDump = async (
  paths: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const { sstables, problems, foreign } = await sstablesAt(paths);
  for (const message of foreign) tell(terminal, `note: ${message}`);
  const nothing = nothingAmong(sstables, problems, paths);
  if (nothing !== undefined) return left(nothing);
  const input = inputOf(flags, sstables, terminal);
  if (isLeft(input)) return input;
  for (const problem of problems) showProblem(terminal, problem);
  const { end, isInterrupted } = await dumpAll(input.right, terminal, context);
  if (end._tag === 'Left') return end;
  const outcome: DumpOutcome = end._tag === 'Aborted' ? { bad: 0, kinds: [] } : end.right;
  const kinds = new Set([...problems.map(({ kind }) => kind), ...outcome.kinds]);
  const code = isInterrupted ? EXIT.interrupted : exitCodeOfAll(kinds);
  if (terminal.json)
    terminal.stdout.write(
      jsonLine({
        type: 'result',
        exitCode: code,
        sstables: sstables.length,
        bad: problems.length + outcome.bad,
      }),
    );
  return right(code);
};
