// Data plane. Deletion times and TTLs that no statement gives (spec: sstable-data §4.9; ExpirationDateOverflowHandling, Cell#hasInvalidDeletions).
// Called by deep verification for every row. Only counts.
import {
  type DeletionTime,
  EXPIRED_LIVENESS_TTL,
  NO_DELETION_TIME,
  type Row,
  type Unfiltered,
} from '../rows/model.ts';
import type { Findings } from './findings.ts';

/** Twenty years, the longest that CQL takes. */
const TTL_MAX = 630_720_000;
/** What 5.0 stores for a time that does not fit. */
const INVALID_TIME = 0xfffffffe;

/** Counts what is odd. */
export class TimeChecks {
  #invalidTimes = 0;
  #longTtls = 0;

  startPartition(deletion: DeletionTime | undefined, staticRow: Row | undefined): void {
    this.#deletion(deletion);
    if (staticRow !== undefined) this.#row(staticRow);
  }

  add(unfiltered: Unfiltered): void {
    if (unfiltered.kind === 'row') this.#row(unfiltered);
    else {
      this.#deletion(unfiltered.closes);
      this.#deletion(unfiltered.opens);
    }
  }

  #row({ liveness, deletion, columns }: Row): void {
    if (liveness !== undefined && liveness.ttl !== EXPIRED_LIVENESS_TTL) {
      this.#time(liveness.localExpirationTime, liveness.ttl);
    }
    this.#deletion(deletion);
    for (const data of columns) {
      this.#deletion(data.deletion);
      for (const { ttl, localDeletionTime } of data.cells) this.#time(localDeletionTime, ttl);
    }
  }

  #deletion(deletion: DeletionTime | undefined): void {
    if (deletion === undefined) return;
    if (deletion.localDeletionTime === NO_DELETION_TIME) this.#invalidTimes += 1;
    else this.#time(deletion.localDeletionTime, 0);
  }

  #time(seconds: number, ttl: number): void {
    if (ttl > TTL_MAX) this.#longTtls += 1;
    if (seconds === NO_DELETION_TIME) return;
    if (seconds < ttl || seconds < 0 || seconds === INVALID_TIME) this.#invalidTimes += 1;
  }

  report(findings: Findings): void {
    if (this.#invalidTimes > 0) {
      findings.warn(
        `Data.db has ${this.#invalidTimes} deletion times that are negative, none, or before their TTL began: nodes call them invalid`,
      );
    }
    if (this.#longTtls > 0) {
      findings.warn(
        `Data.db has ${this.#longTtls} TTLs above ${TTL_MAX} seconds, the most that CQL takes`,
      );
    }
  }
}
