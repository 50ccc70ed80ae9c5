// Data plane. Which columns of the header a row has (spec: sstable-data §4.5; Columns.Serializer). Called by the decoder of rows. Throws the
// control flow of the bytes package.
import { type ByteReader, MalformedBytes } from '@scamander/bytes';
import type { Column } from './model.ts';

/** From this many columns on the indices are listed. */
const LARGE = 64;
/** Subsets that are kept: rows of one table mostly have few shapes. */
const KNOWN_MAX = 512;
const BIG_FIRST_BYTE = 0xfe;

/** Reads subsets of one list of columns. */
export class ColumnSubsets {
  readonly #columns: readonly Column[];
  readonly #isStrict: boolean;
  /** By bitmap of the missing ones. */
  readonly #known = new Map<number | bigint, readonly Column[]>();

  constructor(columns: readonly Column[], isStrict: boolean) {
    this.#columns = columns;
    this.#isStrict = isStrict;
  }

  /** The columns that are present, in order. */
  read(reader: ByteReader): readonly Column[] {
    return this.#columns.length < LARGE ? this.#small(reader) : this.#large(reader);
  }

  #small(reader: ByteReader): readonly Column[] {
    const offset = reader.position;
    const missing = reader.peekU8() < BIG_FIRST_BYTE ? reader.uvintNumber() : reader.uvint();
    const known = this.#known.get(missing);
    if (known !== undefined) return known;
    const bits = BigInt(missing);
    if (bits === 0n) return this.#all(offset);
    const { length } = this.#columns;
    if (bits >> BigInt(length) !== 0n) {
      throw new MalformedBytes({
        what: `bits of ${length} columns`,
        found: `a bitmap 0x${bits.toString(16)} of missing columns`,
        offset,
      });
    }
    const present = this.#columns.filter((_, i) => ((bits >> BigInt(i)) & 1n) === 0n);
    if (this.#known.size < KNOWN_MAX) this.#known.set(missing, present);
    return present;
  }

  #large(reader: ByteReader): readonly Column[] {
    const offset = reader.position;
    const { length } = this.#columns;
    const missing = reader.uvintNumber();
    if (missing === 0) return this.#all(offset);
    if (missing > length) {
      throw new MalformedBytes({
        what: `at most ${length}`,
        found: `${missing} missing columns`,
        offset,
      });
    }
    const count = length - missing;
    if (count < length >> 1) return this.#indices(reader, count).map((i) => this.#at(i));
    const absent = this.#indices(reader, missing);
    let next = 0;
    return this.#columns.filter((_, i) => {
      if (absent[next] !== i) return true;
      next += 1;
      return false;
    });
  }

  #indices(reader: ByteReader, count: number): number[] {
    const indices: number[] = [];
    let previous = -1;
    for (let i = 0; i < count; i++) {
      const offset = reader.position;
      const index = reader.uvintNumber();
      if (index <= previous || index >= this.#columns.length) {
        throw new MalformedBytes({
          what: `one above ${previous} and below ${this.#columns.length}`,
          found: `index ${index} of a column`,
          offset,
        });
      }
      indices.push(index);
      previous = index;
    }
    return indices;
  }

  #at(index: number): Column {
    return this.#columns[index] as Column;
  }

  /** No release writes a subset of all columns; they read it, though. */
  #all(offset: number): readonly Column[] {
    if (this.#isStrict) {
      throw new MalformedBytes({
        what: 'the flag for that',
        found: 'a subset of all columns',
        offset,
      });
    }
    return this.#columns;
  }
}
