// Data plane. DeletionTime as partitions and indexes store it, not as a delta (spec: sstable-data §4.2, sstable-index-and-stats §3.1;
// DeletionTime.Serializer, DeletionTime.LegacySerializer). Called by the writers of rows and of indexes.
import type { ByteWriter } from '@scamander/bytes';
import { type DeletionTime, LIVE_TIMESTAMP, NO_DELETION_TIME } from '../rows/model.ts';
import {
  type DeletionTimeOverflow,
  deletionBounds,
  storedDeletionTime,
} from './deletion-bounds.ts';

/** A live deletion of `oa` and `da`. */
const LIVE_BYTE = 0x80;

/** Why a deletion can't be stored in this form; undefined when it can. */
export const deletionTimeProblem = (
  deletion: DeletionTime | undefined,
  hasUIntDeletionTime: boolean,
  overflow: DeletionTimeOverflow,
): string | undefined => {
  if (deletion === undefined) return undefined;
  const { markedForDeleteAt, localDeletionTime } = deletion;
  // 5.0 writes such a deletion and can't read it back (spec: sstable-data §4.2)
  if (hasUIntDeletionTime && markedForDeleteAt < 0n)
    return `a deletion with the negative timestamp ${markedForDeleteAt}, which this version can't represent`;
  const bounds = deletionBounds(hasUIntDeletionTime);
  return storedDeletionTime(localDeletionTime, bounds, overflow) === undefined
    ? `the local deletion time ${localDeletionTime}, this version holds ${bounds.min} to ${bounds.max}`
    : undefined;
};

/**
 * Whether a block of rows may end where this deletion is open. Rows hold negative timestamps, indexes of `oa` and `da` don't: there, blocks
 * go on to the end of such a range.
 */
export const canStandInIndex = (
  open: DeletionTime | undefined,
  hasUIntDeletionTime: boolean,
): boolean => !hasUIntDeletionTime || open === undefined || open.markedForDeleteAt >= 0n;

/** Writes a deletion for which there is no {@link deletionTimeProblem}: 12 bytes before `oa`, 1 or 12 from then on with the fields swapped. */
export const writeDeletionTime = (
  writer: ByteWriter,
  deletion: DeletionTime | undefined,
  hasUIntDeletionTime: boolean,
  overflow: DeletionTimeOverflow,
): void => {
  const bounds = deletionBounds(hasUIntDeletionTime);
  const stored = storedDeletionTime(
    deletion?.localDeletionTime ?? NO_DELETION_TIME,
    bounds,
    overflow,
  );
  const timestamp = deletion?.markedForDeleteAt ?? LIVE_TIMESTAMP;
  if (!hasUIntDeletionTime) {
    writer.i32(stored ?? bounds.none);
    writer.i64(timestamp);
  } else if (deletion === undefined) {
    writer.u8(LIVE_BYTE);
  } else {
    writer.i64(timestamp);
    writer.u32(stored ?? bounds.none);
  }
};
