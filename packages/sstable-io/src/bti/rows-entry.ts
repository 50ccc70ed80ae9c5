// Data plane. The entry of a wide partition in Rows.db (spec: sstable-index-and-stats §7.5; TrieIndexEntry). Called by the BTI index and by verification.
import { ByteReader } from '@scamander/bytes';
import { corrupt, decoding } from '../io/decoding.ts';
import { skipDeletionTime } from '../io/deletion-time.ts';
import type { PagedFile } from '../io/paged-file.ts';

/** Two integers, a signed one, and a deletion time. */
const AFTER_KEY_BYTES_MAX = 9 + 9 + 9 + 12;

/** One entry, as its bytes say. */
export interface RowsEntry {
  readonly key: Uint8Array;
  readonly dataPosition: number;
  readonly rootPosition: number;
  readonly blockCount: number;
  /** Serialized partition deletion. */
  readonly deletion: Uint8Array;
  /** Position after the entry. */
  readonly end: number;
}

const readAfterKey = (reader: ByteReader, base: number, path: string) => {
  const dataPosition = reader.uvintNumber();
  // the root's distance counts from right behind the key (pitfall P18)
  const rootPosition = base + Number(reader.svint());
  const blockCount = reader.uvintNumber();
  const deletionAt = reader.position;
  skipDeletionTime(reader, true);
  if (rootPosition < 0 || rootPosition >= base) {
    throw corrupt(path, base, `a trie root at ${rootPosition}`, 'one before the entry');
  }
  return { dataPosition, rootPosition, blockCount, deletionAt };
};

/** Reads the entry that begins with a key at this position. Rejects with SSTableError. */
export const readRowsEntry = async (rows: PagedFile, position: number): Promise<RowsEntry> => {
  const length = new ByteReader(await rows.bytes(position, 2)).u16();
  const key = await rows.bytes(position + 2, length);
  const base = position + 2 + length;
  const bytes = await rows.bytes(base, Math.min(AFTER_KEY_BYTES_MAX, rows.lengthBytes - base));
  return decoding(rows.path, base, () => {
    const reader = new ByteReader(bytes);
    const { deletionAt, ...fields } = readAfterKey(reader, base, rows.path);
    const deletion = bytes.subarray(deletionAt, reader.position);
    return { key, ...fields, deletion, end: base + reader.position };
  });
};
