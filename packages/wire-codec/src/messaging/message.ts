// Control plane. The envelope of an internode message (spec: repair §6.7; Message.Serializer). Called by InternodeMessageReader and
// by whoever sends messages. Does not know payloads.
import type { ByteReader } from '@scamander/bytes';
import type { Decoded } from '../decoded.ts';
import type { Framing } from '../handshake/initiate.ts';
import {
  LARGE_MESSAGE_PIECE_BYTES,
  MESSAGE_BYTES_MAX,
  MESSAGE_PARAM_BYTES_MAX,
  MESSAGE_PARAM_COUNT_MAX,
  SMALL_MESSAGE_BYTES_MAX,
} from '../limits.ts';
import { decodeWith, readList, readVintBytes, readVintCount, readVintLength } from '../reading.ts';
import { encodeWith } from '../writing.ts';
import { type BlockCompress, encodeFrame } from './frame.ts';

/** One parameter; unknown ids are passed over by their length. */
export interface MessageParam {
  readonly id: number;
  readonly value: Uint8Array;
}

/** An internode message. */
export interface InternodeMessage {
  /** Unique per connection and direction; a response carries the request's. */
  readonly id: number;
  /** Low 32 bits of the sender's wall clock in milliseconds, unsigned: see {@link messageCreatedAtMs}. */
  readonly createdAtLow32Ms: number;
  readonly expiresInMs: number;
  /** See VERBS. */
  readonly verb: number;
  /** See MESSAGE_FLAGS. */
  readonly flags: number;
  readonly params: readonly MessageParam[];
  readonly payload: Uint8Array;
}

// Message => id created expiresIn verb flags [params] [payload]
//   id         uvint
//   created    i32    low 32 bits of wall-clock milliseconds
//   expiresIn  uvint  milliseconds
//   verb       uvint
//   flags      uvint
//   params     uvint count, then (uvint id, uvint length, bytes)
//   payload    uvint size, then bytes

/** The bytes of a message, without frames. */
export const encodeMessage = (message: InternodeMessage): Uint8Array => {
  return encodeWith(64 + message.payload.length, (out) => {
    out.uvint(message.id);
    out.u32(message.createdAtLow32Ms);
    out.uvint(message.expiresInMs);
    out.uvint(message.verb);
    out.uvint(message.flags);
    out.uvint(message.params.length);
    for (const { id, value } of message.params) {
      out.uvint(id);
      out.bytesV(value);
    }
    out.bytesV(message.payload);
  });
};

const readParam = (reader: ByteReader): MessageParam => ({
  id: readVintLength(reader, 'param id', 0x7fffffff),
  value: readVintBytes(reader, 'param length', MESSAGE_PARAM_BYTES_MAX),
});

const readMessage = (reader: ByteReader): InternodeMessage => {
  const id = reader.uvintNumber();
  const createdAtLow32Ms = reader.u32();
  const expiresInMs = reader.uvintNumber();
  const verb = readVintLength(reader, 'verb', 0x7fffffff);
  const flags = readVintLength(reader, 'flags', 0x7fffffff);
  const paramCount = readVintCount(reader, 'param count', MESSAGE_PARAM_COUNT_MAX, 2);
  const params = readList(paramCount, () => readParam(reader));
  const payload = readVintBytes(reader, 'payload size', MESSAGE_BYTES_MAX);
  return { id, createdAtLow32Ms, expiresInMs, verb, flags, params, payload };
};

/** Incremental decoder of one message without frames. Errors: SCM_WIRE_TOO_LONG. The payload is a copy. */
export const decodeMessage = (bytes: Uint8Array): Decoded<InternodeMessage> =>
  decodeWith(bytes, readMessage);

/**
 * A message in the frames of a connection: one self-contained frame up to 65,524 bytes, else pieces of 32 KiB in frames that
 * are not (those belong on a LARGE connection, spec: repair §6.6).
 */
export const encodeMessageFrames = (
  message: InternodeMessage,
  framing: Framing,
  compress?: BlockCompress,
): Uint8Array[] => {
  const bytes = encodeMessage(message);
  if (bytes.length <= SMALL_MESSAGE_BYTES_MAX) return [encodeFrame(bytes, framing, true, compress)];
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += LARGE_MESSAGE_PIECE_BYTES) {
    const piece = bytes.subarray(at, at + LARGE_MESSAGE_PIECE_BYTES);
    frames.push(encodeFrame(piece, framing, false, compress));
  }
  return frames;
};

const LOW_32 = 2 ** 32;

/** Full creation time: the time with these low bits that is nearest to `nowMs`, as the receiver rebuilds it. */
export const messageCreatedAtMs = (createdAtLow32Ms: number, nowMs: number): number => {
  const sameEpoch = nowMs - (nowMs % LOW_32) + createdAtLow32Ms;
  if (sameEpoch - nowMs > LOW_32 / 2) return sameEpoch - LOW_32;
  return nowMs - sameEpoch > LOW_32 / 2 ? sameEpoch + LOW_32 : sameEpoch;
};
