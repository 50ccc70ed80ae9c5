// Control plane. All bytes of an entire SSTable have come → it is verified, made ours and durable, still invisible (spec: streaming-4.0-plus
// §4.3, steps 3–5; sstable-index-and-stats §9). Called by the front door's IncomingFile before RECEIVED is sent.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { versionFeatures } from '../components/version.ts';
import { ioError } from '../directory/bounded-read.ts';
import { formatToc } from '../directory/toc.ts';
import { SSTableError } from '../errors.ts';
import type { OpenOptions } from '../io/sstable-parts.ts';
import { isUnreadVersion } from '../naming/versions.ts';
import { openSSTable } from '../open.ts';
import { changeStatistics, decodeStatistics, encodeStatistics } from '../statistics/statistics.ts';
import type { SSTableFiles, VerifyReport } from '../types.ts';
import { fileCrc32 } from '../verify/file-checksums.ts';
import { nodeFileSystem, type ReceiveFileSystem } from './file-system.ts';
import type { ReceivePlan } from './plan.ts';
import { stagedDescriptor } from './staging.ts';

/** What finishing needs beside the plan. */
export interface FinishParts extends OpenOptions {
  /** @default nodeFileSystem */
  readonly fileSystem?: ReceiveFileSystem;
  readonly signal?: AbortSignal;
}

/** A verified, durable SSTable. */
export interface FinishedReceive {
  readonly bytes: bigint;
  /** CRC-32 of each component as it came, Statistics.db before it was rewritten: what the sender can compare with. */
  readonly checksums: Readonly<Record<string, number>>;
  /** Components that came and were thrown away: a Filter.db that would hide partitions. A node builds its own. */
  readonly dropped: readonly string[];
}

/** "Write each component with exactly the given length": what stands in the folder must be the manifest, no more and no less. */
const checkLengths = async (plan: ReceivePlan): Promise<SSTableError | undefined> => {
  for (const { path, component, lengthBytes } of plan.files) {
    const { size } = await stat(path);
    if (size !== lengthBytes)
      return new SSTableError({
        code: 'SCM_SSTABLE_CORRUPT',
        file: path,
        offset: Math.min(size, lengthBytes),
        found: `${size} bytes of ${component}`,
        expected: `the ${lengthBytes} of the manifest`,
      });
  }
  const names = new Set(plan.files.map(({ component }) => component));
  const foreign = (await readdir(plan.stagingDirectory)).find((name) => !names.has(name));
  return foreign === undefined
    ? undefined
    : new SSTableError({
        code: 'SCM_SSTABLE_NOT_AN_SSTABLE',
        file: join(plan.stagingDirectory, foreign),
        reason: 'the manifest does not list it',
      });
};

const stagedFiles = (plan: ReceivePlan): SSTableFiles => ({
  descriptor: stagedDescriptor(plan),
  components: new Map(plan.files.map(({ component, lengthBytes }) => [component, lengthBytes])),
});

/** Opens it as a node would, and checks Data.db by its digest or, without one, block by block. */
const verifyStaged = async (
  plan: ReceivePlan,
  { fileCrc32, signal }: FinishParts,
): Promise<Either<SSTableError, VerifyReport>> => {
  const opened = await openSSTable(stagedFiles(plan), fileCrc32 === undefined ? {} : { fileCrc32 });
  if (opened._tag === 'Left') return opened;
  try {
    const report = await opened.right.verify('quick', signal === undefined ? {} : { signal });
    const [error] = report.errors;
    return error === undefined ? right(report) : left(error);
  } finally {
    await opened.right.close();
  }
};

/** "sstableLevel := header.sstableLevel, repairedAt/pendingRepair := STREAM header values, isTransient := false". */
const rewriteStatistics = async (
  plan: ReceivePlan,
  fileSystem: ReceiveFileSystem,
): Promise<Either<SSTableError, void>> => {
  const path = join(plan.stagingDirectory, 'Statistics.db');
  const { format, version } = plan.descriptor;
  const features = versionFeatures(format, version, path);
  if (features._tag === 'Left') return features;
  const statistics = decodeStatistics(await readFile(path), features.right, path);
  if (statistics._tag === 'Left') return statistics;
  const changed = changeStatistics(statistics.right, {
    sstableLevel: plan.sstableLevel,
    repairedAtMs: plan.repairedAtMs,
    pendingRepair: plan.pendingRepair ?? null,
    isTransient: false,
  });
  await fileSystem.write(path, encodeStatistics(changed));
  return right(undefined);
};

/** Everything on the disk, TOC.txt last: its presence says that the rest is verified and durable. */
const makeDurable = async (
  plan: ReceivePlan,
  components: readonly string[],
  fileSystem: ReceiveFileSystem,
): Promise<void> => {
  for (const component of components)
    if (component !== 'Statistics.db')
      await fileSystem.syncFile(join(plan.stagingDirectory, component));
  const toc = Buffer.from(formatToc(components));
  await fileSystem.write(join(plan.stagingDirectory, 'TOC.txt'), toc);
  await fileSystem.syncDirectory(plan.stagingDirectory);
};

/** Checksum of Data.db against the digest that came with it: all that can be said of an SSTable that can't be read. */
const checkUnread = async (
  plan: ReceivePlan,
  { fileCrc32: given, signal }: FinishParts,
): Promise<Either<SSTableError, FinishedReceive['checksums']>> => {
  const data = join(plan.stagingDirectory, 'Data.db');
  const progress = (): void => undefined;
  const found =
    given === undefined ? await fileCrc32(data, progress) : await given(data, { progress, signal });
  if (plan.files.some(({ component }) => component === 'Digest.crc32')) {
    const text = await readFile(join(plan.stagingDirectory, 'Digest.crc32'), 'latin1');
    const expected = Number(text);
    if (found !== expected)
      return left(new SSTableError({ code: 'SCM_SSTABLE_DIGEST', file: data, found, expected }));
  }
  return right({ 'Data.db': found });
};

const finishUnread = async (
  plan: ReceivePlan,
  parts: FinishParts,
): Promise<Either<SSTableError, FinishedReceive>> => {
  const fileSystem = parts.fileSystem ?? nodeFileSystem;
  const checksums = await checkUnread(plan, parts);
  if (checksums._tag === 'Left') return checksums;
  const components = plan.files.map(({ component }) => component);
  await fileSystem.syncFile(join(plan.stagingDirectory, 'Statistics.db'));
  await makeDurable(plan, components, fileSystem);
  return right({ bytes: plan.totalBytes, checksums: checksums.right, dropped: [] });
};

const finish = async (
  plan: ReceivePlan,
  parts: FinishParts,
): Promise<Either<SSTableError, FinishedReceive>> => {
  const fileSystem = parts.fileSystem ?? nodeFileSystem;
  const wrong = await checkLengths(plan);
  if (wrong !== undefined) return left(wrong);
  const { format, version } = plan.descriptor;
  // planned only where whoever receives wants it so
  if (isUnreadVersion(format, version)) return finishUnread(plan, parts);
  const report = await verifyStaged(plan, parts);
  if (report._tag === 'Left') return report;
  const components = plan.files.map(({ component }) => component);
  const dropped =
    components.includes('Filter.db') && !report.right.filterTrusted ? ['Filter.db'] : [];
  const rewritten = await rewriteStatistics(plan, fileSystem);
  if (rewritten._tag === 'Left') return rewritten;
  for (const name of dropped) await fileSystem.remove(join(plan.stagingDirectory, name));
  await makeDurable(
    plan,
    components.filter((name) => !dropped.includes(name)),
    fileSystem,
  );
  return right({ bytes: plan.totalBytes, checksums: report.right.checksums, dropped });
};

/**
 * Verifies what was received, sets level and repair state in Statistics.db, drops a filter that can't be trusted and waits until all of
 * it is on the disk. Nothing becomes visible. A signal that fires makes it end with its reason as an IO error.
 *
 * Left: DIGEST, CORRUPT, TOO_LONG, MISSING_COMPONENT, UNSUPPORTED, NOT_FOUND, IO; the plan can only be aborted then.
 */
export const finishReceive = async (
  plan: ReceivePlan,
  parts: FinishParts = {},
): Promise<Either<SSTableError, FinishedReceive>> => {
  try {
    return await finish(plan, parts);
  } catch (cause) {
    return left(cause instanceof SSTableError ? cause : ioError(plan.stagingDirectory, cause));
  }
};
