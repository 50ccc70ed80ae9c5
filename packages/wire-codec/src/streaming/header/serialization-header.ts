// Control plane. SerializationHeader.Component: minima and column types that rows are encoded against (spec: streaming-4.0-plus §3.2).
// Called by stream-header.ts, and by sstable-io for the HEADER component of Statistics.db, which has the same bytes.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import type { Decoded } from '../../decoded.ts';
import {
  CLUSTERING_COUNT_MAX,
  COLUMN_COUNT_MAX,
  COLUMN_NAME_BYTES_MAX,
  TYPE_BYTES_MAX,
} from '../../limits.ts';
import {
  decodeWith,
  fail,
  readList,
  readVintBytes,
  readVintCount,
  readVintText,
} from '../../reading.ts';
import { encodeWith } from '../../writing.ts';
import type { HeaderColumn, StreamSerializationHeader } from '../types.ts';

// SerializationHeader => minTimestamp minLocalDeletionTime minTTL keyType [clusteringTypes] [static] [regular]
//   minTimestamp          uvint   less the epoch below, in µs, 64-bit wrap-around
//   minLocalDeletionTime  uvint   less the epoch below, in s; a signed 32-bit difference
//   minTTL                uvint   a signed 32-bit number
//   keyType               type
//   clusteringTypes       uvint count, then types
//   static, regular       uvint count, then (name type): name is uvint length + bytes
//   type                  uvint length + UTF-8 of the full type name

/** 2015-09-22T00:00:00Z, from which timestamps (µs) and deletion times (s) are counted (EncodingStats). */
export const ENCODING_EPOCH = {
  timestampMicros: 1_442_880_000_000_000n,
  deletionTimeSeconds: 1_442_880_000n,
} as const;

const putColumns = (out: ByteWriter, columns: readonly HeaderColumn[]): void => {
  out.uvint(columns.length);
  for (const { name, type } of columns) {
    out.bytesV(name);
    out.strV(type);
  }
};

const putInt32 = (out: ByteWriter, field: string, value: bigint): void => {
  if (BigInt.asIntN(32, value) !== value)
    throw new RangeError(`${field} does not fit a signed 32-bit difference`);
  out.uvint(value);
};

/** Throws a RangeError when a minimum does not fit its field. */
export const putSerializationHeader = (
  out: ByteWriter,
  header: StreamSerializationHeader,
): void => {
  out.uvint(BigInt.asUintN(64, header.minTimestamp - ENCODING_EPOCH.timestampMicros));
  const deletionTime = header.minLocalDeletionTime - ENCODING_EPOCH.deletionTimeSeconds;
  putInt32(out, 'minLocalDeletionTime', deletionTime);
  putInt32(out, 'minTtl', header.minTtl);
  out.strV(header.keyType);
  out.uvint(header.clusteringTypes.length);
  for (const type of header.clusteringTypes) out.strV(type);
  putColumns(out, header.staticColumns);
  putColumns(out, header.regularColumns);
};

/** The bytes of a serialization header, as in stream headers and in Statistics.db. Throws a RangeError when a minimum does not fit. */
export const encodeSerializationHeader = (header: StreamSerializationHeader): Uint8Array => {
  return encodeWith(256, (out) => {
    putSerializationHeader(out, header);
  });
};

// "its reader rejects values that do not round-trip through a signed 32-bit int" (§2.2.3)
const readInt32 = (reader: ByteReader, field: string): bigint => {
  const offset = reader.position;
  const pattern = reader.uvint();
  const value = BigInt.asIntN(64, pattern);
  return BigInt.asIntN(32, value) === value
    ? value
    : fail({
        code: 'SCM_WIRE_BAD_VALUE',
        field,
        found: `${value}`,
        expected: 'a signed 32-bit difference',
        offset,
      });
};

const readType = (reader: ByteReader): string => readVintText(reader, 'type', TYPE_BYTES_MAX);

const readColumns = (reader: ByteReader, field: string): readonly HeaderColumn[] => {
  const count = readVintCount(reader, field, COLUMN_COUNT_MAX, 2);
  return readList(count, () => ({
    name: readVintBytes(reader, 'column name', COLUMN_NAME_BYTES_MAX),
    type: readType(reader),
  }));
};

export const readSerializationHeader = (reader: ByteReader): StreamSerializationHeader => {
  const timestamp = reader.uvint();
  const deletionTime = readInt32(reader, 'minLocalDeletionTime');
  const minTtl = readInt32(reader, 'minTtl');
  const keyType = readType(reader);
  const clusteringCount = readVintCount(reader, 'clusteringCount', CLUSTERING_COUNT_MAX, 1);
  return {
    minTimestamp: BigInt.asIntN(64, timestamp + ENCODING_EPOCH.timestampMicros),
    minLocalDeletionTime: deletionTime + ENCODING_EPOCH.deletionTimeSeconds,
    minTtl,
    keyType,
    clusteringTypes: readList(clusteringCount, () => readType(reader)),
    staticColumns: readColumns(reader, 'staticCount'),
    regularColumns: readColumns(reader, 'regularCount'),
  };
};

/** Incremental decoder of a serialization header. */
export const decodeSerializationHeader = (bytes: Uint8Array): Decoded<StreamSerializationHeader> =>
  decodeWith(bytes, readSerializationHeader);
