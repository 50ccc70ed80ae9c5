// Data plane. The stored chunks of Data.db one by one, with what they decompress to (spec: sstable-data §8). Called through SSTable.rawChunks, by
// whoever looks below the rows.
import { SSTableError } from '../errors.ts';
import type { Section } from '../types.ts';
import { DataReader, type DataSource } from './data-reader.ts';

/** Which chunks are wanted. */
export interface RawChunksOptions {
  /** Those that hold bytes of these sections. @default all, also a surplus one behind the data */
  readonly sections?: readonly Section[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A stored chunk. Its byte arrays belong to whoever gets them. */
export interface RawChunk {
  readonly index: number;
  /** Where it begins in Data.db. */
  readonly offsetBytes: number;
  /** Where its first byte stands in the uncompressed data. */
  readonly position: number;
  /** As it is stored, without its checksum. */
  readonly stored: Uint8Array;
  /** Uncompressed; undefined when there is a problem. */
  readonly bytes: Uint8Array | undefined;
  /** A wrong checksum, or bytes that do not decompress. */
  readonly problem: SSTableError | undefined;
}

const chunkCountOf = (source: DataSource, chunkLengthBytes: number): number =>
  source.compressed?.offsets.params.chunkCount ??
  Math.ceil(source.dataLengthBytes / chunkLengthBytes);

const indexesOf = function* (
  count: number,
  chunkLengthBytes: number,
  sections: readonly Section[] | undefined,
): Generator<number, void, void> {
  if (sections === undefined) {
    for (let index = 0; index < count; index++) yield index;
    return;
  }
  let next = 0;
  for (const { lower, upper } of sections) {
    if (upper <= lower) continue;
    const last = Math.floor((Number(upper) - 1) / chunkLengthBytes);
    next = Math.max(next, Math.floor(Number(lower) / chunkLengthBytes));
    for (; next <= last; next++) yield next;
  }
};

const tryChunk = async (
  reader: DataReader,
  index: number,
): Promise<Pick<RawChunk, 'bytes' | 'problem'>> => {
  try {
    return { bytes: await reader.chunk(index), problem: undefined };
  } catch (error) {
    if (!(error instanceof SSTableError) || error.code === 'SCM_SSTABLE_IO') throw error;
    return { bytes: undefined, problem: error };
  }
};

/** See SSTable.rawChunks. */
export const rawChunks = async function* (
  source: DataSource,
  { sections, signal }: RawChunksOptions = {},
): AsyncGenerator<RawChunk, void, void> {
  const reader = new DataReader(source, { readAhead: true });
  const { chunkLengthBytes } = reader;
  const count = chunkCountOf(source, chunkLengthBytes);
  for (const index of indexesOf(count, chunkLengthBytes, sections)) {
    signal?.throwIfAborted();
    const { offsetBytes, payload } = await reader.storedChunk(index);
    const { bytes, problem } = await tryChunk(reader, index);
    const position = index * chunkLengthBytes;
    yield { index, offsetBytes, position, stored: payload, bytes, problem };
  }
};
