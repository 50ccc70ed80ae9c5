// Data plane. The codes of a sparse HyperLogLog++ sketch: one for each hash, in 32 bits (spec: sstable-index-and-stats §6.3; HyperLogLogPlus).
// Called by the sketch. Codes are signed 32-bit integers; all functions are pure.

/** Bits of the hash that choose a register, in the normal and in the sparse form. */
export const PRECISION = 13;
export const SPARSE_PRECISION = 25;

/** Bit 12, which ends the run of zeros that is counted behind the register's bits. */
const SENTINEL = 4096;

/** 1 + the zeros that follow the first 13 bits of a hash, at most 52. */
export const runLength = (hi: number, lo: number): number => {
  const high = (hi << PRECISION) | (lo >>> (32 - PRECISION));
  if (high !== 0) return Math.clz32(high) + 1;
  return 32 + Math.clz32((lo << PRECISION) | SENTINEL) + 1;
};

/** The sparse code of a hash. Its lowest bit says that the index does not tell the run of zeros, so that the code has it. */
export const sparseCode = (hi: number, lo: number): number => {
  const index = hi >>> (32 - SPARSE_PRECISION);
  const isRunBeyondIndex = (index & (SENTINEL - 1)) === 0;
  return isRunBeyondIndex ? (index << 7) | ((runLength(hi, lo) ^ 63) << 1) | 1 : index << 1;
};

/** The 25 bits that a code stands for. */
export const codeIndex = (code: number): number => ((code & 1) === 1 ? code >>> 7 : code >>> 1);

/** The register of the normal form … */
export const codeRegister = (code: number): number => codeIndex(code) >>> 12;

/** … and its value. */
export const codeValue = (code: number): number =>
  (code & 1) === 1 ? ((code >>> 1) & 63) ^ 63 : Math.clz32(code << 19) + 1;

/** By index, then by what is left of the code when its index is shifted out, signed. */
const compareCodes = (a: number, b: number): number =>
  codeIndex(a) - codeIndex(b) || (a << 19) - (b << 19);

/** Sorts codes in place and drops those of an index that came before; returns how many are left. */
export const sortCodes = (codes: Int32Array): number => {
  codes.sort(compareCodes);
  let count = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (count > 0 && codeIndex(codes[count - 1]!) === codeIndex(code)) continue;
    codes[count++] = code;
  }
  return count;
};

/** Merges two lists: of equal indexes the smaller code stays, otherwise the smaller code (signed, not its index) comes first. */
export const mergeCodes = (a: Int32Array, b: Int32Array): Int32Array => {
  const merged = new Int32Array(a.length + b.length);
  let count = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i]!;
    const right = b[j]!;
    if (codeIndex(left) === codeIndex(right)) {
      merged[count++] = Math.min(left, right);
      i += 1;
      j += 1;
    } else if (left < right) {
      merged[count++] = left;
      i += 1;
    } else {
      merged[count++] = right;
      j += 1;
    }
  }
  while (i < a.length) merged[count++] = a[i++]!;
  while (j < b.length) merged[count++] = b[j++]!;
  return merged.slice(0, count);
};
