// Data plane. Minima of the times in everything that is written: the bases of the deltas, as a memtable counts them before it is flushed
// (EncodingStats.Collector; spec: sstable-data §13.2). Called for every mutation.
import { type Cell, type DeletionTime, NO_DELETION_TIME, type Row } from '../rows/model.ts';
import { type EncodingStats, NO_ENCODING_STATS } from '../rows/row-header.ts';
import type { Mutation } from './mutation.ts';

/** Grows smaller with every mutation. */
export class EncodingMinima {
  #timestamp: bigint | undefined;
  #deletionTime = NO_DELETION_TIME;
  #ttl: number | undefined;

  add({ partitionDeletion, staticRow, row, range }: Mutation): void {
    this.#addDeletion(partitionDeletion);
    this.#addDeletion(range?.deletion);
    if (staticRow !== undefined) this.#addRow(staticRow);
    if (row !== undefined) this.#addRow(row);
  }

  /** Where nothing of a kind was there: Cassandra's own bases. */
  get stats(): EncodingStats {
    const { minTimestamp, minLocalDeletionTime, minTtl } = NO_ENCODING_STATS;
    return {
      minTimestamp: this.#timestamp ?? minTimestamp,
      minLocalDeletionTime:
        this.#deletionTime === NO_DELETION_TIME ? minLocalDeletionTime : this.#deletionTime,
      minTtl: this.#ttl ?? minTtl,
    };
  }

  #addTimestamp(timestamp: bigint): void {
    if (this.#timestamp === undefined || timestamp < this.#timestamp) this.#timestamp = timestamp;
  }

  #addDeletion(deletion: DeletionTime | undefined): void {
    if (deletion === undefined) return;
    this.#addTimestamp(deletion.markedForDeleteAt);
    this.#deletionTime = Math.min(this.#deletionTime, deletion.localDeletionTime);
  }

  #addExpiring(ttl: number, localDeletionTime: number): void {
    this.#deletionTime = Math.min(this.#deletionTime, localDeletionTime);
    if (ttl > 0) this.#ttl = Math.min(this.#ttl ?? ttl, ttl);
  }

  #addCell(cell: Cell): void {
    this.#addTimestamp(cell.timestamp);
    this.#addExpiring(cell.ttl, cell.localDeletionTime);
  }

  #addRow({ liveness, deletion, columns }: Row): void {
    if (liveness !== undefined) {
      this.#addTimestamp(liveness.timestamp);
      this.#addExpiring(liveness.ttl, liveness.localExpirationTime);
    }
    this.#addDeletion(deletion);
    for (const data of columns) {
      this.#addDeletion(data.deletion);
      for (const cell of data.cells) this.#addCell(cell);
    }
  }
}
