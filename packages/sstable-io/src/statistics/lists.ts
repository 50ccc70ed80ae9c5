// Control plane. Counted lists of Statistics.db. Called by its codecs; every count meets a limit and the bytes that are left.
import {
  type ByteReader,
  type ByteWriter,
  LimitExceeded,
  MalformedBytes,
  NeedMoreBytes,
} from '@scamander/bytes';
import { STATISTICS_FIELD_BYTES_MAX, STATISTICS_LIST_MAX } from '../limits.ts';

const checkCount = (
  reader: ByteReader,
  at: number,
  field: string,
  count: number,
  entryBytesMin: number,
  limit: number,
): number => {
  if (count < 0) throw new MalformedBytes({ what: `${field} ≥ 0`, found: `${count}`, offset: at });
  if (count > limit) {
    throw new LimitExceeded({ field, value: BigInt(count), limit: BigInt(limit), offset: at });
  }
  if (count * entryBytesMin > reader.remaining) {
    throw new NeedMoreBytes(reader.position + count * entryBytesMin);
  }
  return count;
};

/** An i32 count of entries that take at least `entryBytesMin` bytes each. */
export const readCount = (
  reader: ByteReader,
  field: string,
  entryBytesMin: number,
  limit: number,
): number => {
  const at = reader.position;
  return checkCount(reader, at, field, reader.i32(), entryBytesMin, limit);
};

/** A uvint count of entries that take at least `entryBytesMin` bytes each. */
export const readCountV = (reader: ByteReader, field: string, entryBytesMin: number): number => {
  const at = reader.position;
  return checkCount(reader, at, field, reader.uvintNumber(), entryBytesMin, STATISTICS_LIST_MAX);
};

/** `types` of spec §3.3: a uvint count, then type strings. */
export const readTypes = (reader: ByteReader): string[] => {
  const count = readCountV(reader, 'number of types', 1);
  return Array.from({ length: count }, () => reader.strV(STATISTICS_FIELD_BYTES_MAX));
};

/** The mirror of {@link readTypes}. */
export const writeTypes = (writer: ByteWriter, types: readonly string[]): void => {
  writer.uvint(types.length);
  for (const type of types) writer.strV(type);
};

/** An i32 count, then byte strings with a u16 length each. */
export const readShortBytesList = (reader: ByteReader, field: string): Uint8Array[] => {
  const count = readCount(reader, field, 2, STATISTICS_LIST_MAX);
  return Array.from({ length: count }, () => Uint8Array.from(reader.bytes16()));
};

/** The mirror of {@link readShortBytesList}. */
export const writeShortBytesList = (writer: ByteWriter, list: readonly Uint8Array[]): void => {
  writer.i32(list.length);
  for (const bytes of list) writer.bytes16(bytes);
};

/** A UUID behind a byte that says whether there is one. */
export const readOptionalUuid = (reader: ByteReader): string | undefined =>
  reader.bool() ? reader.uuid() : undefined;

/** The mirror of {@link readOptionalUuid}. */
export const writeOptionalUuid = (writer: ByteWriter, uuid: string | undefined): void => {
  writer.bool(uuid !== undefined);
  if (uuid !== undefined) writer.uuid(uuid);
};
