// Control plane. Every stream message to and from bytes: the type byte, then the body of its own file (spec: streaming-4.0-plus §2.1).
// Called by session, StreamMessageReader and tools. Does not read payloads.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import type { Decoded } from '../decoded.ts';
import { decodeWith, fail } from '../reading.ts';
import { encodeWith } from '../writing.ts';
import type { WireContext } from './context.ts';
import { putPrepareSyn, readPrepareSyn } from './messages/prepare-syn.ts';
import { putPrepareSynAck, readPrepareSynAck } from './messages/prepare-syn-ack.ts';
import { putReceived, readReceived } from './messages/received.ts';
import { putStreamFile, readStreamFile } from './messages/stream-file.ts';
import { putStreamInit, readStreamInit } from './messages/stream-init.ts';
import type { StreamMessage } from './types.ts';

/** Type byte of every message (StreamMessage.Type); 4 was RETRY before 4.0 and is unused. */
export const STREAM_MESSAGE_IDS = {
  PrepareSyn: 1,
  Stream: 2,
  Received: 3,
  Complete: 5,
  SessionFailed: 6,
  KeepAlive: 7,
  PrepareSynAck: 8,
  PrepareAck: 9,
  StreamInit: 10,
} as const satisfies Record<StreamMessage['type'], number>;

// StreamMessage => type body
//   type  u8   one of STREAM_MESSAGE_IDS
//   body  no length in front; empty for COMPLETE, SESSION_FAILED, KEEP_ALIVE and PREPARE_ACK (§2.9)

const putBody = (out: ByteWriter, message: StreamMessage, context: WireContext): void => {
  switch (message.type) {
    case 'StreamInit':
      putStreamInit(out, message);
      break;
    case 'PrepareSyn':
      putPrepareSyn(out, message, context);
      break;
    case 'PrepareSynAck':
      putPrepareSynAck(out, message, context);
      break;
    case 'Received':
      putReceived(out, message);
      break;
    case 'Stream':
      putStreamFile(out, message);
      break;
    case 'PrepareAck':
    case 'Complete':
    case 'SessionFailed':
    case 'KeepAlive':
      break;
    default:
      message satisfies never;
  }
};

const initialBytes = (message: StreamMessage): number =>
  message.type === 'Stream'
    ? 1024 + 12 * (message.header.compression?.chunkLengths.length ?? 0)
    : 256;

/**
 * The bytes of a message, type byte first; STREAM without its payload. Throws a RangeError when a value does not fit its
 * field (text above 65,535 bytes, an address that is none): the caller's mistake, not the peer's.
 */
export const encodeStreamMessage = (message: StreamMessage, context: WireContext): Uint8Array => {
  return encodeWith(initialBytes(message), (out) => {
    out.u8(STREAM_MESSAGE_IDS[message.type]);
    putBody(out, message, context);
  });
};

const readMessage = (reader: ByteReader, context: WireContext): StreamMessage => {
  const typeId = reader.u8();
  switch (typeId) {
    case STREAM_MESSAGE_IDS.PrepareSyn:
      return readPrepareSyn(reader, context);
    case STREAM_MESSAGE_IDS.Stream:
      return readStreamFile(reader);
    case STREAM_MESSAGE_IDS.Received:
      return readReceived(reader);
    case STREAM_MESSAGE_IDS.Complete:
      return { type: 'Complete' };
    case STREAM_MESSAGE_IDS.SessionFailed:
      return { type: 'SessionFailed' };
    case STREAM_MESSAGE_IDS.KeepAlive:
      return { type: 'KeepAlive' };
    case STREAM_MESSAGE_IDS.PrepareSynAck:
      return readPrepareSynAck(reader, context);
    case STREAM_MESSAGE_IDS.PrepareAck:
      return { type: 'PrepareAck' };
    case STREAM_MESSAGE_IDS.StreamInit:
      return readStreamInit(reader);
    default:
      return fail({ code: 'SCM_WIRE_UNKNOWN_MESSAGE', typeId, offset: 0 });
  }
};

/**
 * Incremental decoder of one message from the start of `bytes`; STREAM up to its payload (see payloadPlan for what follows).
 * Errors: SCM_WIRE_UNKNOWN_MESSAGE, SCM_WIRE_TOO_LONG, SCM_WIRE_BAD_VALUE. After an error nothing on the connection can be
 * trusted: there is no length to skip by.
 */
export const decodeStreamMessage = (
  bytes: Uint8Array,
  context: WireContext,
): Decoded<StreamMessage> => decodeWith(bytes, (reader) => readMessage(reader, context));
