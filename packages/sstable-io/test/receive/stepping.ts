// Makes each step of the receiver stop, fail or be cut in half. Used by the tests of this folder and by their child process.
import { nodeFileSystem, type ReceiveFileSystem } from '../../src/receive/file-system.ts';

/** One call of the port. */
export interface Step {
  readonly index: number;
  readonly name: keyof ReceiveFileSystem;
  /** Does half of a write or append; nothing for the other steps. */
  readonly half: () => Promise<void>;
  /** Does the step. */
  readonly whole: () => Promise<void>;
}

/** Decides what happens at a step: do it, throw, or wait for ever. */
export type AtStep = (step: Step) => Promise<void>;

/** The real file system, asking before each change. */
export const stepping = (atStep: AtStep): ReceiveFileSystem => {
  let index = 0;
  const step = (
    name: keyof ReceiveFileSystem,
    whole: () => Promise<void>,
    half: () => Promise<void> = async () => undefined,
  ): Promise<void> => {
    index += 1;
    return atStep({ index, name, whole, half });
  };
  const firstHalf = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length >> 1);
  const inner = nodeFileSystem;
  return {
    realPath: inner.realPath,
    makeDirectory: (path) => step('makeDirectory', () => inner.makeDirectory(path)),
    write: (path, bytes) =>
      step(
        'write',
        () => inner.write(path, bytes),
        () => inner.write(path, firstHalf(bytes)),
      ),
    append: (path, bytes) =>
      step(
        'append',
        () => inner.append(path, bytes),
        () => inner.append(path, firstHalf(bytes)),
      ),
    truncate: (path, length) => step('truncate', () => inner.truncate(path, length)),
    rename: (from, to) => step('rename', () => inner.rename(from, to)),
    remove: (path) => step('remove', () => inner.remove(path)),
    removeTree: (path) => step('removeTree', () => inner.removeTree(path)),
    syncFile: (path) => step('syncFile', () => inner.syncFile(path)),
    syncDirectory: (path) => step('syncDirectory', () => inner.syncDirectory(path)),
  };
};

/** An error as the operating system gives it. */
export const osError = (code: 'ENOSPC' | 'EACCES' | 'EIO'): Error =>
  Object.assign(new Error(`${code}: injected`), { code });
