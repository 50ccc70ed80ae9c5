// Control plane. PREPARE_SYNACK, what the follower will send back (spec: streaming-4.0-plus §2.5). Called by codec.ts.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import type { WireContext } from '../context.ts';
import type { PrepareSynAck } from '../types.ts';
import { putStreamSummaries, readStreamSummaries } from './stream-summary.ts';

// PREPARE_SYNACK (8) => summaryCount StreamSummary*

export const putPrepareSynAck = (
  out: ByteWriter,
  message: PrepareSynAck,
  context: WireContext,
): void => putStreamSummaries(out, message.summaries, context);

export const readPrepareSynAck = (reader: ByteReader, context: WireContext): PrepareSynAck => ({
  type: 'PrepareSynAck',
  summaries: readStreamSummaries(reader, context),
});
