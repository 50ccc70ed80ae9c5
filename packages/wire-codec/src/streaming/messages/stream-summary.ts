// Control plane. StreamSummary, what one side will send of one table (spec: streaming-4.0-plus §2.6).
// Called by prepare-syn.ts and prepare-syn-ack.ts.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import { VERSION_60 } from '../../handshake/versions.ts';
import { FILE_COUNT_MAX, RANGE_COUNT_MAX, TABLE_COUNT_MAX } from '../../limits.ts';
import { fail, readCountOrNone, readLength, readList, readVintCount } from '../../reading.ts';
import type { WireContext } from '../context.ts';
import {
  BARE_RANGE_BYTES,
  hasBareTokens,
  putBareTokenRange,
  readBareTokenRange,
} from '../token-range.ts';
import type { StreamSummary, WireTokenRange } from '../types.ts';

// StreamSummary => tableId files totalSize [ranges]
//   tableId    uuid
//   files      i32    components of entire SSTables count each, partial transfers count 1
//   totalSize  i64    not checked by receivers
//   ranges     uvint count, then ranges of bare tokens; only from version 14

const summaryBytesMin = (context: WireContext): number =>
  16 + 4 + 8 + (context.version >= VERSION_60 ? 1 : 0);

const putSummaryRanges = (
  out: ByteWriter,
  ranges: readonly WireTokenRange[],
  context: WireContext,
): void => {
  if (ranges.length > 0 && !hasBareTokens(context.partitioner))
    throw new RangeError(`ranges in a summary are only known for Murmur3Partitioner`);
  out.uvint(ranges.length);
  for (const range of ranges) putBareTokenRange(out, context.partitioner, range);
};

const putStreamSummary = (out: ByteWriter, summary: StreamSummary, context: WireContext): void => {
  out.uuid(summary.tableId);
  out.i32(summary.files);
  out.i64(summary.totalSizeBytes);
  if (context.version >= VERSION_60) putSummaryRanges(out, summary.ranges, context);
};

const readSummaryRanges = (reader: ByteReader, context: WireContext): readonly WireTokenRange[] => {
  const offset = reader.position;
  const count = readVintCount(reader, 'rangeCount', RANGE_COUNT_MAX, BARE_RANGE_BYTES);
  if (count > 0 && !hasBareTokens(context.partitioner))
    fail({
      code: 'SCM_WIRE_BAD_VALUE',
      field: 'rangeCount',
      found: `${count}`,
      expected: `0, since ranges in a summary are only known for Murmur3Partitioner`,
      offset,
    });
  return readList(count, () => readBareTokenRange(reader, context.partitioner));
};

const readStreamSummary = (reader: ByteReader, context: WireContext): StreamSummary => ({
  tableId: reader.uuid(),
  files: readLength(reader, 'files', FILE_COUNT_MAX),
  totalSizeBytes: reader.i64(),
  ranges: context.version >= VERSION_60 ? readSummaryRanges(reader, context) : [],
});

/** `i32 count`, then the summaries. */
export const putStreamSummaries = (
  out: ByteWriter,
  summaries: readonly StreamSummary[],
  context: WireContext,
): void => {
  out.i32(summaries.length);
  for (const summary of summaries) putStreamSummary(out, summary, context);
};

/** `i32 count`, then the summaries; a count below zero reads as 0. */
export const readStreamSummaries = (
  reader: ByteReader,
  context: WireContext,
): readonly StreamSummary[] => {
  const count = readCountOrNone(reader, 'summaryCount', TABLE_COUNT_MAX, summaryBytesMin(context));
  return readList(count, () => readStreamSummary(reader, context));
};
