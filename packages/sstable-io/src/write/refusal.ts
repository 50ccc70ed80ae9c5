// Both planes. How the writing side says no: values that a version can't hold, and what comes in the wrong order. Called by this folder,
// the merge and the rewriting tools.
import { SSTableError } from '../errors.ts';

/** Bytes of a key that an error shows. */
const KEY_BYTES_SHOWN_MAX = 64;

/** A partition key as errors show it: hexadecimal digits, long ones cut. */
export const keyText = (key: Uint8Array): string => {
  const shown = Buffer.from(key.subarray(0, KEY_BYTES_SHOWN_MAX)).toString('hex');
  return key.length > KEY_BYTES_SHOWN_MAX ? `${shown}… (${key.length} bytes)` : `0x${shown}`;
};

/** An SSTableError of code `SCM_SSTABLE_UNWRITABLE`. */
export const unwritable = (file: string, key: Uint8Array | undefined, what: string): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_UNWRITABLE',
    file,
    key: key === undefined ? undefined : keyText(key),
    what,
  });

/** An SSTableError of code `SCM_SSTABLE_ORDER`. */
export const outOfOrder = (
  file: string,
  key: Uint8Array | undefined,
  found: string,
  expected: string,
): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_ORDER',
    file,
    key: key === undefined ? undefined : keyText(key),
    found,
    expected,
  });
