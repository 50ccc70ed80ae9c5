// Control plane. CRC-32 and SHA-256 of files and of all components of an SSTable, for receipts. Called by load, pull, copy and verifyReceipt.
// Small files are read here, piece by piece; larger ones in a thread of their own. Memory does not grow with the files.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { crc32 } from '@scamander/bytes';
import { componentPath, type SSTableError, type SSTableFiles } from '@scamander/sstable-io';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { DIGEST_HERE_BYTES_MAX, DIGEST_HERE_PIECE_BYTES } from '../limits.ts';
import { type DigestJob, digestInWorker, type FileDigests } from './digest-jobs.ts';
import type { ComponentRecord } from './receipt.ts';
import { unreadableFile } from './unreadable-file.ts';

const digestHere = async ({ path, progress, signal }: DigestJob): Promise<FileDigests> => {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(DIGEST_HERE_PIECE_BYTES);
    const hash = createHash('sha256');
    let crc = 0;
    let bytes = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, bytes);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      crc = crc32(piece, crc);
      bytes += bytesRead;
      progress?.(bytes);
    }
    return { bytes, crc32: crc, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
};

/** Digests of one file; `sizeBytes` decides where it is read. Rejects with what the file system says, or with the signal's reason. */
export const fileDigests = (job: DigestJob, sizeBytes: number): Promise<FileDigests> =>
  sizeBytes <= DIGEST_HERE_BYTES_MAX ? digestHere(job) : digestInWorker(job);

/** Options of {@link componentRecords}. */
export interface ComponentOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of all components that are done, now and then. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

/** Every component of an SSTable, by name. Errors: NOT_FOUND, IO. Rejects with the signal's reason only. */
export const componentRecords = async (
  { descriptor, components }: SSTableFiles,
  { signal, progress }: ComponentOptions = {},
): Promise<Either<SSTableError, Readonly<Record<string, ComponentRecord>>>> => {
  const records: Record<string, ComponentRecord> = {};
  let before = 0;
  for (const [name, sizeBytes] of components) {
    const path = componentPath(descriptor, name);
    const done = before;
    try {
      const told = progress === undefined ? undefined : (bytes: number) => progress(done + bytes);
      const digests = await fileDigests({ path, progress: told, signal }, sizeBytes);
      records[name] = digests;
      before += digests.bytes;
    } catch (cause) {
      signal?.throwIfAborted();
      return left(unreadableFile(path, cause));
    }
  }
  return right(records);
};
