// Data plane. Where the parts of a value stand inside it: lengths that are read for ordering, cut to the bytes that are there, so that
// malformed values too fall into parts, always the same ones. Called by the orders of collections, tuples, vectors and composites.

/** An i32 at a place with four bytes before `to`; −1, which stands for null, where there are fewer. */
export const lengthAt = (bytes: Uint8Array, at: number, to: number): number =>
  to - at < 4
    ? -1
    : ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);

/** A u16 at a place with two bytes before `to`; 0 where there are fewer. */
export const shortAt = (bytes: Uint8Array, at: number, to: number): number =>
  to - at < 2 ? 0 : ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

/** The end of what starts at a place and has a length, which may say more than there is. */
export const endAt = (from: number, length: number, to: number): number =>
  length > to - from ? to : from + length;

/** Bytes of an unsigned variable-length integer by its first byte, which is 0 to FF. */
export const uvintSize = (first: number): number => Math.clz32(~(first << 24)) + 1;

/** Bytes of the unsigned variable-length integer at a place, at most what is left. */
export const uvintBytesAt = (bytes: Uint8Array, at: number, to: number): number => {
  if (at >= to) return 0;
  const size = uvintSize(bytes[at] as number);
  return size > to - at ? to - at : size;
};

/** Its value, as a number that is exact where it matters: up to the largest length of an array. */
export const uvintAt = (bytes: Uint8Array, at: number, to: number): number => {
  const size = uvintBytesAt(bytes, at, to);
  if (size === 0) return 0;
  let value = size > 8 ? 0 : (bytes[at] as number) & (0xff >> size);
  for (let i = 1; i < size; i++) value = value * 256 + (bytes[at + i] as number);
  return value;
};
