// Control plane. STREAM_INIT, the first message of a control connection (spec: streaming-4.0-plus §2.3). Called by codec.ts.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import { OPERATION_BYTES_MAX } from '../../limits.ts';
import { fail, putOptionalUuid, readEndpoint, readOptionalUuid, readUtf } from '../../reading.ts';
import { PREVIEW_KINDS, type PreviewKind, type StreamInit } from '../types.ts';

// STREAM_INIT (10) => from sessionIndex planId operation pendingRepair previewKind
//   from           inet   session key on the follower, and the address it dials to send files
//   sessionIndex   i32    any number
//   planId         uuid   version 1 from 4.1 on
//   operation      utf    such as "Bulk Load"; unknown text counts as "Other"
//   pendingRepair  bool, and a uuid when true
//   previewKind    i32    position in PREVIEW_KINDS

export const putStreamInit = (out: ByteWriter, message: StreamInit): void => {
  out.inet(message.from);
  out.i32(message.sessionIndex);
  out.uuid(message.planId);
  out.utf(message.operation);
  putOptionalUuid(out, message.pendingRepair);
  out.i32(PREVIEW_KINDS.indexOf(message.previewKind));
};

const readPreviewKind = (reader: ByteReader): PreviewKind => {
  const offset = reader.position;
  const id = reader.i32();
  // "any other value: connection closed without a message"
  return (
    PREVIEW_KINDS[id] ??
    fail({
      code: 'SCM_WIRE_BAD_VALUE',
      field: 'previewKind',
      found: `${id}`,
      expected: `0 to ${PREVIEW_KINDS.length - 1}`,
      offset,
    })
  );
};

export const readStreamInit = (reader: ByteReader): StreamInit => ({
  type: 'StreamInit',
  from: readEndpoint(reader),
  sessionIndex: reader.i32(),
  planId: reader.uuid(),
  operation: readUtf(reader, 'operation', OPERATION_BYTES_MAX),
  pendingRepair: readOptionalUuid(reader),
  previewKind: readPreviewKind(reader),
});
