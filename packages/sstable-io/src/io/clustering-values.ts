// Data plane. How clustering values are laid out, as far as skipping and re-writing them needs it (spec: sstable-index-and-stats §3.2,
// sstable-data §4.7). Called by the statistics, the promoted index and the row walker. Never interprets a value.
import { type ByteReader, type ByteWriter, MalformedBytes } from '@scamander/bytes';
import { type CqlType, parseType, valueLengthIfFixed } from '@scamander/cql-types';

/** The type of a string in the statistics; throws {@link MalformedBytes} for text that is no type. */
export const typeOf = (text: string): CqlType => {
  const type = parseType(text);
  if (type._tag === 'Right') return type.right;
  throw new MalformedBytes({ what: `type (${type.left.message})`, found: text, offset: 0 });
};

/** Value length of each type that is stored without a length, −1 for the others. tinyint, smallint, date and time are among those (pitfall P11). */
export const fixedValueLengths = (types: readonly string[]): number[] =>
  types.map((type) => valueLengthIfFixed(typeOf(type)) ?? -1);

/** Values per header of two bits each. */
const BATCH = 32;

/** One clustering value: its bytes (possibly none), or null. */
export type ClusteringValue = Uint8Array | null;

/** Passes over `count` values; `lengths` holds {@link fixedValueLengths} of the clustering types. */
export const skipClusteringValues = (
  reader: ByteReader,
  count: number,
  lengths: readonly number[],
): void => {
  for (let base = 0; base < count; base += BATCH) {
    const header = reader.uvint();
    if (header === 0n) {
      for (let i = base; i < count && i < base + BATCH; i++) skipValue(reader, lengths[i] ?? -1);
      continue;
    }
    for (let i = base; i < count && i < base + BATCH; i++) {
      if (((header >> BigInt(2 * (i - base))) & 3n) === 0n) skipValue(reader, lengths[i] ?? -1);
    }
  }
};

const skipValue = (reader: ByteReader, length: number): void => {
  reader.skip(length >= 0 ? length : reader.uvintNumber());
};

/** Reads `count` values as copies, each at most `limit` bytes. */
export const readClusteringValues = (
  reader: ByteReader,
  count: number,
  lengths: readonly number[],
  limit: number,
): ClusteringValue[] => {
  const values: ClusteringValue[] = [];
  for (let base = 0; base < count; base += BATCH) {
    const header = reader.uvint();
    for (let i = base; i < count && i < base + BATCH; i++) {
      const bits = (header >> BigInt(2 * (i - base))) & 3n;
      if ((bits & 2n) !== 0n) values.push(null);
      else if (bits === 1n) values.push(new Uint8Array(0));
      else values.push(readValue(reader, lengths[i] ?? -1, limit));
    }
  }
  return values;
};

const readValue = (reader: ByteReader, length: number, limit: number): Uint8Array =>
  Uint8Array.from(length >= 0 ? reader.bytes(length) : reader.bytesV(limit));

/** Writes values in the same form. */
export const writeClusteringValues = (
  writer: ByteWriter,
  values: readonly ClusteringValue[],
  lengths: readonly number[],
): void => {
  for (let base = 0; base < values.length; base += BATCH) {
    const batch = values.slice(base, base + BATCH);
    writer.uvint(
      batch.reduce<bigint>((header, value, i) => {
        const bits = value === null ? 2n : value.length === 0 ? 1n : 0n;
        return header | (bits << BigInt(2 * i));
      }, 0n),
    );
    for (const [i, value] of batch.entries()) {
      if (value === null || value.length === 0) continue;
      if ((lengths[base + i] ?? -1) >= 0) writer.bytes(value);
      else writer.bytesV(value);
    }
  }
};
