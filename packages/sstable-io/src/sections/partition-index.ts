// Data plane. What both index formats answer. Implemented by the BIG and the BTI index, called by sections and by the open SSTable.
import type { Token } from '@scamander/ring';
import type { RowsEntry } from '../bti/rows-entry.ts';
import type { IndexedKey } from '../types.ts';

/** Where the index of a wide partition's rows stands: behind its entry in Index.db, or as its entry in Rows.db. */
export type RowIndexPlace =
  | { readonly kind: 'promoted'; readonly offset: number; readonly lengthBytes: number }
  | { readonly kind: 'trie'; readonly entry: RowsEntry };

/** A partition that was looked up by its key. */
export interface FoundPartition {
  /** In the uncompressed Data.db. */
  readonly dataPosition: number;
  /** Undefined where its rows have no index. */
  readonly rowIndex: RowIndexPlace | undefined;
}

/** Order of the partitions of one SSTable. */
export interface PartitionIndex {
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  /** Partitions, where the index itself says so. */
  readonly keyCount: number | undefined;
  /**
   * For each token, in ascending order, the position in the uncompressed Data.db of the first partition whose token is greater, or
   * undefined where there is none. Rejects with SSTableError.
   */
  positionsAfter(tokens: readonly Token[]): Promise<(number | undefined)[]>;
  /** The partition of this key, undefined where there is none. Rejects with SSTableError. */
  find(key: Uint8Array): Promise<FoundPartition | undefined>;
  /** Every partition in order. The key is a view until the next step. */
  keys(): AsyncGenerator<IndexedKey, void, void>;
}
