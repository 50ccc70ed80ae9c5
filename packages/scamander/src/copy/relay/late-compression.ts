// Data plane. The chunk list of a whole SSTable whose header does not list its chunks, out of the CompressionInfo.db that comes before its Data.db.
// Called by the pipe that makes sections on the way. (spec: sstable-data §8.1)
import { ByteReader } from '@scamander/bytes';
import { CHUNK_CRC_BYTES, type StreamCompressionInfo } from '@scamander/wire-codec';
import { RelayError } from './relay-error.ts';

const OFFSET_BYTES = 8;
const NEVER_RAW = 0x7fffffff;
/** Since then the longest chunk that is stored compressed is told. */
const FIRST_WITH_LONGEST = 'na';

/** What the file says. */
export interface LateCompression {
  readonly compression: StreamCompressionInfo;
  /** Uncompressed. */
  readonly dataLengthBytes: bigint;
}

/** Stored lengths without checksums: from offset to offset, the last to the end of Data.db. */
const lengthsOf = (offsets: Float64Array, storedBytes: number): Int32Array =>
  Int32Array.from(
    offsets,
    (offset, index) => (offsets[index + 1] ?? storedBytes) - offset - CHUNK_CRC_BYTES,
  );

const read = (bytes: Uint8Array, version: string, storedBytes: number): LateCompression => {
  const reader = new ByteReader(bytes);
  const compressor = reader.utf();
  const optionCount = reader.i32();
  const options: [string, string][] = [];
  for (let index = 0; index < optionCount; index++) options.push([reader.utf(), reader.utf()]);
  const chunkLengthBytes = reader.i32();
  const maxCompressedLengthBytes = version >= FIRST_WITH_LONGEST ? reader.i32() : NEVER_RAW;
  const dataLengthBytes = reader.i64();
  const count = reader.i32();
  if (count < 1 || count * OFFSET_BYTES !== reader.remaining)
    throw new RangeError(`${count} chunks in ${reader.remaining} bytes`);
  const chunkOffsets = Float64Array.from({ length: count }, () => reader.i64Number());
  const chunkLengths = lengthsOf(chunkOffsets, storedBytes);
  if (chunkLengths.some((length) => length <= 0)) throw new RangeError('chunks out of order');
  const lists = { chunkOffsets, chunkLengths };
  const compression = { ...lists, compressor, options, chunkLengthBytes, maxCompressedLengthBytes };
  return { compression, dataLengthBytes };
};

/** Throws what the relay of the file fails with. `storedBytes`: of Data.db; BTI has all letters since `da`, as `na` did. */
export const lateCompression = (
  bytes: Uint8Array,
  formatName: string,
  version: string,
  storedBytes: number,
): LateCompression => {
  try {
    return read(bytes, formatName === 'big' ? version : FIRST_WITH_LONGEST, storedBytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RelayError('SCM_COPY_PAYLOAD', `CompressionInfo.db can't be read: ${reason}`);
  }
};
