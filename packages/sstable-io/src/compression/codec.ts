// Data plane. What every chunk compressor offers. Implemented beside this file, called by the Data.db reader and by tests.

/** Compresses and decompresses one chunk. Both throw an Error on bytes they can't take; the caller names file and offset. */
export interface BlockCodec {
  /** Simple class name of Cassandra, such as `LZ4Compressor`. */
  readonly name: string;
  compress(source: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /**
   * Gives at most `lengthMax` bytes. The length that the chunk itself declares is checked before anything of that size is
   * allocated, the length of the result afterwards. The result may be in `room`, which has `lengthMax` bytes, or elsewhere.
   */
  decompress(
    source: Uint8Array,
    lengthMax: number,
    room?: Uint8Array,
  ): Uint8Array | Promise<Uint8Array>;
}

/** A chunk that can't be decompressed; the caller wraps it with file and offset. */
export class ChunkError extends Error {
  override readonly name = 'ChunkError';
}

/** Throws unless a declared or produced length is within the limit. */
export const checkLength = (what: string, length: number, lengthMax: number): void => {
  if (length > lengthMax) {
    throw new ChunkError(`${what} ${length} bytes, at most ${lengthMax} fit a chunk`);
  }
};
