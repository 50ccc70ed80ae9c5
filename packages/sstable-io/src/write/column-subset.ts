// Data plane. Which columns of the header a row has (spec: sstable-data §4.5; Columns.Serializer#serializeSubset). Called for every row
// that lacks one.
import type { ByteWriter } from '@scamander/bytes';

/** From so many columns on, indices are listed in place of a bitmap. */
const BITMAP_COLUMNS_MAX = 64;
const WORD_BITS = 32;
const TWO_32 = 0x100000000;
/** High words of a bitmap that a number holds exactly together with the low word. */
const EXACT_HIGH = 0x200000;

/** Bit i is set when column i is absent. */
const writeBitmap = (
  writer: ByteWriter,
  columnCount: number,
  present: readonly number[],
  presentCount: number,
): void => {
  let low = columnCount >= WORD_BITS ? -1 : (1 << columnCount) - 1;
  let high = columnCount > WORD_BITS ? 2 ** (columnCount - WORD_BITS) - 1 : 0;
  for (let i = 0; i < presentCount; i++) {
    const index = present[i] as number;
    if (index < WORD_BITS) low &= ~(1 << index);
    else high &= ~(1 << (index - WORD_BITS));
  }
  high >>>= 0;
  low >>>= 0;
  if (high < EXACT_HIGH) writer.uvint(high * TWO_32 + low);
  else writer.uvint((BigInt(high) << 32n) | BigInt(low));
};

const writeMissing = (
  writer: ByteWriter,
  columnCount: number,
  present: readonly number[],
  presentCount: number,
): void => {
  let next = 0;
  for (let index = 0; index < columnCount; index++) {
    if (next < presentCount && present[next] === index) next += 1;
    else writer.uvint(index);
  }
};

/** Writes the subset; `present` holds the indices of the columns that are there, ascending, and fewer than all. */
export const writeColumnSubset = (
  writer: ByteWriter,
  columnCount: number,
  present: readonly number[],
  presentCount: number,
): void => {
  if (columnCount < BITMAP_COLUMNS_MAX) {
    writeBitmap(writer, columnCount, present, presentCount);
    return;
  }
  writer.uvint(columnCount - presentCount);
  if (presentCount < Math.floor(columnCount / 2)) {
    for (let i = 0; i < presentCount; i++) writer.uvint(present[i] as number);
  } else {
    writeMissing(writer, columnCount, present, presentCount);
  }
};
