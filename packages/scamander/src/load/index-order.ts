// Control plane. The part of a deep verification that is cheap for any size: the order of Index.db. Called by sources.ts for SSTables that
// are too large to be read to the last key.
import { join } from 'node:path';
import type { Token } from '@scamander/ring';
import { type SSTable, SSTableError } from '@scamander/sstable-io';

/** Index.db has no checksum. Its keys stand in the order of their tokens, its positions ascend from 0: most damage breaks that. */
export const indexDisorder = async (
  sstable: SSTable,
  signal: AbortSignal,
): Promise<SSTableError | undefined> => {
  const { files, partitioner, dataLengthBytes } = sstable;
  const { descriptor } = files;
  if (descriptor.format !== 'big') return undefined;
  const file = join(descriptor.directory, `${descriptor.prefix}Index.db`);
  const disorder = (found: string, expected: string): SSTableError =>
    new SSTableError({ code: 'SCM_SSTABLE_CORRUPT', file, offset: undefined, found, expected });
  let last: { readonly token: Token; readonly position: bigint } | undefined;
  try {
    for await (const { key, position } of sstable.keys()) {
      if (signal.aborted) return undefined;
      const token = partitioner.tokenOf(key);
      const isInOrder =
        last === undefined
          ? position === 0n
          : position > last.position && partitioner.compare(token, last.token) >= 0;
      if (!isInOrder || position >= dataLengthBytes)
        return disorder(
          `key ${Buffer.from(key).toString('hex').slice(0, 80)} at position ${position}`,
          'keys in order of their tokens, and positions that ascend from 0 to the end of the data',
        );
      last = { token, position };
    }
    return undefined;
  } catch (error) {
    if (error instanceof SSTableError) return error;
    throw error;
  }
};
