// Control plane. What the receiver does to disks, as a port: each function is one step that may fail or be the last one before a power
// cut, so tests stand in its place. Called by this folder only; nothing here knows SSTables.
import { mkdir, realpath, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNotFound, withFile } from '../directory/bounded-read.ts';

/** Changes to a file system. Every function rejects with the error of `node:fs`. */
export interface ReceiveFileSystem {
  /** Makes a folder and its parents; the parent of each one made is synced. One that is there is left alone. */
  makeDirectory(path: string): Promise<void>;
  /** Canonical path of what exists. */
  realPath(path: string): Promise<string>;
  /** Creates or replaces a file and syncs it. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Appends to a file and syncs it. */
  append(path: string, bytes: Uint8Array): Promise<void>;
  /** Cuts a file and syncs it. */
  truncate(path: string, lengthBytes: number): Promise<void>;
  /** Moves a file within one file system. */
  rename(from: string, to: string): Promise<void>;
  /** Removes one file; one that is gone is fine. */
  remove(path: string): Promise<void>;
  /** Removes a folder with everything in it; one that is gone is fine. */
  removeTree(path: string): Promise<void>;
  /** Waits until a file's bytes are on the disk, whoever wrote them. */
  syncFile(path: string): Promise<void>;
  /** Waits until a folder's names are on the disk. */
  syncDirectory(path: string): Promise<void>;
}

const syncDirectory = (path: string): Promise<void> =>
  withFile(path, 'r', (handle) => handle.sync());

const makeDirectory = async (path: string): Promise<void> => {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made))
    await syncDirectory(dirname(made));
};

/** The file system of `node:fs`. */
export const nodeFileSystem: ReceiveFileSystem = {
  makeDirectory,
  realPath: (path) => realpath(path),
  write: (path, bytes) =>
    withFile(path, 'w', async (handle) => {
      await handle.writeFile(bytes);
      await handle.sync();
    }),
  append: (path, bytes) =>
    withFile(path, 'a', async (handle) => {
      await handle.writeFile(bytes);
      await handle.sync();
    }),
  truncate: (path, lengthBytes) =>
    withFile(path, 'r+', async (handle) => {
      await handle.truncate(lengthBytes);
      await handle.sync();
    }),
  rename: (from, to) => rename(from, to),
  remove: async (path) => {
    try {
      await unlink(path);
    } catch (cause) {
      if (!isNotFound(cause)) throw cause;
    }
  },
  removeTree: (path) => rm(path, { recursive: true, force: true }),
  syncFile: (path) => withFile(path, 'r+', (handle) => handle.sync()),
  syncDirectory,
};
