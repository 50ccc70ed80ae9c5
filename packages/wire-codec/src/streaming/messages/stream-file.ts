// Control plane. STREAM up to its payload: which session a file belongs to, and its header (spec: streaming-4.0-plus §2.7, §3).
// Called by codec.ts.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import { putOptionalUuid, readEndpoint, readOptionalUuid } from '../../reading.ts';
import { putStreamHeader, readStreamHeader } from '../header/stream-header.ts';
import type { StreamFile, StreamMessageHeader } from '../types.ts';

// STREAM (2) => tableId sender planId sendByFollower sessionIndex sequenceNumber repairedAt pendingRepair
//               CassandraStreamHeader payload
//   tableId         uuid
//   sender          inet   must equal STREAM_INIT.from when the initiator sends
//   planId          uuid
//   sendByFollower  bool
//   sessionIndex    i32
//   sequenceNumber  i32    per table, from 0
//   repairedAt      i64    ms since the epoch, 0 = unrepaired
//   pendingRepair   bool, and a uuid when true
//   payload         not read here, see payload-plan.ts

const putMessageHeader = (out: ByteWriter, message: StreamMessageHeader): void => {
  out.uuid(message.tableId);
  out.inet(message.sender);
  out.uuid(message.planId);
  out.bool(message.sendByFollower);
  out.i32(message.sessionIndex);
  out.i32(message.sequenceNumber);
  out.i64(message.repairedAtMs);
  putOptionalUuid(out, message.pendingRepair);
};

export const putStreamFile = (out: ByteWriter, { message, header }: StreamFile): void => {
  putMessageHeader(out, message);
  putStreamHeader(out, header);
};

const readMessageHeader = (reader: ByteReader): StreamMessageHeader => ({
  tableId: reader.uuid(),
  sender: readEndpoint(reader),
  planId: reader.uuid(),
  sendByFollower: reader.bool(),
  sessionIndex: reader.i32(),
  sequenceNumber: reader.i32(),
  repairedAtMs: reader.i64(),
  pendingRepair: readOptionalUuid(reader),
});

export const readStreamFile = (reader: ByteReader): StreamFile => ({
  type: 'Stream',
  message: readMessageHeader(reader),
  header: readStreamHeader(reader),
});
