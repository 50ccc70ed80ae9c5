// Data plane. Timestamp, time to live and deletion time of one statement, checked (spec: sstable-data §4.9; Attributes, ExpirationDateOverflowHandling).
// Called for every statement.
import {
  type Cell,
  type DeletionTime,
  LIVE_TIMESTAMP,
  type Liveness,
  NO_DELETION_TIME,
} from '../rows/model.ts';
import { rowProblem } from './row-problem.ts';
import type { StatementOptions } from './statement.ts';

/** Longest time to live: 20 years (Attributes.MAX_TTL). */
const TTL_SECONDS_MAX = 20 * 365 * 24 * 60 * 60;
const TIMESTAMP_MAX = 2n ** 63n - 1n;
/** Latest second that any version holds. */
const SECONDS_MAX = 0xffff_fffd;
const EMPTY = new Uint8Array(0);

/** What a statement uses where it says nothing itself. */
export interface StatementDefaults {
  readonly timestampMicros: bigint;
  readonly nowSeconds: number;
  readonly ttlSeconds: number;
}

/** Times of one statement. */
export class StatementTimes {
  readonly timestamp: bigint;
  readonly now: number;
  readonly ttl: number;
  /** Deletes what is there (DELETE). */
  readonly deletion: DeletionTime;
  /** Deletes what was there before the statement (UpdateParameters#setComplexDeletionTimeForOverwrite). */
  readonly overwrite: DeletionTime;

  /** Throws `SCM_SSTABLE_ROW` for times that nothing can have. */
  constructor(options: StatementOptions, defaults: StatementDefaults, source: string) {
    const timestamp = options.timestampMicros ?? defaults.timestampMicros;
    const now = options.nowSeconds ?? defaults.nowSeconds;
    const ttl = options.ttlSeconds ?? defaults.ttlSeconds;
    if (timestamp <= LIVE_TIMESTAMP || timestamp > TIMESTAMP_MAX)
      throw rowProblem(source, undefined, `a timestamp of ${timestamp}`);
    if (!Number.isInteger(ttl) || ttl < 0 || ttl > TTL_SECONDS_MAX)
      throw rowProblem(source, undefined, `a TTL of ${ttl} seconds, at most ${TTL_SECONDS_MAX}`);
    if (!Number.isInteger(now) || now < 0 || now + ttl > SECONDS_MAX)
      throw rowProblem(source, undefined, `${now} as the present second`);
    this.timestamp = timestamp;
    this.now = now;
    this.ttl = ttl;
    this.deletion = { markedForDeleteAt: timestamp, localDeletionTime: now };
    // one before the smallest timestamp would be the one that says live
    const before = timestamp - 1n === LIVE_TIMESTAMP ? timestamp : timestamp - 1n;
    this.overwrite = { markedForDeleteAt: before, localDeletionTime: now };
  }

  get #expiration(): number {
    return this.ttl === 0 ? NO_DELETION_TIME : this.now + this.ttl;
  }

  /** Liveness of a row that is inserted. */
  liveness(): Liveness {
    return { timestamp: this.timestamp, ttl: this.ttl, localExpirationTime: this.#expiration };
  }

  /** A cell with a value. */
  cell(path: Uint8Array | undefined, value: Uint8Array): Cell {
    const { timestamp, ttl } = this;
    return { timestamp, ttl, localDeletionTime: this.#expiration, path, value };
  }

  /** A cell that was deleted. */
  tombstone(path: Uint8Array | undefined): Cell {
    return { timestamp: this.timestamp, ttl: 0, localDeletionTime: this.now, path, value: EMPTY };
  }
}
