// Data plane. What both index formats answer. Implemented by the BIG and the BTI index, called by sections and by the open SSTable.
import type { Token } from '@scamander/ring';
import type { IndexedKey } from '../types.ts';

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
  /** Every partition in order. The key is a view until the next step. */
  keys(): AsyncGenerator<IndexedKey, void, void>;
}
