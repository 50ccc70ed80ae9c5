// Both planes. The job of `scamander sstable verify`: SSTables of any version checked one after the other. Run by run-job.ts. Reads only.
import { join } from 'node:path';
import type { ErrorKind } from '@scamander/scamander';
import {
  isLegacyVersion,
  openLegacySSTable,
  openSSTable,
  type SSTableError,
  type SSTableFiles,
  type VerifyLevel,
  type VerifyProgress,
  type VerifyReport,
} from '@scamander/sstable-io';
import { fileCrc32 } from '@scamander/transport';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { shown } from '../commands/sstable-paths.ts';
import type { Job } from './job.ts';

/** What to check. */
export interface VerifyInput {
  readonly sstables: readonly SSTableFiles[];
  readonly level: VerifyLevel;
}

/** How it went. */
export interface VerifyOutcome {
  readonly bad: number;
  readonly kinds: readonly ErrorKind[];
}

/** What both kinds of open SSTables can do. */
interface Verifiable {
  verify(
    level: VerifyLevel,
    options: { readonly progress: VerifyProgress; readonly signal: AbortSignal },
  ): Promise<VerifyReport>;
  close(): Promise<void>;
}

const open = (files: SSTableFiles): Promise<Either<SSTableError, Verifiable>> =>
  isLegacyVersion(files.descriptor.format, files.descriptor.version)
    ? openLegacySSTable(files, {})
    : openSSTable(files, { fileCrc32: (path) => fileCrc32(path) });

const unopened = (error: SSTableError): VerifyReport => ({
  errors: [error],
  warnings: [],
  checksums: {},
  bytesRead: 0,
  filterTrusted: false,
});

const verifyOne = async (
  files: SSTableFiles,
  level: VerifyLevel,
  options: { readonly progress: VerifyProgress; readonly signal: AbortSignal },
): Promise<VerifyReport> => {
  const opened = await open(files);
  if (isLeft(opened)) return unopened(opened.left);
  try {
    return await opened.right.verify(level, options);
  } finally {
    await opened.right.close();
  }
};

const bytesOf = ({ components }: SSTableFiles): number => {
  let bytes = 0;
  for (const length of components.values()) bytes += length;
  return bytes;
};

/** Every SSTable is an event; nothing is Left, since what is wrong with one keeps no other from being checked. */
export const verifyJob: Job<VerifyInput, VerifyOutcome> = async ({ sstables, level }, tools) => {
  const total = sstables.reduce((sum, files) => sum + bytesOf(files), 0);
  const kinds = new Set<ErrorKind>();
  let bad = 0;
  let before = 0;
  for (const files of sstables) {
    tools.signal.throwIfAborted();
    const bytes = bytesOf(files);
    // a verification counts in bytes of its own, since it reads some files twice
    const progress: VerifyProgress = (done, all) =>
      tools.progress(before + Math.round(all === 0 ? bytes : (done / all) * bytes), total);
    const report = await verifyOne(files, level, { progress, signal: tools.signal });
    const problems = report.errors.map(shown);
    for (const { kind } of problems) kinds.add(kind);
    if (problems.length > 0) bad += 1;
    before += bytes;
    tools.event({
      type: 'Verified',
      sstable: join(files.descriptor.directory, `${files.descriptor.prefix}Data.db`),
      sound: problems.length === 0,
      errors: report.errors.map(({ detail, message }) => ({ ...detail, message })),
      problems,
      warnings: report.warnings,
      checksums: report.checksums,
      bytesRead: report.bytesRead,
    });
  }
  return right({ bad, kinds: [...kinds] });
};
