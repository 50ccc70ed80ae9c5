// Data plane. Distinct points and their counts before they go into the bins of a tombstone histogram, in the order in which Cassandra's
// hash table gives them back (spec: sstable-index-and-stats §3.5; StreamingTombstoneHistogramBuilder.Spool). Called by the builder. 3 MiB.

const CAPACITY = 131_072;
const CELLS = 2 * CAPACITY;
const PROBES_MAX = 100;
const HASH_MULTIPLIER = 948_701_839;
const COUNT_MAX = 0x7fffffff;

/** An open-addressing table of whole numbers. */
export class PointSpool {
  readonly #points = new Float64Array(CELLS);
  /** 0 marks an empty cell. */
  readonly #counts = new Int32Array(CELLS);
  #size = 0;

  /** Adds `count` to a point; false when it must be drained first. */
  tryAdd(point: number, count: number): boolean {
    if (this.#size > CAPACITY) return false;
    const start = Math.imul(point, HASH_MULTIPLIER) & (CAPACITY - 1);
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      const cell = (start + probe) % CELLS;
      const known = this.#counts[cell]!;
      if (known === 0) {
        this.#points[cell] = point;
        this.#counts[cell] = count;
        this.#size += 1;
        return true;
      }
      if (this.#points[cell] === point) {
        this.#counts[cell] = Math.min(COUNT_MAX, known + count);
        return true;
      }
    }
    return false;
  }

  /** Hands out every point in the order of the table and empties it. */
  drain(take: (point: number, count: number) => void): void {
    for (let cell = 0; cell < CELLS; cell++) {
      const count = this.#counts[cell]!;
      if (count !== 0) take(this.#points[cell]!, count);
    }
    this.#counts.fill(0);
    this.#size = 0;
  }
}
