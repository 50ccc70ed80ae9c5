// Control plane. Reading small text files and folders within named limits. Called by the rest of this folder and by the receiver.
// May not be used for components whose length grows with the data.
import type { Dirent } from 'node:fs';
import { type FileHandle, open, opendir } from 'node:fs/promises';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { SSTableError } from '../errors.ts';
import { DIRECTORY_ENTRIES_MAX } from '../limits.ts';

const errno = (cause: unknown): string | undefined =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;

/** Whether an operation failed because there is no such file. */
export const isNotFound = (cause: unknown): boolean => errno(cause) === 'ENOENT';

/** Turns what `node:fs` throws into our error; the reason keeps its code, such as ENOSPC. */
export const ioError = (file: string, cause: unknown): SSTableError =>
  new SSTableError(
    {
      code: isNotFound(cause) ? 'SCM_SSTABLE_NOT_FOUND' : 'SCM_SSTABLE_IO',
      file,
      reason: cause instanceof Error ? cause.message : String(cause),
    },
    { cause },
  );

const tooLong = (file: string, field: string, value: number, limit: number): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_TOO_LONG',
    file,
    offset: undefined,
    field,
    value: BigInt(value),
    limit: BigInt(limit),
  });

/** Opens a file, hands it to the body and closes it on every path. Rejects with what the file system says. */
export const withFile = async <T>(
  file: string,
  flags: string,
  body: (handle: FileHandle) => Promise<T>,
): Promise<T> => {
  const handle = await open(file, flags);
  try {
    return await body(handle);
  } finally {
    await handle.close();
  }
};

const readAll = async (handle: FileHandle, size: number): Promise<Buffer> => {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
};

/** Reads a whole file of at most `bytesMax`. Errors: NOT_FOUND, TOO_LONG, IO. */
export const readBounded = async (
  file: string,
  bytesMax: number,
  field: string,
): Promise<Either<SSTableError, Buffer>> => {
  try {
    return await withFile(file, 'r', async (handle) => {
      const { size } = await handle.stat();
      return size > bytesMax
        ? left(tooLong(file, field, size, bytesMax))
        : right(await readAll(handle, size));
    });
  } catch (cause) {
    return left(ioError(file, cause));
  }
};

/** Lists a folder, sorted by name, up to {@link DIRECTORY_ENTRIES_MAX} entries. Errors: NOT_FOUND, TOO_LONG, IO. */
export const listFolder = async (
  folder: string,
  entriesMax: number = DIRECTORY_ENTRIES_MAX,
): Promise<Either<SSTableError, readonly Dirent[]>> => {
  try {
    const entries: Dirent[] = [];
    for await (const entry of await opendir(folder)) {
      entries.push(entry);
      if (entries.length > entriesMax)
        return left(tooLong(folder, 'number of entries', entries.length, entriesMax));
    }
    return right(entries.sort((a, b) => (a.name < b.name ? -1 : 1)));
  } catch (cause) {
    return left(ioError(folder, cause));
  }
};
