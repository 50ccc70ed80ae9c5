// Data plane. The uncompressed stream of partitions → Data.db as it is stored. Implemented twice beside this file, with chunks of a compressor
// and without; called by the SSTable writer. Holds types only.

/** What Data.db came to. */
export interface WrittenData {
  /** Names of the files that were written, Data.db among them. */
  readonly components: readonly string[];
  /** CRC-32 of Data.db as it is stored, which Digest.crc32 says. */
  readonly digest: number;
  /** Stored bytes of all chunks, without their checksums, for each uncompressed byte; −1 when uncompressed. */
  readonly compressionRatio: number;
}

/** Takes uncompressed bytes and stores them; rejects with `SCM_SSTABLE_IO`. */
export interface DataOutput {
  /** Uncompressed bytes appended so far. */
  readonly position: number;
  /** Bytes on their way to the disk so far, as stored. */
  readonly storedBytes: number;
  /** Appends a copy of the bytes. */
  append(bytes: Uint8Array): void;
  /** To be waited for when it is there, before more is appended. */
  readonly pressure: Promise<void> | undefined;
  /** Writes what is left, and the files beside Data.db; all of it is on the disk then. */
  finish(): Promise<WrittenData>;
  /** Closes everything as it is. Never rejects. */
  abort(): Promise<void>;
}
