// Control plane. Frames of a messaging connection in their three forms (spec: repair §6.6). Called by InternodeMessageReader and
// by whoever writes messages. Compresses nothing itself: the LZ4 block functions are passed in.
import { type ByteReader, type ByteWriter, crc24, internodeCrc32 } from '@scamander/bytes';
import type { Decoded } from '../decoded.ts';
import { CodecError } from '../errors.ts';
import type { Framing } from '../handshake/initiate.ts';
import { FRAME_PAYLOAD_BYTES_MAX } from '../limits.ts';
import { decodeWith, fail, need } from '../reading.ts';
import { encodeWith } from '../writing.ts';

/** Decodes one raw LZ4 block (not the LZ4 frame format) to exactly `uncompressedLength` bytes; may throw on a bad one. */
export type BlockDecompress = (block: Uint8Array, uncompressedLength: number) => Uint8Array;

/** Encodes one raw LZ4 block. */
export type BlockCompress = (payload: Uint8Array) => Uint8Array;

/**
 * One frame. A damaged payload costs only its frame (a real node drops it and reads on); a damaged header is an error, since
 * the length can't be trusted and the connection must be closed.
 */
export type Frame =
  | { readonly kind: 'whole'; readonly selfContained: boolean; readonly payload: Uint8Array }
  | {
      readonly kind: 'damaged';
      readonly selfContained: boolean;
      /** Bytes the payload would have had. */
      readonly payloadLength: number;
      readonly error: CodecError;
    };

// Frame (unprotected) => word crc24 payload
// Frame (crc)         => word crc24 payload crc32
//   word  3 bytes, little-endian: length (17 bits) | selfContained << 17
// Frame (lz4)         => word crc24 payload crc32
//   word  5 bytes, little-endian: compressed length (17) | uncompressed length (17) << 17 | selfContained << 34
//         uncompressed length 0 = the payload is stored raw
//   crc24  3 bytes, little-endian, of the word;  crc32  4 bytes, little-endian, of the payload as it stands

const CRC24_BYTES = 3;
const LENGTH_MASK = 0x1ffff;
const LENGTH_BITS = 17;

interface FrameHeader {
  readonly storedLength: number;
  /** 0 = stored raw. */
  readonly uncompressedLength: number;
  readonly selfContained: boolean;
}

const wordBytes = (framing: Framing): number => (framing === 'lz4' ? 5 : 3);

const putLittleEndian = (out: ByteWriter, value: number, count: number): void => {
  for (let index = 0; index < count; index++) out.u8((value >>> (8 * index)) & 0xff);
};

const putHeader = (out: ByteWriter, framing: Framing, header: FrameHeader): void => {
  const selfContained = header.selfContained ? 1 : 0;
  const length = wordBytes(framing);
  if (framing === 'lz4') {
    const { storedLength, uncompressedLength } = header;
    putLittleEndian(out, storedLength | (uncompressedLength << LENGTH_BITS), 4);
    out.u8((uncompressedLength >>> 15) | (selfContained << 2));
  } else {
    putLittleEndian(out, header.storedLength | (selfContained << LENGTH_BITS), length);
  }
  putLittleEndian(out, crc24(out.toBytes(), length), CRC24_BYTES);
};

/**
 * One frame around a payload. With `lz4` the payload is compressed by `compress` where that makes it smaller, and stored raw
 * otherwise. Throws a RangeError above 131,071 bytes.
 */
export const encodeFrame = (
  payload: Uint8Array,
  framing: Framing,
  selfContained: boolean,
  compress?: BlockCompress,
): Uint8Array => {
  if (payload.length > FRAME_PAYLOAD_BYTES_MAX)
    throw new RangeError(`${payload.length} bytes are more than a frame takes`);
  const block = framing === 'lz4' ? compress?.(payload) : undefined;
  const smaller = block !== undefined && block.length < payload.length;
  const stored = smaller ? block : payload;
  return encodeWith(stored.length + 12, (out) => {
    putHeader(out, framing, {
      storedLength: stored.length,
      uncompressedLength: smaller ? payload.length : 0,
      selfContained,
    });
    out.bytes(stored);
    if (framing !== 'unprotected') out.u32le(internodeCrc32(stored));
  });
};

const headerOf = (word: Uint8Array, framing: Framing): FrameHeader => {
  const at = (index: number): number => word[index] as number;
  const low = (at(0) | (at(1) << 8) | (at(2) << 16)) >>> 0;
  if (framing !== 'lz4')
    return {
      storedLength: low & LENGTH_MASK,
      uncompressedLength: 0,
      selfContained: ((low >>> LENGTH_BITS) & 1) === 1,
    };
  return {
    storedLength: low & LENGTH_MASK,
    uncompressedLength: (low >>> LENGTH_BITS) | (at(3) << 7) | ((at(4) & 3) << 15),
    selfContained: ((at(4) >>> 2) & 1) === 1,
  };
};

const readHeader = (reader: ByteReader, framing: Framing): FrameHeader => {
  const length = wordBytes(framing);
  need(reader, length + CRC24_BYTES);
  const word = reader.bytes(length);
  const found = reader.u8() | (reader.u8() << 8) | (reader.u8() << 16);
  const expected = crc24(word, length);
  if (found !== expected)
    fail({ code: 'SCM_WIRE_BAD_CRC', expected, found, offset: reader.position - CRC24_BYTES });
  return headerOf(word, framing);
};

const damaged = (header: FrameHeader, error: CodecError): Frame => ({
  kind: 'damaged',
  selfContained: header.selfContained,
  payloadLength: header.uncompressedLength === 0 ? header.storedLength : header.uncompressedLength,
  error,
});

const badBlock = (found: string, header: FrameHeader, offset: number): CodecError =>
  new CodecError({
    code: 'SCM_WIRE_BAD_VALUE',
    field: 'LZ4 block',
    found,
    expected: `${header.uncompressedLength} decoded bytes`,
    offset,
  });

const decompressed = (
  stored: Uint8Array,
  header: FrameHeader,
  offset: number,
  decompress: BlockDecompress | undefined,
): Uint8Array | CodecError => {
  if (decompress === undefined) return badBlock('no decompressor', header, offset);
  try {
    const payload = decompress(stored, header.uncompressedLength);
    return payload.length === header.uncompressedLength
      ? payload
      : badBlock(`${payload.length} bytes`, header, offset);
  } catch (cause) {
    return badBlock(cause instanceof Error ? cause.message : 'a bad block', header, offset);
  }
};

const readFrame = (
  reader: ByteReader,
  framing: Framing,
  decompress: BlockDecompress | undefined,
): Frame => {
  const header = readHeader(reader, framing);
  need(reader, header.storedLength + (framing === 'unprotected' ? 0 : 4));
  const offset = reader.position;
  const stored = reader.bytes(header.storedLength);
  if (framing !== 'unprotected') {
    const found = reader.u32le();
    const expected = internodeCrc32(stored);
    if (found !== expected)
      return damaged(
        header,
        new CodecError({ code: 'SCM_WIRE_BAD_CRC', expected, found, offset: reader.position - 4 }),
      );
  }
  const payload =
    header.uncompressedLength === 0 ? stored : decompressed(stored, header, offset, decompress);
  return payload instanceof CodecError
    ? damaged(header, payload)
    : { kind: 'whole', selfContained: header.selfContained, payload };
};

/**
 * Incremental decoder of one frame; raw payloads are views of `bytes`. Error: SCM_WIRE_BAD_CRC of the header. Lengths have 17
 * bits, so none is too long.
 */
export const decodeFrame = (
  bytes: Uint8Array,
  framing: Framing,
  decompress?: BlockDecompress,
): Decoded<Frame> => decodeWith(bytes, (reader) => readFrame(reader, framing, decompress));
