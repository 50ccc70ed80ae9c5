// Control plane. `scamander sstable write`: rows of JSON lines or CSV to SSTables, ready to be loaded or put in place. Called by program.ts.
import { join } from 'node:path';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { WriteInput, WriteOutcome } from '../jobs/write.ts';
import { jsonLine } from '../output/json-lines.ts';
import { sizeText } from '../output/sizes.ts';
import { say, type Terminal } from '../output/terminal.ts';
import { WorkProgress } from '../output/work-progress.ts';
import { type JobEnd, runJob } from '../run-job.ts';
import { type WriteFlags, writeSettings } from '../settings/write-flags.ts';
import { exitCodeOfAll, showProblem } from './sstable-paths.ts';

interface Ended {
  readonly end: JobEnd<WriteOutcome>;
  readonly isInterrupted: boolean;
}

const writeAll = async (
  input: WriteInput,
  terminal: Terminal,
  context: Context,
): Promise<Ended> => {
  const interrupt = context.interruptible(() => undefined);
  const progress = new WorkProgress(terminal, context.world.nowMs);
  try {
    const end = await runJob(
      'write',
      input,
      {
        progress: (done, total) => progress.update(done, total),
        output: () => Promise.resolve(),
        event: (event) => {
          if (event.type === 'Problem') showProblem(terminal, event.error);
        },
      },
      // the standard input is the main thread's
      { signal: interrupt.signal, dataBytes: input.files.includes('-') ? 0 : input.totalBytes },
    );
    return { end, isInterrupted: interrupt.interrupted() };
  } finally {
    interrupt.stop();
    progress.stop();
  }
};

const show = (outcome: WriteOutcome, code: number, terminal: Terminal): void => {
  for (const { descriptor, components } of outcome.sstables) {
    const sstable = join(descriptor.directory, `${descriptor.prefix}Data.db`);
    const bytes = [...components.values()].reduce((sum, length) => sum + length, 0);
    if (terminal.json) terminal.stdout.write(jsonLine({ type: 'Written', sstable, bytes }));
    else say(terminal, `${sstable}  ${sizeText(bytes)}`);
  }
  const { rows, bad, sstables } = outcome;
  if (terminal.json)
    terminal.stdout.write(
      jsonLine({ type: 'result', exitCode: code, rows, bad, sstables: sstables.length }),
    );
  else say(terminal, `${rows} rows in ${sstables.length} SSTables, ${bad} rows left out`);
};

/** Runs the command. */
export const runWrite = async (
  files: readonly string[],
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const input = writeSettings(files, flags as unknown as WriteFlags, Date.now());
  if (isLeft(input)) return input;
  const { end, isInterrupted } = await writeAll(input.right, terminal, context);
  if (end._tag === 'Left') return end;
  if (end._tag === 'Aborted' || isInterrupted) return right(EXIT.interrupted);
  const code = end.right.bad === 0 ? EXIT.ok : exitCodeOfAll(new Set(['bad-data'] as const));
  show(end.right, code, terminal);
  return right(code);
};
