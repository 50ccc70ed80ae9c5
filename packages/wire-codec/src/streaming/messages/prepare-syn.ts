// Control plane. PREPARE_SYN, what the initiator wants and what it will send (spec: streaming-4.0-plus §2.4). Called by codec.ts.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import { REQUEST_COUNT_MAX } from '../../limits.ts';
import { readCountOrNone, readList } from '../../reading.ts';
import type { WireContext } from '../context.ts';
import type { PrepareSyn } from '../types.ts';
import { putStreamRequest, readStreamRequest, STREAM_REQUEST_BYTES_MIN } from './stream-request.ts';
import { putStreamSummaries, readStreamSummaries } from './stream-summary.ts';

// PREPARE_SYN (1) => requestCount StreamRequest* summaryCount StreamSummary*
//   both counts  i32; below zero reads as 0

export const putPrepareSyn = (out: ByteWriter, message: PrepareSyn, context: WireContext): void => {
  out.i32(message.requests.length);
  for (const request of message.requests) putStreamRequest(out, request, context);
  putStreamSummaries(out, message.summaries, context);
};

export const readPrepareSyn = (reader: ByteReader, context: WireContext): PrepareSyn => {
  const count = readCountOrNone(
    reader,
    'requestCount',
    REQUEST_COUNT_MAX,
    STREAM_REQUEST_BYTES_MIN,
  );
  const requests = readList(count, () => readStreamRequest(reader, context));
  return { type: 'PrepareSyn', requests, summaries: readStreamSummaries(reader, context) };
};
