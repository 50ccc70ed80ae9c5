// Files held in memory in place of those on disk, for tests that open the same SSTable thousands of times. Called by tests only.
import type { FileHandle } from 'node:fs/promises';
import { ReadableFile } from '../../src/io/readable-file.ts';

type Opening = typeof ReadableFile.open;
type Making = new (path: string, lengthBytes: number, handle: FileHandle) => ReadableFile;

const handleOf = (bytes: Uint8Array): FileHandle => {
  const read = (target: Uint8Array, offset: number, length: number, position: number) => {
    const part = bytes.subarray(position, position + length);
    target.set(part, offset);
    return Promise.resolve({ bytesRead: part.length, buffer: target });
  };
  return { read, close: () => Promise.resolve() } as unknown as FileHandle;
};

/** While `work` runs, paths that `files` has are read from there. */
export const withMemoryFiles = async (
  files: ReadonlyMap<string, Uint8Array>,
  work: () => Promise<void>,
): Promise<void> => {
  const place = ReadableFile as { open: Opening };
  const usual = place.open;
  place.open = async (path) => {
    const bytes = files.get(path);
    if (bytes === undefined) return await usual.call(ReadableFile, path);
    return new (ReadableFile as unknown as Making)(path, bytes.length, handleOf(bytes));
  };
  try {
    await work();
  } finally {
    place.open = usual;
  }
};
