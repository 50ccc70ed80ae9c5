// Control plane. Who an SSTable is, without reading its data: the same wherever it lies and whatever its generation. Called by load, pull and copy
// for their ledgers, and by receipts.
//
// It is made of the sizes of the components that travel and of the bytes of those that describe the data: Digest.crc32 (a checksum of all of
// Data.db) and Statistics.db; where there is no digest, of the checksums in CRC.db or the chunk positions in CompressionInfo.db. So it
// changes when the SSTable is another one. It does not notice a bit that flipped inside Data.db afterwards: verifying the digest does.
// Summary.db has no part in it: a running node makes it anew from the index as it sees fit.
import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import {
  componentKind,
  componentPath,
  isStreamableComponent,
  type SSTableError,
  type SSTableFiles,
} from '@scamander/sstable-io';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { unreadableFile } from './unreadable-file.ts';

/** Changes with what goes into an id. */
const FORM = 'scamander-content-1';

const READ_BYTES = 1 << 18;

const isDescriptive = (name: string, hasDigest: boolean): boolean => {
  const kind = componentKind(name);
  if (kind === 'DIGEST' || kind === 'STATS') return true;
  return !hasDigest && (kind === 'CRC' || kind === 'COMPRESSION_INFO');
};

const addFile = async (hash: Hash, path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return;
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
};

/** The id: 64 hex digits. Errors: NOT_FOUND, IO. */
export const contentIdOf = async (files: SSTableFiles): Promise<Either<SSTableError, string>> => {
  const { descriptor, components } = files;
  const names = [...components.keys()]
    .filter((name) => isStreamableComponent(name) && componentKind(name) !== 'SUMMARY')
    .sort();
  const sizes = names.map((name) => [name, components.get(name)]);
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify([FORM, descriptor.version, descriptor.format, sizes])}\n`);
  const hasDigest = names.some((name) => componentKind(name) === 'DIGEST');
  for (const name of names) {
    if (!isDescriptive(name, hasDigest)) continue;
    const path = componentPath(descriptor, name);
    try {
      await addFile(hash, path);
    } catch (cause) {
      return left(unreadableFile(path, cause));
    }
  }
  return right(hash.digest('hex'));
};
