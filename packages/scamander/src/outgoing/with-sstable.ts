// Control plane. Opens an SSTable for one question and closes it on every path. Called by planning and by the outgoing files: a load of
// thousands of SSTables keeps none of them open.
import type { FileError } from '@scamander/session';
import {
  openSSTable,
  type SSTable,
  type SSTableError,
  type SSTableFiles,
} from '@scamander/sstable-io';
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';

/** An SSTable's error in the session's shape. */
export const toFileError = (error: SSTableError): FileError => ({
  code: error.code,
  file: error.detail.file,
  message: error.message,
  retryable: error.code === 'SCM_SSTABLE_IO',
  cause: error,
});

/** Runs the body with the open SSTable. */
export const withSSTable = async <T>(
  files: SSTableFiles,
  body: (sstable: SSTable) => Promise<Either<SSTableError, T>>,
): Promise<Either<SSTableError, T>> => {
  const opened = await openSSTable(files);
  if (isLeft(opened)) return left(opened.left);
  try {
    return await body(opened.right);
  } finally {
    await opened.right.close();
  }
};
