// Data plane. Time UUIDs that tell the elements of a list apart and order them (spec: sstable-data §4.6; Lists.Appender). Made of a statement's
// timestamp and the element's number within the writer, so that the same rows give the same bytes. Called for every list that is not frozen.

/** Ticks of 100 ns from 15 October 1582 to 1970. */
const TICKS_BEFORE_UNIX_EPOCH = 122_192_928_000_000_000n;
const TICKS_MASK = (1n << 60n) - 1n;
/** 1 January 2010: what is put before a list gets a time as far before it as its statement is behind it (Lists.Prepender). */
const PREPEND_EPOCH_MICROS = 1_262_304_000_000_000n;
const NUMBERS = 2 ** 32;
/** What time UUIDs of one time hold besides is compared byte by byte as signed numbers (TimeUUIDType): this makes unsigned ones of them. */
const SIGN_BITS = 0x8080_8080;

/** Paths for the lists of one writer. */
export class ListPaths {
  readonly #nonce: number;
  #next = 0;

  /** `nonce` (30 bits) tells writers apart whose rows have the same timestamps. */
  constructor(nonce: number) {
    this.#nonce = nonce >>> 0;
  }

  /**
   * Paths of as many elements, ascending; those of different calls are all different. Later timestamps come behind earlier ones, and of one timestamp
   * later calls behind earlier ones, however many elements they have; of what is put before a list it is the other way round.
   */
  next(timestampMicros: bigint, count: number, isBefore: boolean): Uint8Array[] {
    // numbers do not run over within one list
    const first = this.#next + count > NUMBERS ? 0 : this.#next;
    this.#next = first + count;
    const micros = isBefore ? 2n * PREPEND_EPOCH_MICROS - timestampMicros : timestampMicros;
    const time = (micros * 10n + TICKS_BEFORE_UNIX_EPOCH) & TICKS_MASK;
    const from = isBefore ? NUMBERS - first - count : first;
    return Array.from({ length: count }, (_, index) => this.#path(time, from + index));
  }

  #path(time: bigint, number: number): Uint8Array {
    const path = new Uint8Array(16);
    const view = new DataView(path.buffer);
    view.setUint32(0, Number(time & 0xffff_ffffn));
    view.setUint16(4, Number((time >> 32n) & 0xffffn));
    view.setUint16(6, 0x1000 | Number(time >> 48n));
    // variant, and the multicast bit of a node that is nobody's hardware address (RFC 4122 §4.5)
    view.setUint16(8, 0x8000 | (this.#nonce & 0x3fff));
    view.setUint16(10, ((this.#nonce >>> 14) & 0xffff) | 0x0100);
    view.setUint32(12, (number ^ SIGN_BITS) >>> 0);
    return path;
  }
}
