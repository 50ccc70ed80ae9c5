// Data plane. Collections, tuples, vectors and composites put together from the bytes of their parts (spec: sstable-data §6.3–6.6). Called by
// the encoders of values.
import { ByteWriter } from '@scamander/bytes';
import { comparatorOf } from '../../comparators/comparator.ts';
import type { CqlType } from '../../cql-type.ts';
import { COMPONENT_BYTES_MAX } from '../../limits.ts';
import { Mismatch } from '../mismatch.ts';

/** A part of a value; null has no bytes. */
export type Part = Uint8Array | null;

const totalOf = (parts: readonly Part[], headBytes: number): number => {
  let total = 0;
  for (const part of parts) total += headBytes + (part?.length ?? 0);
  return total;
};

const putCounted = (bytes: Uint8Array, start: number, parts: readonly Part[]): void => {
  const view = new DataView(bytes.buffer);
  let at = start;
  for (const part of parts) {
    view.setInt32(at, part?.length ?? -1);
    at += 4;
    if (part !== null) {
      bytes.set(part, at);
      at += part.length;
    }
  }
};

/** Fields with an i32 length in front. */
export const tupleBytes = (fields: readonly Part[]): Uint8Array => {
  const bytes = new Uint8Array(totalOf(fields, 4));
  putCounted(bytes, 0, fields);
  return bytes;
};

const collectionBytes = (count: number, parts: readonly Part[]): Uint8Array => {
  const bytes = new Uint8Array(4 + totalOf(parts, 4));
  new DataView(bytes.buffer).setInt32(0, count);
  putCounted(bytes, 4, parts);
  return bytes;
};

/** A frozen list. */
export const listBytes = (elements: readonly Uint8Array[]): Uint8Array =>
  collectionBytes(elements.length, elements);

/** A frozen set: sorted, the first of equal elements. */
export const setBytes = (element: CqlType, elements: readonly Uint8Array[]): Uint8Array => {
  const compare = comparatorOf(element);
  const sorted = [...elements].sort(compare);
  return listBytes(
    sorted.filter((one, i) => i === 0 || compare(sorted[i - 1] as Uint8Array, one) !== 0),
  );
};

/** A key and its value. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** A frozen map: sorted by key; of equal keys the first one with the last one's value, as in Java's TreeMap. */
export const mapBytes = (key: CqlType, entries: readonly Entry[]): Uint8Array => {
  const compare = comparatorOf(key);
  const parts: Uint8Array[] = [];
  for (const [one, value] of [...entries].sort(([a], [b]) => compare(a, b))) {
    const before = parts.at(-2);
    if (before !== undefined && compare(before, one) === 0) parts[parts.length - 1] = value;
    else parts.push(one, value);
  }
  return collectionBytes(parts.length / 2, parts);
};

/** A vector: elements of a fixed length as they are, others with a uvint length in front. */
export const vectorBytes = (elements: readonly Uint8Array[], isFixed: boolean): Uint8Array => {
  const writer = new ByteWriter(totalOf(elements, 9));
  for (const element of elements) {
    if (isFixed) writer.bytes(element);
    else writer.bytesV(element);
  }
  return writer.toBytes().slice();
};

/** A composite: each component with a u16 length in front and a zero behind. */
export const compositeBytes = (components: readonly Uint8Array[]): Uint8Array => {
  const writer = new ByteWriter(totalOf(components, 3));
  for (const component of components) {
    if (component.length > COMPONENT_BYTES_MAX)
      throw new Mismatch(
        `components of at most ${COMPONENT_BYTES_MAX} bytes`,
        `one of ${component.length} bytes`,
      );
    writer.bytes16(component);
    writer.u8(0);
  }
  return writer.toBytes().slice();
};
