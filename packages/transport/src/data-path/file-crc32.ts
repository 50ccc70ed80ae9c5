// Data plane. The CRC-32 of a file, computed in the worker thread from the page cache. Called by whoever verifies digests; does not block the
// event loop, reads through one buffer.
import { open } from 'node:fs/promises';
import { getSystemErrorName } from 'node:util';
import { TransportError } from '../errors.ts';
import { kernelWorker } from './kernel-worker-client.ts';
import { fileError, fileTooShort } from './transfer-files.ts';

/** Errors of {@link fileCrc32} name this peer: the file is on our own disk. */
const OURSELVES = 'this machine';

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
      const { ended } = kernelWorker.start({
        kind: 'crc',
        socket: -1,
        file: handle.fd,
        offsetBytes,
        lengthBytes,
        onMoved: () => undefined,
      });
      const end = await ended;
      if (end.type === 'done') return end.crc >>> 0;
      if (end.type === 'failed' && end.errno !== 0)
        throw Object.assign(new Error(`errno ${end.errno}`), {
          code: getSystemErrorName(-end.errno),
        });
      throw fileTooShort(OURSELVES, slice, offsetBytes + end.moved);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof TransportError) throw error;
    throw fileError(OURSELVES, path, error);
  }
};
