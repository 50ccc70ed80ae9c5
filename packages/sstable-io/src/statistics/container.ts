// Control plane. The container of Statistics.db: a table of components, and CRC-32s from `na` on (spec: sstable-index-and-stats §6.1;
// MetadataSerializer). Called by the Statistics codec. Knows nothing of what is inside the components.
import { ByteReader, ByteWriter, crc32 } from '@scamander/bytes';
import { corrupt } from '../io/decoding.ts';

/** One component as it stands in the file. `offset` is that of its first byte. */
export interface MetadataPart {
  readonly type: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Numbers of the components (MetadataType). */
export const METADATA_TYPE = { validation: 0, compaction: 1, stats: 2, header: 3 } as const;

const PART_COUNT_MAX = 16;
const ENTRY_BYTES = 8;

const checkCrc = (file: string, offset: number, found: number, expected: number, what: string) => {
  if (found === expected) return;
  throw corrupt(file, offset, `CRC-32 ${hex(found)} of ${what}`, `${hex(expected)}, as stored`);
};

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;

type Entry = { readonly type: number; readonly position: number };

const readTable = (
  reader: ByteReader,
  bytes: Uint8Array,
  file: string,
  hasChecksum: boolean,
): Entry[] => {
  const count = reader.i32();
  if (count < 1 || count > PART_COUNT_MAX) {
    throw corrupt(file, 0, `${count} components`, `1 to ${PART_COUNT_MAX}`);
  }
  let crc = crc32(bytes.subarray(0, 4));
  if (hasChecksum) checkCrc(file, 4, crc, reader.u32(), 'the component count');
  const start = reader.position;
  const entries = Array.from({ length: count }, () => ({
    type: reader.i32(),
    position: reader.i32(),
  }));
  if (hasChecksum) {
    // the running CRC goes on over the table and leaves out the stored CRC in between (pitfall P5)
    crc = crc32(bytes.subarray(start, reader.position), crc);
    checkCrc(file, reader.position, crc, reader.u32(), 'the component table');
  }
  return entries;
};

/**
 * Splits Statistics.db. Components must stand in table order right behind the table and fill the file: nodes from 4.0 on read them one
 * after the other by the differences of the positions (pitfall P6). Throws SSTableError, or the control flow of the bytes package.
 */
export const readContainer = (
  bytes: Uint8Array,
  file: string,
  hasChecksum: boolean,
): MetadataPart[] => {
  const reader = new ByteReader(bytes);
  const entries = readTable(reader, bytes, file, hasChecksum);
  let expected = reader.position;
  return entries.map(({ type, position }, i) => {
    if (position !== expected) {
      throw corrupt(file, undefined, `component ${type} at ${position}`, `byte ${expected}`);
    }
    const end = entries[i + 1]?.position ?? bytes.length;
    const dataEnd = end - (hasChecksum ? 4 : 0);
    if (dataEnd < position || end > bytes.length) {
      throw corrupt(file, position, `component ${type} ends at byte ${dataEnd}`, 'more bytes');
    }
    const part = bytes.subarray(position, dataEnd);
    if (hasChecksum) {
      const stored = new ByteReader(bytes, dataEnd, end).u32();
      checkCrc(file, position, crc32(part), stored, `component ${type}`);
    }
    expected = end;
    return { type, offset: position, bytes: part };
  });
};

/** Joins components in the given order, with table and checksums. */
export const writeContainer = (
  parts: readonly Pick<MetadataPart, 'type' | 'bytes'>[],
  hasChecksum: boolean,
): Uint8Array => {
  const total = parts.reduce((sum, part) => sum + part.bytes.length + 4, 0);
  const writer = new ByteWriter(total + 12 + parts.length * ENTRY_BYTES);
  writer.i32(parts.length);
  let crc = crc32(writer.toBytes());
  if (hasChecksum) writer.u32(crc);
  const start = writer.length;
  let position = start + parts.length * ENTRY_BYTES + (hasChecksum ? 4 : 0);
  for (const part of parts) {
    writer.i32(part.type);
    writer.i32(position);
    position += part.bytes.length + (hasChecksum ? 4 : 0);
  }
  crc = crc32(writer.toBytes().subarray(start), crc);
  if (hasChecksum) writer.u32(crc);
  for (const part of parts) {
    writer.bytes(part.bytes);
    if (hasChecksum) writer.u32(crc32(part.bytes));
  }
  return writer.toBytes();
};
