// Data plane. The byte-comparable form of bytes of variable length (spec: sstable-index-and-stats §7.6; ByteSource). Called by the encoders of
// values, and by whoever puts together the forms of keys.

/**
 * Appends the form of bytes of variable length: a run of k zeros becomes `00`, then k−1 times `FE`, then `FF` if more content
 * follows, or k times `FE` at the end; a value that does not end in zero gets a final `00`.
 */
export const pushEscaped = (out: number[], bytes: Uint8Array): void => {
  let i = 0;
  while (i < bytes.length) {
    const byte = bytes[i] as number;
    if (byte !== 0) {
      out.push(byte);
      i += 1;
      continue;
    }
    let run = 1;
    while (bytes[i + run] === 0) run += 1;
    i += run;
    const isEnd = i === bytes.length;
    out.push(0);
    for (let k = isEnd ? 0 : 1; k < run; k++) out.push(0xfe);
    if (!isEnd) out.push(0xff);
  }
  if (bytes.length === 0 || bytes[bytes.length - 1] !== 0) out.push(0);
};
