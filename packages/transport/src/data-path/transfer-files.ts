// Data plane. Opens and closes the files of a transfer and names their failures. Called by both data paths. Every handle it opens is closed
// by its body's end, on every path.
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { TransportError } from '../errors.ts';
import { EARLY_SYNC_BYTES } from '../limits.ts';
import type { SinkChecksums } from './sink-checksums.ts';
import type { TransferRun } from './transfer-run.ts';
import type { FileSink, FileSlice } from './types.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EEXIST: 'the file exists already',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large for its disk',
  EROFS: 'the disk is read-only',
  EMFILE: 'this process has too many open files',
  ENFILE: 'this machine has too many open files',
  EIO: 'the disk failed to read or write',
};

/** SCM_NET_FILE for an error of the file system. */
export const fileError = (peer: string, file: string, error: unknown): TransportError => {
  if (error instanceof TransportError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return new TransportError({ code: 'SCM_NET_FILE', peer, file, reason }, { cause: error });
};

/** SCM_NET_FILE for a file that ended before the bytes we promised. */
export const fileTooShort = (peer: string, slice: FileSlice, hasBytes: number): TransportError => {
  const needs = slice.offsetBytes + slice.lengthBytes;
  const reason = `it has ${hasBytes} bytes, ${needs} are to be sent`;
  return new TransportError({ code: 'SCM_NET_FILE', peer, file: slice.path, reason });
};

/** Runs a disk operation; its time is no stall of the peer. */
export const onDisk = async <T>(
  run: TransferRun,
  file: string,
  work: () => Promise<T>,
): Promise<T> => {
  run.pause();
  try {
    return await work();
  } catch (error) {
    throw fileError(run.peer, file, error);
  }
};

/** Opens the slice's file for reading and checks that it is long enough. */
export const withSource = async (
  run: TransferRun,
  slice: FileSlice,
  body: (handle: FileHandle) => Promise<void>,
): Promise<void> => {
  run.check();
  const handle = await onDisk(run, slice.path, () => open(slice.path, 'r'));
  try {
    const { size } = await onDisk(run, slice.path, () => handle.stat());
    if (size < slice.offsetBytes + slice.lengthBytes) throw fileTooShort(run.peer, slice, size);
    await body(handle);
  } finally {
    await handle.close();
  }
};

/** What else happens to the files of a receiving transfer. */
export interface SinkOptions {
  /**
   * `true`: the transfer completes only when every file's bytes are on the disk (fdatasync); `'early'`: the disk begins on large files while
   * they come, so that who syncs them later finds little to do. @default false
   */
  readonly sync?: boolean | 'early';
  /** Sums the files up while they come. */
  readonly checksums?: SinkChecksums;
}

/** Makes a file durable, beginning while it is still being written. */
class SinkSync {
  readonly #handle: FileHandle;
  readonly #wanted: boolean | 'early';
  #begunBytes = 0;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(handle: FileHandle, wanted: boolean | 'early') {
    this.#handle = handle;
    this.#wanted = wanted;
  }

  /** Called with the bytes that are in the file; starts the disk on them when it is worth it. */
  written(bytes: number): void {
    if (this.#wanted === false || this.#running !== undefined) return;
    if (bytes - this.#begunBytes < EARLY_SYNC_BYTES) return;
    this.#begunBytes = bytes;
    this.#running = this.#handle.datasync().then(
      () => {
        this.#running = undefined;
      },
      (error: unknown) => {
        // The kernel reports a failed write to one fdatasync only: the last one would not hear of it.
        this.#failure ??= { error };
        this.#running = undefined;
      },
    );
  }

  /** Resolves when every byte is on the disk, or nothing is under way any more. */
  async finish(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#wanted === true) await this.#handle.datasync();
  }
}

/**
 * Creates the sink's file, which must not exist; makes it durable after the body when asked to. The body tells how many bytes are in the
 * file. A transfer that was given up while the file was being created leaves none: the caller may have cleaned up already.
 */
export const withSink = async (
  run: TransferRun,
  sink: FileSink,
  { sync = false, checksums }: SinkOptions,
  body: (handle: FileHandle, written: (bytes: number) => void) => Promise<void>,
): Promise<void> => {
  run.check();
  const handle = await onDisk(run, sink.path, () => open(sink.path, 'wx'));
  const durable = new SinkSync(handle, sync);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  try {
    if (run.signal.aborted) {
      await close();
      await unlink(sink.path);
      run.check();
    }
    const checksum = checksums?.begin(sink);
    const written = (bytes: number): void => {
      durable.written(bytes);
      checksum?.written(bytes);
    };
    await body(handle, written);
    written(sink.lengthBytes);
    await onDisk(run, sink.path, () => durable.finish());
    await onDisk(run, sink.path, close);
  } finally {
    await close();
  }
};
