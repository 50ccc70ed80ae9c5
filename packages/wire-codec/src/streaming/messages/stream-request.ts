// Control plane. StreamRequest, one element of PREPARE_SYN (spec: streaming-4.0-plus §2.6). Called by prepare-syn.ts.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import { NAME_BYTES_MAX, RANGE_COUNT_MAX, TABLE_COUNT_MAX } from '../../limits.ts';
import { readCountOrNone, readEndpoint, readList, readUtf } from '../../reading.ts';
import type { WireContext } from '../context.ts';
import { putTokenRange, rangeBytesMin, readTokenRange } from '../token-range.ts';
import type { StreamRequest, WireTokenRange } from '../types.ts';

// StreamRequest => keyspace tableCount endpoint [full] [transient] tables*
//   keyspace    utf
//   tableCount  i32    number of names at the END; 0 = every table of the keyspace
//   endpoint    inet   only a label for the receiver
//   full        i32 count, then ranges
//   transient   i32 count, then ranges
//   tables      utf × tableCount
// "Counts below zero in PREPARE_SYN read as 0."

/** Fewest bytes: empty keyspace, IPv4, nothing else. */
export const STREAM_REQUEST_BYTES_MIN = 2 + 4 + 7 + 4 + 4;

const putRanges = (
  out: ByteWriter,
  ranges: readonly WireTokenRange[],
  context: WireContext,
): void => {
  out.i32(ranges.length);
  for (const range of ranges) putTokenRange(out, context.partitioner, range);
};

export const putStreamRequest = (
  out: ByteWriter,
  request: StreamRequest,
  context: WireContext,
): void => {
  out.utf(request.keyspace);
  out.i32(request.tables.length);
  out.inet(request.endpoint);
  putRanges(out, request.fullRanges, context);
  putRanges(out, request.transientRanges, context);
  for (const table of request.tables) out.utf(table);
};

const readRanges = (
  reader: ByteReader,
  field: string,
  context: WireContext,
): readonly WireTokenRange[] => {
  const count = readCountOrNone(reader, field, RANGE_COUNT_MAX, rangeBytesMin(context.partitioner));
  return readList(count, () => readTokenRange(reader, context.partitioner));
};

export const readStreamRequest = (reader: ByteReader, context: WireContext): StreamRequest => {
  const keyspace = readUtf(reader, 'keyspace', NAME_BYTES_MAX);
  const tableCount = readCountOrNone(reader, 'tableCount', TABLE_COUNT_MAX, 2);
  const endpoint = readEndpoint(reader);
  const fullRanges = readRanges(reader, 'fullCount', context);
  const transientRanges = readRanges(reader, 'transientCount', context);
  const tables = readList(tableCount, () => readUtf(reader, 'table', NAME_BYTES_MAX));
  return { keyspace, endpoint, fullRanges, transientRanges, tables };
};
