// Rows of Data.db before `ma` put together by hand, for what no fixture holds. Called by this folder's tests only.
import { ByteWriter } from '@scamander/bytes';
import type { TableSchema } from '@scamander/cql-types';
import { openLegacyRowReader } from '../../src/legacy/legacy-row-reader.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import { type PartitionText, readText, type TextOptions } from './row-text.ts';

const LIVE = -(2n ** 63n);

/** Bytes of an int. */
export const int = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** Bytes of a text. */
export const utf8 = (value: string): Uint8Array => Buffer.from(value, 'utf8');

/** Parts of a name; the last one ends in `end`, the others in 0. */
export const composite = (parts: readonly Uint8Array[], end = 0): Uint8Array => {
  const writer = new ByteWriter(64);
  for (const [i, part] of parts.entries()) {
    writer.bytes16(part);
    writer.u8(i === parts.length - 1 ? end & 0xff : 0);
  }
  return writer.toBytes();
};

/** The same behind the mark of static names. */
export const staticComposite = (parts: readonly Uint8Array[], end = 0): Uint8Array =>
  Buffer.concat([Uint8Array.of(0xff, 0xff), composite(parts, end)]);

/** A cell without an end. */
export const live = (name: Uint8Array, timestamp: bigint, value: Uint8Array): Uint8Array => {
  const writer = new ByteWriter(64);
  writer.bytes16(name);
  writer.u8(0);
  writer.i64(timestamp);
  writer.bytes32(value);
  return writer.toBytes();
};

/** A deleted cell. */
export const deleted = (name: Uint8Array, timestamp: bigint, seconds: number): Uint8Array => {
  const writer = new ByteWriter(64);
  writer.bytes16(name);
  writer.u8(1);
  writer.i64(timestamp);
  writer.bytes32(int(seconds));
  return writer.toBytes();
};

/** A range tombstone. */
export const range = (
  first: Uint8Array,
  last: Uint8Array,
  timestamp: bigint,
  seconds: number,
): Uint8Array => {
  const writer = new ByteWriter(64);
  writer.bytes16(first);
  writer.u8(16);
  writer.bytes16(last);
  writer.u32(seconds);
  writer.i64(timestamp);
  return writer.toBytes();
};

/** A row of before 3.0. */
export const row = (
  key: Uint8Array,
  atoms: readonly Uint8Array[],
  deletion: { readonly timestamp: bigint; readonly seconds: number } | undefined = undefined,
): Uint8Array => {
  const writer = new ByteWriter(1024);
  writer.bytes16(key);
  writer.u32(deletion?.seconds ?? 0x7fffffff);
  writer.i64(deletion?.timestamp ?? LIVE);
  for (const atom of atoms) writer.bytes(atom);
  writer.bytes16(new Uint8Array(0));
  return writer.toBytes();
};

/** Reads rows from bytes; the partitions may be read twice. */
export const readRows = (
  schema: TableSchema,
  rows: readonly Uint8Array[],
  options: TextOptions & { readonly isOnce?: boolean } = {},
): Promise<PartitionText[]> => {
  const bytes = Buffer.concat(rows);
  const source = new PieceRowSource([bytes], { path: 'bytes' });
  const reopen = ({ lower, upper }: { readonly lower: bigint; readonly upper: bigint }) =>
    new PieceRowSource([bytes.subarray(Number(lower), Number(upper))], {
      path: 'bytes',
      sections: [{ lower, upper }],
    });
  const isOnce = options.isOnce === true;
  const reader = openLegacyRowReader(source, schema, isOnce ? {} : { reopen });
  return readText(reader, options);
};
