// Data plane. The sketch of partition keys in the COMPACTION component of Statistics.db (spec: sstable-index-and-stats §6.3; stream-lib 2.5.2's
// HyperLogLogPlus with p = 13, sp = 25). Called by the statistics collector. At most 60 KB, whatever the number of keys.
import { ByteWriter } from '@scamander/bytes';
import { type Murmur2Words, murmur2Into } from './murmur2.ts';
import {
  codeRegister,
  codeValue,
  mergeCodes,
  PRECISION,
  runLength,
  SPARSE_PRECISION,
  sortCodes,
  sparseCode,
} from './sparse-codes.ts';

/** Codes that wait to be merged: a quarter of the sparse form's limit. */
const WAITING_MAX = 1536;
/** Codes of the sparse form before it becomes normal: three quarters of the registers. */
const SPARSE_MAX = 6144;

const REGISTERS = 1 << PRECISION;
const REGISTER_BITS = 5;
const REGISTERS_OF_WORD = 6;
/** One more than the registers need: `count / 6 + 1` (RegisterSet.getSizeForCount). */
const REGISTER_WORDS = Math.floor(REGISTERS / REGISTERS_OF_WORD) + 1;

const VERSION = -2;
const NORMAL = 0;
const SPARSE = 1;

/** Registers of five bits, packed as they are stored. A value above 31 runs into the next register, as it does in stream-lib. */
class Registers {
  readonly words = new Int32Array(REGISTER_WORDS);

  /** Keeps the larger value. */
  update(register: number, value: number): void {
    const word = Math.floor(register / REGISTERS_OF_WORD);
    const shift = REGISTER_BITS * (register % REGISTERS_OF_WORD);
    const mask = 31 << shift;
    const before = this.words[word]!;
    if ((before & mask) >>> shift < value) this.words[word] = (before & ~mask) | (value << shift);
  }
}

/** LEB128 of 32 bits, as protocol buffers have it; not Cassandra's uvint (pitfall P14). */
const writeVarint = (writer: ByteWriter, value: number): void => {
  let rest = value >>> 0;
  while (rest > 0x7f) {
    writer.u8((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  writer.u8(rest);
};

/** Counts distinct keys approximately; the same keys in the same order give the bytes that Cassandra writes. */
export class HyperLogLogPlus {
  readonly #hash: Murmur2Words = { hi: 0, lo: 0 };
  readonly #waiting = new Int32Array(WAITING_MAX + 1);
  #waitingCount = 0;
  #sparse: Int32Array = new Int32Array(0);
  #registers: Registers | undefined;

  /** Adds a partition key, as serialized. */
  add(key: Uint8Array): void {
    const hash = this.#hash;
    murmur2Into(key, hash);
    if (this.#registers !== undefined) {
      const { hi, lo } = hash;
      this.#registers.update(hi >>> (32 - PRECISION), runLength(hi, lo));
      return;
    }
    this.#waiting[this.#waitingCount++] = sparseCode(hash.hi, hash.lo);
    if (this.#waitingCount <= WAITING_MAX) return;
    this.#merge();
    if (this.#sparse.length > SPARSE_MAX) this.#becomeNormal();
  }

  #merge(): void {
    if (this.#waitingCount === 0) return;
    const waiting = this.#waiting.subarray(0, this.#waitingCount);
    const count = sortCodes(waiting);
    this.#sparse = mergeCodes(this.#sparse, waiting.subarray(0, count));
    this.#waitingCount = 0;
  }

  #becomeNormal(): void {
    const registers = new Registers();
    for (const code of this.#sparse) registers.update(codeRegister(code), codeValue(code));
    this.#registers = registers;
    this.#sparse = new Int32Array(0);
  }

  /** The sketch as it stands in Statistics.db. Keys may be added afterwards. */
  toBytes(): Uint8Array {
    this.#merge();
    const registers = this.#registers;
    const writer = new ByteWriter(64 + 5 * this.#sparse.length);
    writer.i32(VERSION);
    writeVarint(writer, PRECISION);
    writeVarint(writer, SPARSE_PRECISION);
    writeVarint(writer, registers === undefined ? SPARSE : NORMAL);
    if (registers === undefined) {
      writeVarint(writer, this.#sparse.length);
      let before = 0;
      for (const code of this.#sparse) {
        writeVarint(writer, code - before);
        before = code;
      }
    } else {
      writeVarint(writer, REGISTER_WORDS * 4);
      for (const word of registers.words) writer.i32(word);
    }
    return Uint8Array.from(writer.toBytes());
  }
}
