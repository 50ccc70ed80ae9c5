// Control plane. `scamander sstable verify`: says of each SSTable whether it is sound, and what is wrong where. Called by program.ts.
import { join } from 'node:path';
import { openSSTable, type SSTableFiles, type VerifyReport } from '@scamander/sstable-io';
import { fileCrc32 } from '@scamander/transport';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { errorText } from '../output/errors.ts';
import { jsonLine } from '../output/json-lines.ts';
import { complain, say, type Terminal, tell } from '../output/terminal.ts';
import { exitCodeOfAll, nothingAmong, shown, showProblem, sstablesAt } from './sstable-paths.ts';

const verifyOne = async (
  files: SSTableFiles,
  level: 'quick' | 'deep',
  signal: AbortSignal,
): Promise<VerifyReport> => {
  const opened = await openSSTable(files, { fileCrc32: (path) => fileCrc32(path) });
  if (isLeft(opened)) {
    return {
      errors: [opened.left],
      warnings: [],
      checksums: {},
      bytesRead: 0,
      filterTrusted: false,
    };
  }
  try {
    return await opened.right.verify(level, { signal });
  } finally {
    await opened.right.close();
  }
};

const show = (name: string, report: VerifyReport, terminal: Terminal): void => {
  if (terminal.json) {
    terminal.stdout.write(
      jsonLine({
        type: 'Verified',
        sstable: name,
        sound: report.errors.length === 0,
        errors: report.errors.map((error) => ({ ...error.detail, message: error.message })),
        warnings: report.warnings,
        checksums: report.checksums,
        bytesRead: report.bytesRead,
      }),
    );
    return;
  }
  say(terminal, `${report.errors.length === 0 ? 'sound' : 'BAD  '}  ${name}`);
  for (const warning of report.warnings) tell(terminal, `  note: ${warning}`);
  for (const error of report.errors) complain(terminal, errorText(shown(error)));
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
  const kinds = new Set(problems.map(({ kind }) => kind));
  for (const problem of problems) showProblem(terminal, problem);
  const interrupt = context.interruptible(() => undefined);
  let bad = problems.length;
  for (const files of sstables) {
    if (interrupt.interrupted()) break;
    const report = await verifyOne(files, level, interrupt.signal);
    if (report.errors.length > 0) bad += 1;
    for (const error of report.errors) kinds.add(shown(error).kind);
    show(join(files.descriptor.directory, `${files.descriptor.prefix}Data.db`), report, terminal);
  }
  interrupt.stop();
  const code = interrupt.interrupted() ? EXIT.interrupted : exitCodeOfAll(kinds);
  if (terminal.json)
    terminal.stdout.write(
      jsonLine({ type: 'result', exitCode: code, sstables: sstables.length, bad }),
    );
  else say(terminal, `${sstables.length} SSTables, ${bad} with errors (${level})`);
  return right(code);
};
