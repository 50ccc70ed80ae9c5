export { adler32 } from './adler32.ts';
export { ByteReader } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
export { crc24, crc32, internodeCrc32 } from './checksums.ts';
export { ChunkCursor, type ChunkCursorOptions } from './chunk-cursor.ts';
export {
  LimitExceeded,
  type LimitExceededFacts,
  MalformedBytes,
  type MalformedBytesFacts,
  NeedMoreBytes,
} from './errors.ts';
export { formatInet, parseInet } from './inet.ts';
export {
  EXACT_NUMBER_MAX,
  INET_TEXT_LENGTH_MAX,
  SHORT_LENGTH_BYTES_MAX,
  UVINT_BYTES_MAX,
  WRITER_BYTES_MAX,
} from './limits.ts';
export { decodeModifiedUtf8, encodeModifiedUtf8, modifiedUtf8Length } from './modified-utf8.ts';
export {
  type Murmur3Words,
  murmur3,
  murmur3Into,
  murmur3Token,
  murmur3TokenInto,
} from './murmur3.ts';
export {
  hexToTableId,
  isUuid,
  type TimeUuidParts,
  tableIdToHex,
  timeUuid,
  uuidFromBytes,
  uuidToBytes,
  uuidVersion,
} from './uuid.ts';
export { uvintLength } from './uvint.ts';
