// Data plane. What a compaction leaves out because everybody has had the time to hear of it (spec: hints-commitlog-compaction F §7; PurgeFunction,
// AbstractCell.purge). Called by the merge behind the reconciliation, when its caller asks for it. What stays as it is keeps its identity.
import {
  type Cell,
  type ColumnData,
  type DeletionTime,
  EXPIRED_LIVENESS_TTL,
  type Liveness,
  type Marker,
  NO_DELETION_TIME,
  type Row,
} from '../rows/model.ts';

/** What may go. Whoever asks for it vouches for what he says. */
export interface PurgeOptions {
  /** Second of now: what expires by then is a tombstone. */
  readonly nowSeconds: number;
  /** Tombstones with an earlier local deletion time go: now less `gc_grace_seconds`. */
  readonly gcBefore: number;
  /**
   * Timestamp below which deletions of a key may go: the smallest one of all other SSTables and memtables that may hold the key, undefined for
   * none. Without it, every SSTable that holds any of the keys is part of the merge.
   */
  readonly purgeableBefore?: ((key: Uint8Array) => bigint | undefined) | undefined;
  /** Rows of materialized views are gone without their liveness (TableMetadata#enforceStrictLiveness). @default false */
  readonly strictLiveness?: boolean | undefined;
}

const EMPTY = new Uint8Array(0);

/** Purges one partition after the other. */
export class Purger {
  readonly #options: PurgeOptions;
  #purgeableBefore: bigint | undefined;

  constructor(options: PurgeOptions) {
    this.#options = options;
  }

  startPartition(key: Uint8Array): void {
    this.#purgeableBefore = this.#options.purgeableBefore?.(key);
  }

  #isPurgeable(timestamp: bigint, localDeletionTime: number): boolean {
    return (
      localDeletionTime < this.#options.gcBefore &&
      (this.#purgeableBefore === undefined || timestamp < this.#purgeableBefore)
    );
  }

  /** A deletion of a partition, a row, a range or a complex column. */
  deletion(deletion: DeletionTime | undefined): DeletionTime | undefined {
    return deletion !== undefined &&
      this.#isPurgeable(deletion.markedForDeleteAt, deletion.localDeletionTime)
      ? undefined
      : deletion;
  }

  /** A boundary with one side left is a bound. */
  marker(marker: Marker): Marker | undefined {
    const closes = this.deletion(marker.closes);
    const opens = this.deletion(marker.opens);
    if (closes === marker.closes && opens === marker.opens) return marker;
    if (closes === undefined && opens === undefined) return undefined;
    const isBefore = marker.bound === 'EXCL_END_INCL_START_BOUNDARY';
    const bound =
      closes === undefined
        ? isBefore
          ? 'INCL_START_BOUND'
          : 'EXCL_START_BOUND'
        : isBefore
          ? 'EXCL_END_BOUND'
          : 'INCL_END_BOUND';
    return { kind: 'marker', bound, values: marker.values, closes, opens };
  }

  /** What is left of a row; undefined for nothing. */
  row(row: Row): Row | undefined {
    const liveness =
      row.liveness !== undefined && this.#isDeadLiveness(row.liveness) ? undefined : row.liveness;
    const deletion = this.deletion(row.deletion);
    if (
      this.#options.strictLiveness === true &&
      !row.isStatic &&
      liveness === undefined &&
      deletion === undefined
    )
      return undefined;
    const columns = this.#columns(row.columns);
    if (columns === row.columns && liveness === row.liveness && deletion === row.deletion)
      return row;
    if (columns.length === 0 && liveness === undefined && deletion === undefined) return undefined;
    return {
      kind: 'row',
      isStatic: row.isStatic,
      clustering: row.clustering,
      liveness,
      deletion,
      isShadowable: deletion !== undefined && row.isShadowable,
      columns,
    };
  }

  #isDeadLiveness({ timestamp, ttl, localExpirationTime }: Liveness): boolean {
    if (ttl === 0) return false;
    const isLive = ttl !== EXPIRED_LIVENESS_TTL && this.#options.nowSeconds < localExpirationTime;
    return !isLive && this.#isPurgeable(timestamp, localExpirationTime);
  }

  /** The same list when nothing in it changes. */
  #columns(columns: readonly ColumnData[]): readonly ColumnData[] {
    let changed: ColumnData[] | undefined;
    for (let i = 0; i < columns.length; i++) {
      const data = columns[i] as ColumnData;
      const left = this.#column(data);
      if (left === data) {
        changed?.push(data);
        continue;
      }
      changed ??= columns.slice(0, i);
      if (left !== undefined) changed.push(left);
    }
    return changed ?? columns;
  }

  #column(data: ColumnData): ColumnData | undefined {
    const deletion = this.deletion(data.deletion);
    const { cells } = data;
    let changed: Cell[] | undefined;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as Cell;
      const left = cell.localDeletionTime === NO_DELETION_TIME ? cell : this.#ending(cell);
      if (left === cell) {
        changed?.push(cell);
        continue;
      }
      changed ??= cells.slice(0, i);
      if (left !== undefined) changed.push(left);
    }
    if (changed === undefined && deletion === data.deletion) return data;
    const left = changed ?? cells;
    return left.length === 0 && deletion === undefined
      ? undefined
      : { column: data.column, deletion, cells: left };
  }

  /**
   * A tombstone or a cell with a time to live. "Else if expiring → becomes a tombstone with ldt = expiration − ttl, value dropped, and that is
   * checked once more".
   */
  #ending(cell: Cell): Cell | undefined {
    const { timestamp, ttl, localDeletionTime, path } = cell;
    if (ttl !== 0 && this.#options.nowSeconds < localDeletionTime) return cell;
    if (this.#isPurgeable(timestamp, localDeletionTime)) return undefined;
    if (ttl === 0) return cell;
    const deletedAt = localDeletionTime - ttl;
    return this.#isPurgeable(timestamp, deletedAt)
      ? undefined
      : { timestamp, ttl: 0, localDeletionTime: deletedAt, path, value: EMPTY };
  }
}
