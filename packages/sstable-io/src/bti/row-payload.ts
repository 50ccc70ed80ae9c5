// Data plane. What stands at a node of a row trie: where a block begins, and the range deletion that is open there (spec:
// sstable-index-and-stats §7.5; RowIndexReader.IndexInfo). Called by lookups and by verification.
import { ByteReader } from '@scamander/bytes';
import { corrupt, decoding } from '../io/decoding.ts';
import { deletionTimeBytes, readDeletionTime } from '../io/deletion-time.ts';
import type { DeletionTime } from '../rows/model.ts';
import { readSizedInteger } from './trie-file.ts';
import type { TrieNode } from './trie-node.ts';

const OFFSET_FLAGS = 7;
const OPEN_FLAG = 8;

/** A block of rows. */
export interface RowPayload {
  /** From the beginning of the partition. */
  readonly offset: number;
  readonly open: DeletionTime | undefined;
}

/** Bytes of the payload of a node, 0 without one. */
export const rowPayloadBytes = (path: string, node: TrieNode): number => {
  if (node.payloadFlags === 0) return 0;
  const offsetBytes = node.payloadFlags & OFFSET_FLAGS;
  if ((node.payloadFlags & OPEN_FLAG) === 0) return offsetBytes;
  return decoding(path, node.position, () => {
    const reader = new ByteReader(node.page, node.payloadOffset + offsetBytes);
    return offsetBytes + deletionTimeBytes(reader, true);
  });
};

/** Throws SSTableError for a payload without offset. */
export const readRowPayload = (path: string, node: TrieNode): RowPayload => {
  const offsetBytes = node.payloadFlags & OFFSET_FLAGS;
  if (offsetBytes === 0) {
    throw corrupt(path, node.position, 'a payload without offset', 'the offset of a block');
  }
  const offset = readSizedInteger(path, node, node.payloadOffset, offsetBytes);
  if ((node.payloadFlags & OPEN_FLAG) === 0) return { offset, open: undefined };
  return decoding(path, node.position, () => {
    const reader = new ByteReader(node.page, node.payloadOffset + offsetBytes);
    return { offset, open: readDeletionTime(reader, true) };
  });
};
