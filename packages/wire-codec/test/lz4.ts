// A decoder of raw LZ4 blocks, enough for captures, so that this package's tests need no native module. Called by tests only.

const readLength = (block: Uint8Array, at: number, nibble: number): [number, number] => {
  let length = nibble;
  let next = at;
  if (nibble === 15) {
    let byte = 255;
    while (byte === 255) {
      byte = block[next++] ?? 0;
      length += byte;
    }
  }
  return [length, next];
};

/** Decodes one raw LZ4 block; throws a RangeError when it does not come out at `uncompressedLength`. */
export const decompressBlock = (block: Uint8Array, uncompressedLength: number): Uint8Array => {
  const out = new Uint8Array(uncompressedLength);
  let filled = 0;
  let at = 0;
  while (at < block.length) {
    const token = block[at++] as number;
    const [literals, afterLiterals] = readLength(block, at, token >> 4);
    out.set(block.subarray(afterLiterals, afterLiterals + literals), filled);
    filled += literals;
    at = afterLiterals + literals;
    if (at >= block.length) break;
    const distance = (block[at] as number) | ((block[at + 1] as number) << 8);
    const [match, next] = readLength(block, at + 2, token & 15);
    at = next;
    if (distance === 0 || distance > filled) throw new RangeError('an LZ4 match before the start');
    for (let copied = 0; copied < match + 4; copied++, filled++)
      out[filled] = out[filled - distance] as number;
  }
  if (filled !== uncompressedLength) throw new RangeError(`${filled} bytes decoded`);
  return out;
};
