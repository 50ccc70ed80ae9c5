// Data plane. A serialized collection or user type taken apart into what its cells hold (spec: sstable-data §4.6, §6.3, §6.4). Called for columns
// that are not frozen, whose value was encoded as if they were.
import { ByteReader } from '@scamander/bytes';
import type { CqlType } from '@scamander/cql-types';

/** One element: its path (none yet for lists) and its value. */
export interface CollectionPart {
  readonly path: Uint8Array | undefined;
  readonly value: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/** Bytes with a 32-bit length; undefined for a null. */
const readBytes = (reader: ByteReader): Uint8Array | undefined => {
  const length = reader.i32();
  return length < 0 ? undefined : reader.bytes(length);
};

const fieldPath = (index: number): Uint8Array => Uint8Array.of(index >> 8, index & 0xff);

const partsOfUdt = (reader: ByteReader): CollectionPart[] => {
  const parts: CollectionPart[] = [];
  for (let index = 0; reader.remaining > 0; index++) {
    const value = readBytes(reader);
    if (value !== undefined) parts.push({ path: fieldPath(index), value });
  }
  return parts;
};

/** The elements in their order; fields of a user type that are null are left out. The bytes are views of `bytes`. */
export const collectionParts = (type: CqlType, bytes: Uint8Array): CollectionPart[] => {
  if (bytes.length === 0) return [];
  const reader = new ByteReader(bytes);
  if (type.kind === 'udt') return partsOfUdt(reader);
  const count = reader.i32();
  const parts: CollectionPart[] = [];
  for (let index = 0; index < count; index++) {
    const first = readBytes(reader) ?? EMPTY;
    if (type.kind === 'list') parts.push({ path: undefined, value: first });
    else if (type.kind === 'set') parts.push({ path: first, value: EMPTY });
    else parts.push({ path: first, value: readBytes(reader) ?? EMPTY });
  }
  return parts;
};
