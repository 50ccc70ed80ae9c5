// Control plane. The HEADER component of Statistics.db, the same bytes as in a stream header (spec: sstable-index-and-stats §6.6,
// streaming-4.0-plus §3.2; SerializationHeader.Component). Called by the Statistics codec.
import { ByteReader, ByteWriter } from '@scamander/bytes';
import { STATISTICS_FIELD_BYTES_MAX } from '../limits.ts';
import type { SerializationHeader } from '../types.ts';
import { readCountV, readTypes, writeTypes } from './lists.ts';

/** 22 September 2015, in microseconds and in seconds: the base of what is stored. */
const TIMESTAMP_EPOCH = 1_442_880_000_000_000n;
const DELETION_TIME_EPOCH = 1_442_880_000n;

type Columns = SerializationHeader['regularColumns'];

const readColumns = (reader: ByteReader, field: string): Columns => {
  const count = readCountV(reader, field, 2);
  return Array.from({ length: count }, () => ({
    name: Uint8Array.from(reader.bytesV(STATISTICS_FIELD_BYTES_MAX)),
    type: reader.strV(STATISTICS_FIELD_BYTES_MAX),
  }));
};

const writeColumns = (writer: ByteWriter, columns: Columns): void => {
  writer.uvint(columns.length);
  for (const { name, type } of columns) {
    writer.bytesV(name);
    writer.strV(type);
  }
};

/** Decodes a HEADER; throws the control flow of the bytes package. `bytesRead` tells trailing bytes. */
export const readHeader = (
  bytes: Uint8Array,
): { readonly header: SerializationHeader; readonly bytesRead: number } => {
  const reader = new ByteReader(bytes);
  const header: SerializationHeader = {
    minTimestamp: BigInt.asIntN(64, reader.uvint() + TIMESTAMP_EPOCH),
    minLocalDeletionTime: BigInt.asIntN(32, reader.uvint()) + DELETION_TIME_EPOCH,
    minTtl: BigInt.asIntN(32, reader.uvint()),
    keyType: reader.strV(STATISTICS_FIELD_BYTES_MAX),
    clusteringTypes: readTypes(reader),
    staticColumns: readColumns(reader, 'number of static columns'),
    regularColumns: readColumns(reader, 'number of regular columns'),
  };
  return { header, bytesRead: reader.position };
};

/** The mirror of {@link readHeader}; deltas below the epochs take nine bytes, as Cassandra writes them. */
export const writeHeader = (header: SerializationHeader): Uint8Array => {
  const writer = new ByteWriter(1024);
  writer.uvint(BigInt.asUintN(64, header.minTimestamp - TIMESTAMP_EPOCH));
  writer.uvint(
    BigInt.asUintN(64, BigInt.asIntN(32, header.minLocalDeletionTime - DELETION_TIME_EPOCH)),
  );
  writer.uvint(BigInt.asUintN(64, BigInt.asIntN(32, header.minTtl)));
  writer.strV(header.keyType);
  writeTypes(writer, header.clusteringTypes);
  writeColumns(writer, header.staticColumns);
  writeColumns(writer, header.regularColumns);
  return writer.toBytes();
};
