// Data plane. Which local deletion times a version holds, and what becomes of the others (spec: sstable-data §4.9; Cell's
// MAX_DELETION_TIME, INVALID_DELETION_TIME). Called by the writers of rows and of indexes.
import { NO_DELETION_TIME } from '../rows/model.ts';

/** 2147483646 (2038), the last second before `oa`; one more means "none". */
const SIGNED_MAX = 0x7ffffffe;
/** 4294967294: what `oa` and `da` make of an overflown time; one more means "none". */
const UNSIGNED_INVALID = 0xfffffffe;
const SIGNED_MIN = -0x80000000;

/** What to do with a local deletion time that the version can't hold. */
export type DeletionTimeOverflow = 'refuse' | 'cap';

/** Stored form of local deletion times, in seconds. */
export interface DeletionBounds {
  readonly none: number;
  readonly min: number;
  readonly max: number;
  /** What a time below the smallest one is capped to. */
  readonly invalid: number;
}

/** Negative times occur in old files, from overflows of their time: they stay as they are before `oa`. */
const SIGNED: DeletionBounds = {
  none: 0x7fffffff,
  min: SIGNED_MIN,
  max: SIGNED_MAX,
  invalid: SIGNED_MAX,
};

const UNSIGNED: DeletionBounds = {
  none: 0xffffffff,
  min: 0,
  max: UNSIGNED_INVALID,
  invalid: UNSIGNED_INVALID,
};

/** The bounds of a version. */
export const deletionBounds = (hasUIntDeletionTime: boolean): DeletionBounds =>
  hasUIntDeletionTime ? UNSIGNED : SIGNED;

/** The number that is stored for a local deletion time; undefined where the version can't hold it. */
export const storedDeletionTime = (
  seconds: number,
  bounds: DeletionBounds,
  overflow: DeletionTimeOverflow,
): number | undefined => {
  if (seconds >= bounds.min && seconds <= bounds.max) return seconds;
  if (seconds === NO_DELETION_TIME) return bounds.none;
  if (overflow === 'refuse') return undefined;
  return seconds < bounds.min ? bounds.invalid : bounds.max;
};
