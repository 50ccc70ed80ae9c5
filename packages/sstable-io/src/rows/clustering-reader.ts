// Data plane. Clustering values of rows and markers as views (spec: sstable-data §4.7; ClusteringPrefix.Serializer). Called by the decoder of
// rows. Throws the control flow of the bytes package.
import { type ByteReader, LimitExceeded, MalformedBytes } from '@scamander/bytes';
import { type CqlType, valueLengthIfFixed } from '@scamander/cql-types';
import { CLUSTERING_VALUE_BYTES_MAX } from '../limits.ts';
import type { ClusteringValue } from './model.ts';

/** Values per header of two bits each. */
const BATCH = 32;
/** Values whose bits fit a 32-bit number. */
const SMALL_BATCH = 15;
const EMPTY = new Uint8Array(0);
const NO_VALUES: readonly ClusteringValue[] = [];

/** Reads the values of one table. */
export class ClusteringReader {
  readonly columns: number;
  readonly #lengths: readonly number[];

  constructor(types: readonly CqlType[]) {
    this.columns = types.length;
    this.#lengths = types.map((type) => valueLengthIfFixed(type) ?? -1);
  }

  /** The first `count` values; views of the reader's bytes. */
  read(reader: ByteReader, count: number): readonly ClusteringValue[] {
    if (count === 0) return NO_VALUES;
    const values: ClusteringValue[] = [];
    for (let base = 0; base < count; base += BATCH) {
      const end = Math.min(count, base + BATCH);
      if (end - base <= SMALL_BATCH) this.#readSmall(reader, values, base, end);
      else this.#readLarge(reader, values, base, end);
    }
    return values;
  }

  #readSmall(reader: ByteReader, values: ClusteringValue[], base: number, end: number): void {
    const offset = reader.position;
    const header = reader.uvintNumber();
    if (header >= 4 ** (end - base)) throw wrongHeader(header, end - base, offset);
    for (let i = base; i < end; i++) {
      values.push(this.#value(reader, i, (header >> (2 * (i - base))) & 3, offset));
    }
  }

  #readLarge(reader: ByteReader, values: ClusteringValue[], base: number, end: number): void {
    const offset = reader.position;
    const header = reader.uvint();
    if (header >> BigInt(2 * (end - base)) !== 0n) {
      throw wrongHeader(header, end - base, offset);
    }
    for (let i = base; i < end; i++) {
      const bits = Number((header >> BigInt(2 * (i - base))) & 3n);
      values.push(this.#value(reader, i, bits, offset));
    }
  }

  /** The low bit says empty, the high one null (pitfall 10). */
  #value(reader: ByteReader, column: number, bits: number, headerAt: number): ClusteringValue {
    if (bits === 0) {
      const fixed = this.#lengths[column] as number;
      if (fixed >= 0) return reader.bytes(fixed);
      return readVariable(reader);
    }
    if (bits === 3) {
      throw new MalformedBytes({
        what: 'one of both',
        found: `clustering value ${column} both empty and null`,
        offset: headerAt,
      });
    }
    return bits === 2 ? null : EMPTY;
  }
}

const readVariable = (reader: ByteReader): Uint8Array => {
  const offset = reader.position;
  const length = reader.uvintNumber();
  if (length > CLUSTERING_VALUE_BYTES_MAX) {
    reader.position = offset;
    throw new LimitExceeded({
      field: 'a clustering value',
      value: BigInt(length),
      limit: BigInt(CLUSTERING_VALUE_BYTES_MAX),
      offset,
    });
  }
  return reader.bytes(length);
};

const wrongHeader = (header: number | bigint, count: number, offset: number): MalformedBytes =>
  new MalformedBytes({
    what: `two bits for each of ${count} clustering values`,
    found: `header 0x${header.toString(16)}`,
    offset,
  });
