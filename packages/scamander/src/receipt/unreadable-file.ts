// Control plane. What `node:fs` says of a file of an SSTable, as an SSTable's error. Called by this folder only.
import { SSTableError } from '@scamander/sstable-io';

/** NOT_FOUND or IO. */
export const unreadableFile = (file: string, cause: unknown): SSTableError =>
  new SSTableError(
    {
      code:
        cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
          ? 'SCM_SSTABLE_NOT_FOUND'
          : 'SCM_SSTABLE_IO',
      file,
      reason: cause instanceof Error ? cause.message : String(cause),
    },
    { cause },
  );
