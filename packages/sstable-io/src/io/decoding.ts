// Both planes. The edge between the readers of @scamander/bytes, which throw their own control flow, and this package's errors.
// Called by every component decoder. Never lets an error of the bytes package out.
import { LimitExceeded, MalformedBytes, NeedMoreBytes } from '@scamander/bytes';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { SSTableError } from '../errors.ts';

/** An SSTableError of code `SCM_SSTABLE_CORRUPT`. */
export const corrupt = (
  file: string,
  offset: number | undefined,
  found: string,
  expected: string,
): SSTableError => new SSTableError({ code: 'SCM_SSTABLE_CORRUPT', file, offset, found, expected });

/** An SSTableError of code `SCM_SSTABLE_TOO_LONG`. */
export const tooLong = (
  file: string,
  offset: number | undefined,
  field: string,
  value: number | bigint,
  limit: number | bigint,
): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_TOO_LONG',
    file,
    offset,
    field,
    value: BigInt(value),
    limit: BigInt(limit),
  });

/**
 * What a failed read of bytes means for the file: bytes that end too early and impossible bytes are corruption, lengths beyond a limit
 * are `SCM_SSTABLE_TOO_LONG`. `offset` is where the decoder's first byte stands in the file. Other errors are returned as they are: they are ours.
 */
export const asSSTableError = (error: unknown, file: string, offset: number): unknown => {
  if (error instanceof NeedMoreBytes) {
    return corrupt(
      file,
      undefined,
      'the end of the bytes',
      `at least ${error.bytesAtLeast} bytes from byte ${offset}`,
    );
  }
  if (error instanceof LimitExceeded) {
    return tooLong(
      file,
      offset + error.offset,
      error.field ?? 'a length',
      error.value,
      error.limit,
    );
  }
  if (error instanceof MalformedBytes) {
    return corrupt(file, offset + error.offset, error.found, error.what);
  }
  return error;
};

/** Runs a decoder whose bytes begin at `offset` of the file; throws SSTableError. */
export const decoding = <T>(file: string, offset: number, decode: () => T): T => {
  try {
    return decode();
  } catch (error) {
    throw asSSTableError(error, file, offset);
  }
};

/** Runs a decoder and returns its SSTableError instead of throwing it. */
export const decoded = <T>(file: string, decode: () => T): Either<SSTableError, T> => {
  try {
    return right(decoding(file, 0, decode));
  } catch (error) {
    if (error instanceof SSTableError) return left(error);
    throw error;
  }
};

const ioReason = (error: unknown): NodeJS.ErrnoException | undefined =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string'
    ? (error as NodeJS.ErrnoException)
    : undefined;

/** An error of the operating system as an SSTableError; others are returned as they are. */
export const asFileError = (error: unknown, file: string): unknown => {
  const system = ioReason(error);
  if (system === undefined || error instanceof SSTableError) return error;
  const code = system.code === 'ENOENT' ? 'SCM_SSTABLE_NOT_FOUND' : 'SCM_SSTABLE_IO';
  return new SSTableError({ code, file, reason: system.message }, { cause: system });
};

/** Runs asynchronous work on a file and returns its SSTableError instead of rejecting with it. */
export const attempt = async <T>(
  file: string,
  work: () => Promise<T>,
): Promise<Either<SSTableError, T>> => {
  try {
    return right(await work());
  } catch (error) {
    const mapped = asFileError(asSSTableError(error, file, 0), file);
    if (mapped instanceof SSTableError) return left(mapped);
    throw mapped;
  }
};
