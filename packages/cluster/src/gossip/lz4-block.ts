// Control plane. Decodes raw LZ4 blocks, since nodes choose LZ4 for messages to an observer outside their datacenter (spec: repair §6.4).
// Called for the few frames of a gossip answer only; bulk data has its own codecs elsewhere.

/** Reader's place in a block. */
interface Cursor {
  readonly block: Uint8Array;
  at: number;
}

const nextByte = (cursor: Cursor): number => {
  const byte = cursor.block[cursor.at];
  if (byte === undefined) throw new RangeError('the LZ4 block ends early');
  cursor.at += 1;
  return byte;
};

/** A length of 15 goes on in further bytes until one is below 255. */
const lengthFrom = (cursor: Cursor, nibble: number): number => {
  let length = nibble;
  for (let byte = nibble === 15 ? 255 : 0; byte === 255; ) {
    byte = nextByte(cursor);
    length += byte;
  }
  return length;
};

const MATCH_LENGTH_MIN = 4;

/** The bytes of a raw LZ4 block (not the LZ4 frame format). Throws a RangeError when they are not exactly `uncompressedLength`. */
export const decompressLz4Block = (block: Uint8Array, uncompressedLength: number): Uint8Array => {
  const out = new Uint8Array(uncompressedLength);
  const cursor: Cursor = { block, at: 0 };
  let filled = 0;
  const room = (length: number): void => {
    if (length > out.length - filled) throw new RangeError('the LZ4 block holds more than it says');
  };
  while (cursor.at < block.length) {
    const token = nextByte(cursor);
    const literals = lengthFrom(cursor, token >> 4);
    room(literals);
    if (cursor.at + literals > block.length) throw new RangeError('the LZ4 block ends early');
    out.set(block.subarray(cursor.at, cursor.at + literals), filled);
    cursor.at += literals;
    filled += literals;
    // The last sequence has no match.
    if (cursor.at === block.length) break;
    const distance = nextByte(cursor) | (nextByte(cursor) << 8);
    const match = lengthFrom(cursor, token & 15) + MATCH_LENGTH_MIN;
    if (distance === 0 || distance > filled) throw new RangeError('an LZ4 match before the start');
    room(match);
    for (const end = filled + match; filled < end; filled++)
      out[filled] = out[filled - distance] as number;
  }
  if (filled !== out.length) throw new RangeError(`${filled} bytes instead of ${out.length}`);
  return out;
};
