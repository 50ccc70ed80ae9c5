// Data plane. DeletionTime in its two layouts (spec: sstable-index-and-stats §3.1, sstable-data §4.2). Called by index and data readers.
import { type ByteReader, MalformedBytes } from '@scamander/bytes';
import { type DeletionTime, LIVE_TIMESTAMP, NO_DELETION_TIME } from '../rows/model.ts';

const LIVE_BYTE = 0x80;
const LONG_BYTES = 12;
const NO_DELETION_INT = 0x7fffffff;
const NO_DELETION_UINT = 0xffffffff;

/**
 * Bytes of the DeletionTime at the reader's position, which stays where it is: 12 before `oa`, 1 or 12 from then on.
 * A first byte above 0x80 is taken for the top of a negative timestamp, which 5.0 writes and then can't read (sstable-data §4.2).
 */
export const deletionTimeBytes = (reader: ByteReader, hasUIntDeletionTime: boolean): number =>
  hasUIntDeletionTime && reader.peekU8() === LIVE_BYTE ? 1 : LONG_BYTES;

/** Reads a DeletionTime; undefined for one that deletes nothing. */
export const readDeletionTime = (
  reader: ByteReader,
  hasUIntDeletionTime: boolean,
): DeletionTime | undefined => {
  if (!hasUIntDeletionTime) {
    const time = reader.i32();
    return deletionOf(reader.i64(), time === NO_DELETION_INT ? NO_DELETION_TIME : time);
  }
  if (deletionTimeBytes(reader, true) === 1) {
    reader.skip(1);
    return undefined;
  }
  const markedForDeleteAt = reader.i64();
  const time = reader.u32();
  return deletionOf(markedForDeleteAt, time === NO_DELETION_UINT ? NO_DELETION_TIME : time);
};

const deletionOf = (
  markedForDeleteAt: bigint,
  localDeletionTime: number,
): DeletionTime | undefined =>
  markedForDeleteAt === LIVE_TIMESTAMP ? undefined : { markedForDeleteAt, localDeletionTime };

/** Passes over a DeletionTime of an index. There, nothing else than 0x80 may have the top bit set. */
export const skipDeletionTime = (reader: ByteReader, hasUIntDeletionTime: boolean): void => {
  const bytes = deletionTimeBytes(reader, hasUIntDeletionTime);
  reader.skip(bytes);
};

/** True when the bytes of an `oa` or `da` partition deletion hold a negative timestamp, which nodes refuse to read. */
export const isUnreadableDeletion = (deletion: Uint8Array, hasUIntDeletionTime: boolean): boolean =>
  hasUIntDeletionTime && deletion[0]! > LIVE_BYTE;

/** Reads a boolean; throws when its byte is neither 0 nor 1. */
export const readFlag = (reader: ByteReader, what: string): boolean => {
  const offset = reader.position;
  const byte = reader.u8();
  if (byte > 1) throw new MalformedBytes({ what: `${what}: 0 or 1`, found: `${byte}`, offset });
  return byte === 1;
};
