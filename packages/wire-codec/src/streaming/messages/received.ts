// Control plane. RECEIVED: every byte of one STREAM was consumed; no promise of durability (spec: streaming-4.0-plus §2.8).
// Called by codec.ts.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import { need } from '../../reading.ts';
import type { Received } from '../types.ts';

// RECEIVED (3) => tableId sequenceNumber
//   tableId         uuid
//   sequenceNumber  i32   as in the STREAM it answers

export const putReceived = (out: ByteWriter, message: Received): void => {
  out.uuid(message.tableId);
  out.i32(message.sequenceNumber);
};

export const readReceived = (reader: ByteReader): Received => {
  need(reader, 16 + 4);
  return { type: 'Received', tableId: reader.uuid(), sequenceNumber: reader.i32() };
};
