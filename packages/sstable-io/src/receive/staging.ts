// Control plane. The folder in which one SSTable is received, from its making to its end. Called by the front door's IncomingFile.
// May not touch a table directory.
import { readdir, rmdir } from 'node:fs/promises';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { ioError } from '../directory/bounded-read.ts';
import { SSTableError } from '../errors.ts';
import { STAGING_ATTEMPTS_MAX } from '../limits.ts';
import type { SSTableDescriptor } from '../types.ts';
import { nodeFileSystem, type ReceiveFileSystem } from './file-system.ts';
import { type ReceivePlan, stagingFolders } from './plan.ts';

/** The SSTable while it is being received: its files carry no prefix there, so that nothing takes them for an SSTable. */
export const stagedDescriptor = (plan: ReceivePlan): SSTableDescriptor => ({
  ...plan.descriptor,
  directory: plan.stagingDirectory,
  prefix: '',
});

const hasVanished = (cause: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes(String((cause as NodeJS.ErrnoException | undefined)?.code));

/** A receive that ends as the last one removes the folders around its own; mkdir fails where that happens between two of its steps. */
const makeStaging = async (path: string, fileSystem: ReceiveFileSystem): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fileSystem.makeDirectory(path);
      return;
    } catch (cause) {
      if (attempt >= STAGING_ATTEMPTS_MAX || !hasVanished(cause)) throw cause;
    }
  }
};

/** Makes the folder into which the bytes go. Errors: IO; UNFINISHED when an earlier receive of the same id left its files there. */
export const prepareReceive = async (
  plan: ReceivePlan,
  fileSystem: ReceiveFileSystem = nodeFileSystem,
): Promise<Either<SSTableError, void>> => {
  try {
    await makeStaging(plan.stagingDirectory, fileSystem);
    const leftOver = await readdir(plan.stagingDirectory);
    return leftOver.length === 0
      ? right(undefined)
      : left(
          new SSTableError({
            code: 'SCM_SSTABLE_UNFINISHED',
            file: plan.stagingDirectory,
            reason: `left over from an earlier receive: ${leftOver.slice(0, 5).join(', ')}; recover() removes it`,
          }),
        );
  } catch (cause) {
    return left(ioError(plan.stagingDirectory, cause));
  }
};

/**
 * Removes every trace of a receive that was not committed. Safe at any moment, also twice, also after a commit, which it leaves alone.
 * Error: IO; the rest is then for {@link recover}.
 */
export const abortReceive = async (
  plan: ReceivePlan,
  fileSystem: ReceiveFileSystem = nodeFileSystem,
): Promise<Either<SSTableError, void>> => {
  try {
    await fileSystem.removeTree(plan.stagingDirectory);
    await removeIfEmpty(plan.stagingRoot);
    return right(undefined);
  } catch (cause) {
    return left(ioError(plan.stagingDirectory, cause));
  }
};

/** Removes the folder of all receives when this was the last. Another one may be made in it at any time, so failing is normal. */
export const removeIfEmpty = async (stagingRoot: string): Promise<void> => {
  for (const folder of stagingFolders(stagingRoot)) await rmdir(folder).catch(() => undefined);
};
