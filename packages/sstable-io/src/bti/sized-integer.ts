// Data plane. Signed integers of as few bytes as possible, in payloads of tries (spec: sstable-index-and-stats §7.1; SizedInts). Called by the
// writers of both BTI components. The mirror of readSizedInteger.

/** Bytes of the two's complement of a whole number, 1 to 7. */
export const sizedIntegerBytes = (value: number): number => {
  let rest = value < 0 ? -value - 1 : value;
  let bytes = 1;
  while (rest >= 0x80) {
    rest = Math.floor(rest / 256);
    bytes += 1;
  }
  return bytes;
};

/** Puts the number into `target[offset, offset + bytes)`, big-endian. */
export const putSizedInteger = (
  target: Uint8Array,
  offset: number,
  value: number,
  bytes: number,
): void => {
  let rest = value;
  for (let i = offset + bytes - 1; i >= offset; i--) {
    target[i] = ((rest % 256) + 256) % 256;
    rest = Math.floor(rest / 256);
  }
};
