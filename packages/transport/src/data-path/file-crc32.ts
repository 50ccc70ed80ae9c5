// Data plane. The CRC-32 of a file, from the page cache: small files piece by piece on the calling thread, others in the checksum worker.
// Called by whoever verifies digests; does not block the event loop, reads through one buffer.
import { type FileHandle, open } from 'node:fs/promises';
import { getSystemErrorName } from 'node:util';
import { crc32 } from 'node:zlib';
import { TransportError } from '../errors.ts';
import { CRC_HERE_BYTES_MAX, CRC_HERE_PIECE_BYTES } from '../limits.ts';
import { checksumWorker, type KernelJobEnd } from './kernel-worker-client.ts';
import { fileError, fileTooShort } from './transfer-files.ts';
import type { FileSlice } from './types.ts';

/** Errors of checksums name this peer: the file is on our own disk. */
export const OURSELVES = 'this machine';

/** Options of {@link fileCrc32}. */
export interface FileCrc32Options {
  /** First byte. @default 0 */
  readonly offset?: number;
  /** Bytes. @default to the end of the file */
  readonly length?: number;
  /** CRC-32 of what comes before the first byte: the result is that of both together. @default 0 */
  readonly seed?: number;
  /** Called with the bytes that are done, now and then; what it throws ends the work. */
  readonly progress?: ((bytes: number) => void) | undefined;
  /** Gives up: the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

const here = async (
  handle: FileHandle,
  slice: FileSlice,
  { seed = 0, progress, signal }: FileCrc32Options,
): Promise<number> => {
  const buffer = Buffer.allocUnsafe(Math.min(CRC_HERE_PIECE_BYTES, slice.lengthBytes));
  let crc = seed;
  for (let done = 0; done < slice.lengthBytes; ) {
    signal?.throwIfAborted();
    const wanted = Math.min(buffer.length, slice.lengthBytes - done);
    const { bytesRead } = await handle.read(buffer, 0, wanted, slice.offsetBytes + done);
    if (bytesRead === 0) throw fileTooShort(OURSELVES, slice, slice.offsetBytes + done);
    crc = crc32(buffer.subarray(0, bytesRead), crc);
    done += bytesRead;
    progress?.(done);
  }
  return crc;
};

/** The checksum that a job of the worker ended with, or why it has none. */
export const crcOfEnd = (end: KernelJobEnd, slice: FileSlice): number => {
  if (end.type === 'done') return end.crc >>> 0;
  if (end.type === 'failed' && end.errno !== 0)
    throw Object.assign(new Error(`errno ${end.errno}`), {
      code: getSystemErrorName(-end.errno),
    });
  throw fileTooShort(OURSELVES, slice, slice.offsetBytes + end.moved);
};

const inWorker = async (
  handle: FileHandle,
  slice: FileSlice,
  { seed = 0, progress, signal }: FileCrc32Options,
): Promise<number> => {
  let failure: { readonly error: unknown } | undefined;
  const told = (bytes: number): void => {
    try {
      progress?.(bytes);
    } catch (error) {
      failure ??= { error };
      job.cancel();
    }
  };
  const job = checksumWorker.start({
    kind: 'crc',
    socket: -1,
    file: handle.fd,
    offsetBytes: slice.offsetBytes,
    lengthBytes: slice.lengthBytes,
    grantedBytes: slice.lengthBytes,
    seed,
    onMoved: told,
  });
  const cancel = (): void => job.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (signal?.aborted === true) cancel();
    const end = await job.ended;
    if (failure !== undefined) throw failure.error;
    signal?.throwIfAborted();
    return crcOfEnd(end, slice);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
};

/**
 * CRC-32 (the one of zlib, and of Cassandra's Digest.crc32) as an unsigned number, of the whole file or of a range. Rejects with a
 * {@link TransportError} SCM_NET_FILE, or with the reason of the signal.
 */
export const fileCrc32 = async (path: string, options: FileCrc32Options = {}): Promise<number> => {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const offsetBytes = options.offset ?? 0;
      const lengthBytes = options.length ?? Math.max(0, size - offsetBytes);
      if (lengthBytes === 0) return options.seed ?? 0;
      const slice = { path, component: '', offsetBytes, lengthBytes };
      if (size < offsetBytes + lengthBytes) throw fileTooShort(OURSELVES, slice, size);
      return await (lengthBytes <= CRC_HERE_BYTES_MAX ? here : inWorker)(handle, slice, options);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof TransportError || options.signal?.aborted === true) throw error;
    throw fileError(OURSELVES, path, error);
  }
};
