// Data plane. What went wrong while rows were decoded, with the uncompressed byte in words. Called by the row reader.
import { LimitExceeded, MalformedBytes, NeedMoreBytes } from '@scamander/bytes';
import { SSTableError } from '../errors.ts';
import { corrupt } from '../io/decoding.ts';
import type { RowWindow } from './row-window.ts';

const at = (window: RowWindow, offset: number): { offset: number | undefined; words: string } => {
  const position = window.base + offset;
  // within a compressed file the byte has no place of its own
  return {
    offset: window.source.isPlain ? position : undefined,
    words: ` at uncompressed byte ${position}`,
  };
};

/** The control flow of the bytes package as an SSTableError; other errors as they are. */
export const rowError = (error: unknown, window: RowWindow): unknown => {
  const file = window.source.path;
  if (error instanceof MalformedBytes) {
    const { offset, words } = at(window, error.offset);
    return corrupt(file, offset, `${error.found}${words}`, error.what);
  }
  if (error instanceof LimitExceeded) {
    const { offset, words } = at(window, error.offset);
    return new SSTableError({
      code: 'SCM_SSTABLE_TOO_LONG',
      file,
      offset,
      field: `${error.field ?? 'a length'}${words}`,
      value: error.value,
      limit: error.limit,
    });
  }
  if (error instanceof NeedMoreBytes) {
    return corrupt(
      file,
      undefined,
      `the end of the data at uncompressed byte ${window.end}`,
      `at least ${error.bytesAtLeast} bytes from byte ${window.base}`,
    );
  }
  return error;
};
