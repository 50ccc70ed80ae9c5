// Data plane. The CRC-32 of a file, from the page cache: small files piece by piece on the calling thread, others in the worker. Called by
// whoever verifies digests; does not block the event loop, reads through one buffer.
import { type FileHandle, open } from 'node:fs/promises';
import { getSystemErrorName } from 'node:util';
import { crc32 } from 'node:zlib';
import { TransportError } from '../errors.ts';
import { CRC_BUFFER_BYTES, CRC_HERE_BYTES_MAX } from '../limits.ts';
import { kernelWorker } from './kernel-worker-client.ts';
import { fileError, fileTooShort } from './transfer-files.ts';
import type { FileSlice } from './types.ts';

/** Errors of {@link fileCrc32} name this peer: the file is on our own disk. */
const OURSELVES = 'this machine';

const here = async (handle: FileHandle, slice: FileSlice): Promise<number> => {
  const buffer = Buffer.allocUnsafe(Math.min(CRC_BUFFER_BYTES, slice.lengthBytes));
  let crc = 0;
  for (let done = 0; done < slice.lengthBytes; ) {
    const wanted = Math.min(buffer.length, slice.lengthBytes - done);
    const { bytesRead } = await handle.read(buffer, 0, wanted, slice.offsetBytes + done);
    if (bytesRead === 0) throw fileTooShort(OURSELVES, slice, slice.offsetBytes + done);
    crc = crc32(buffer.subarray(0, bytesRead), crc);
    done += bytesRead;
  }
  return crc;
};

const inWorker = async (handle: FileHandle, slice: FileSlice): Promise<number> => {
  const { ended } = kernelWorker.start({
    kind: 'crc',
    socket: -1,
    file: handle.fd,
    offsetBytes: slice.offsetBytes,
    lengthBytes: slice.lengthBytes,
    onMoved: () => undefined,
  });
  const end = await ended;
  if (end.type === 'done') return end.crc >>> 0;
  if (end.type === 'failed' && end.errno !== 0)
    throw Object.assign(new Error(`errno ${end.errno}`), {
      code: getSystemErrorName(-end.errno),
    });
  throw fileTooShort(OURSELVES, slice, slice.offsetBytes + end.moved);
};

/**
 * CRC-32 (the one of zlib, and of Cassandra's Digest.crc32) as an unsigned number, of the whole file or of a range. Rejects with a
 * {@link TransportError} SCM_NET_FILE.
 */
export const fileCrc32 = async (
  path: string,
  range: { readonly offset?: number; readonly length?: number } = {},
): Promise<number> => {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const offsetBytes = range.offset ?? 0;
      const lengthBytes = range.length ?? Math.max(0, size - offsetBytes);
      if (lengthBytes === 0) return 0;
      const slice = { path, component: '', offsetBytes, lengthBytes };
      if (size < offsetBytes + lengthBytes) throw fileTooShort(OURSELVES, slice, size);
      return await (lengthBytes <= CRC_HERE_BYTES_MAX ? here : inWorker)(handle, slice);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof TransportError) throw error;
    throw fileError(OURSELVES, path, error);
  }
};
