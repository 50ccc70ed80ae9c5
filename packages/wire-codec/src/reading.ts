// Control plane. The edge between decoders that throw for control flow and the three answers of Decoded, and the reads that
// compare a length with its limit. Called by every decoder of this package; its throws never leave the package.
import {
  ByteReader,
  type ByteWriter,
  LimitExceeded,
  MalformedBytes,
  NeedMoreBytes,
} from '@scamander/bytes';
import type { Decoded } from './decoded.ts';
import type { Endpoint } from './endpoint.ts';
import { CodecError, type CodecErrorType } from './errors.ts';

/** Ends a decoder from within; {@link decodeWith} makes it the `error` answer. */
export const fail = (detail: CodecErrorType): never => {
  throw new CodecError(detail);
};

const answerOf = (fault: unknown): Decoded<never> => {
  if (fault instanceof NeedMoreBytes)
    return { kind: 'need-more', bytesAtLeast: fault.bytesAtLeast };
  if (fault instanceof CodecError) return { kind: 'error', error: fault };
  if (fault instanceof LimitExceeded)
    return tooLong(fault.field ?? 'length', fault.value, fault.limit, fault.offset);
  if (fault instanceof MalformedBytes) {
    const { what, found, offset } = fault;
    return {
      kind: 'error',
      error: new CodecError({
        code: 'SCM_WIRE_BAD_VALUE',
        field: what,
        found,
        expected: `well-formed ${what}`,
        offset,
      }),
    };
  }
  throw fault;
};

const tooLong = (field: string, value: bigint, limit: bigint, offset: number): Decoded<never> => ({
  kind: 'error',
  error: new CodecError({ code: 'SCM_WIRE_TOO_LONG', field, value, limit, offset }),
});

/** Runs a decoder over the bytes from their start and converts what it throws, once. */
export const decodeWith = <T>(bytes: Uint8Array, read: (reader: ByteReader) => T): Decoded<T> => {
  const reader = new ByteReader(bytes);
  try {
    const value = read(reader);
    return { kind: 'message', value, bytes: reader.position };
  } catch (fault) {
    return answerOf(fault);
  }
};

/** Says at once that `count` bytes more are needed, where reading field by field would ask many times. */
export const need = (reader: ByteReader, count: number): void => {
  if (reader.remaining < count) throw new NeedMoreBytes(reader.position + count);
};

/** `value` when it is at most `limit`, else SCM_WIRE_TOO_LONG. */
export const within = (field: string, value: number, limit: number, offset: number): number =>
  value <= limit
    ? value
    : fail({
        code: 'SCM_WIRE_TOO_LONG',
        field,
        value: BigInt(value),
        limit: BigInt(limit),
        offset,
      });

/** An i32 from 0 to `limit`. Below: SCM_WIRE_BAD_VALUE. Above: SCM_WIRE_TOO_LONG. */
export const readLength = (reader: ByteReader, field: string, limit: number): number => {
  const offset = reader.position;
  const value = reader.i32();
  if (value < 0)
    fail({
      code: 'SCM_WIRE_BAD_VALUE',
      field,
      found: `${value}`,
      expected: '0 or more',
      offset,
    });
  return within(field, value, limit, offset);
};

/** As {@link readLength} for a list whose elements take `bytesEach` or more; asks for all of them at once. */
export const readCount = (
  reader: ByteReader,
  field: string,
  limit: number,
  bytesEach: number,
): number => {
  const count = readLength(reader, field, limit);
  need(reader, count * bytesEach);
  return count;
};

/** As {@link readCount}, but below zero means none, as real nodes read the lists of PREPARE_SYN (spec §2.6). */
export const readCountOrNone = (
  reader: ByteReader,
  field: string,
  limit: number,
  bytesEach: number,
): number => {
  const offset = reader.position;
  const count = within(field, Math.max(0, reader.i32()), limit, offset);
  need(reader, count * bytesEach);
  return count;
};

/** An unsigned vint of at most `limit`. */
export const readVintLength = (reader: ByteReader, field: string, limit: number): number => {
  const offset = reader.position;
  const value = reader.uvint();
  if (value > BigInt(limit))
    fail({ code: 'SCM_WIRE_TOO_LONG', field, value, limit: BigInt(limit), offset });
  return Number(value);
};

/** As {@link readVintLength} for a list whose elements take `bytesEach` or more. */
export const readVintCount = (
  reader: ByteReader,
  field: string,
  limit: number,
  bytesEach: number,
): number => {
  const count = readVintLength(reader, field, limit);
  need(reader, count * bytesEach);
  return count;
};

/** `count` elements. The count has met its limit. */
export const readList = <T>(count: number, readOne: () => T): T[] => {
  const list: T[] = [];
  for (let index = 0; index < count; index++) list.push(readOne());
  return list;
};

/** A modified-UTF-8 text of at most `limit` bytes; the u16 in front can't say more than 65,535. */
export const readUtf = (reader: ByteReader, field: string, limit: number): string => {
  const offset = reader.position;
  within(field, reader.u16(), limit, offset);
  reader.position = offset;
  return reader.utf();
};

/** `count` bytes, copied: what is decoded outlives the buffer of a socket. The count has met its limit. */
export const readCopy = (reader: ByteReader, count: number): Uint8Array =>
  // Not slice(), which makes no copy of a Buffer.
  new Uint8Array(reader.bytes(count));

/** A copy of the bytes behind a vint length of at most `limit`. */
export const readVintBytes = (reader: ByteReader, field: string, limit: number): Uint8Array =>
  readCopy(reader, readVintLength(reader, field, limit));

/** UTF-8 text behind a vint length of at most `limit`. */
export const readVintText = (reader: ByteReader, field: string, limit: number): string => {
  const offset = reader.position;
  readVintLength(reader, field, limit);
  reader.position = offset;
  return reader.strV(limit);
};

/** An address and port; size bytes 4 and 16 (before 4.0) are refused, as 5.0 does (spec §2.2.4). */
export const readEndpoint = (reader: ByteReader): Endpoint => reader.inet();

/** `bool`, and a `uuid` when it is true. */
export const readOptionalUuid = (reader: ByteReader): string | undefined =>
  reader.bool() ? reader.uuid() : undefined;

/** The mirror of {@link readOptionalUuid}. */
export const putOptionalUuid = (out: ByteWriter, uuid: string | undefined): void => {
  out.bool(uuid !== undefined);
  if (uuid !== undefined) out.uuid(uuid);
};
