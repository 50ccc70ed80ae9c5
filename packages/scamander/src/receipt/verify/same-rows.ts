// Data plane. Are two sources of rows the same, partition by partition? Called by the comparison of a replica with SSTables. Copies no bytes but
// the keys of what differs.
import type { Partitioner } from '@scamander/ring';
import type {
  Cell,
  ClusteringValue,
  ColumnData,
  DeletionTime,
  Liveness,
  Marker,
  PartitionHead,
  Row,
  RowReader,
  Unfiltered,
} from '@scamander/sstable-io';

/** How partitions are compared. */
export interface SameRowsOptions {
  /** Whose order both sources have. */
  readonly partitioner: Partitioner;
  /** Columns that do not count: nodes leave out what was written before a column was dropped. */
  readonly ignoredColumns: ReadonlySet<string>;
}

const sameBytes = (a: Uint8Array | null | undefined, b: Uint8Array | null | undefined): boolean =>
  a === b || (a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0);

const sameDeletion = (a: DeletionTime | undefined, b: DeletionTime | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.markedForDeleteAt === b.markedForDeleteAt &&
    a.localDeletionTime === b.localDeletionTime);

const sameLiveness = (a: Liveness | undefined, b: Liveness | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.timestamp === b.timestamp &&
    a.ttl === b.ttl &&
    a.localExpirationTime === b.localExpirationTime);

const sameValues = (a: readonly ClusteringValue[], b: readonly ClusteringValue[]): boolean =>
  a.length === b.length && a.every((value, index) => sameBytes(value, b[index]));

const sameCell = (a: Cell, b: Cell | undefined): boolean =>
  b !== undefined &&
  a.timestamp === b.timestamp &&
  a.ttl === b.ttl &&
  a.localDeletionTime === b.localDeletionTime &&
  sameBytes(a.path, b.path) &&
  sameBytes(a.value, b.value);

const sameColumn = (a: ColumnData, b: ColumnData | undefined): boolean =>
  b !== undefined &&
  a.column.text === b.column.text &&
  sameDeletion(a.deletion, b.deletion) &&
  a.cells.length === b.cells.length &&
  a.cells.every((cell, index) => sameCell(cell, b.cells[index]));

const sameRow = (a: Row, b: Row): boolean =>
  a.isShadowable === b.isShadowable &&
  sameLiveness(a.liveness, b.liveness) &&
  sameDeletion(a.deletion, b.deletion) &&
  sameValues(a.clustering, b.clustering) &&
  a.columns.length === b.columns.length &&
  a.columns.every((column, index) => sameColumn(column, b.columns[index]));

const sameMarker = (a: Marker, b: Marker): boolean =>
  a.bound === b.bound &&
  sameValues(a.values, b.values) &&
  sameDeletion(a.closes, b.closes) &&
  sameDeletion(a.opens, b.opens);

const sameUnfiltered = (a: Unfiltered | undefined, b: Unfiltered | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b;
  if (a.kind === 'row') return b.kind === 'row' && sameRow(a, b);
  return b.kind === 'marker' && sameMarker(a, b);
};

/** One of both sources, one thing after the other. What is empty is not there. */
class Cursor {
  readonly #reader: RowReader;
  readonly #ignored: ReadonlySet<string>;
  #batch: readonly Unfiltered[] = [];
  #at = 0;
  head: PartitionHead | undefined;

  constructor(reader: RowReader, ignored: ReadonlySet<string>) {
    this.#reader = reader;
    this.#ignored = ignored;
  }

  async nextPartition(): Promise<void> {
    this.#batch = [];
    this.#at = 0;
    this.head = await this.#reader.nextPartition();
  }

  get staticRow(): Row | undefined {
    const row = this.head?.staticRow;
    return row === undefined ? undefined : this.#counted(row);
  }

  /** The next row or marker of the partition. */
  async next(): Promise<Unfiltered | undefined> {
    for (;;) {
      const unfiltered = this.#batch[this.#at];
      if (unfiltered === undefined) {
        this.#batch = await this.#reader.nextBatch();
        this.#at = 0;
        if (this.#batch.length === 0) return undefined;
        continue;
      }
      this.#at += 1;
      if (unfiltered.kind === 'marker') return unfiltered;
      const row = this.#counted(unfiltered);
      if (row !== undefined) return row;
    }
  }

  /** Whether anything is in the partition; call it for one that has not been begun. */
  async hasAny(): Promise<boolean> {
    return (
      this.head?.deletion !== undefined ||
      this.staticRow !== undefined ||
      (await this.next()) !== undefined
    );
  }

  /** The row without the columns that do not count; undefined where nothing is left. */
  #counted(row: Row): Row | undefined {
    const ignored = this.#ignored;
    const columns =
      ignored.size === 0
        ? row.columns
        : row.columns.filter(({ column }) => !ignored.has(column.text));
    if (columns.length === 0 && row.liveness === undefined && row.deletion === undefined)
      return undefined;
    return columns === row.columns ? row : { ...row, columns };
  }
}

const samePartition = async (a: Cursor, b: Cursor): Promise<boolean> => {
  if (!sameDeletion(a.head?.deletion, b.head?.deletion)) return false;
  if (!sameUnfiltered(a.staticRow, b.staticRow)) return false;
  for (;;) {
    const [left, right] = [await a.next(), await b.next()];
    if (!sameUnfiltered(left, right)) return false;
    if (left === undefined) return true;
  }
};

/** Which of two partitions comes first; one that is not there comes last. */
const compareHeads = (
  partitioner: Partitioner,
  a: PartitionHead | undefined,
  b: PartitionHead | undefined,
): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return (
    partitioner.compare(partitioner.tokenOf(a.key), partitioner.tokenOf(b.key)) ||
    Buffer.compare(a.key, b.key)
  );
};

/** A partition of either source. */
export interface ComparedPartition {
  /** A copy where they differ; else a view that stands until the next one. */
  readonly key: Uint8Array;
  readonly isSame: boolean;
}

/** Every partition that one of both has, in order. Rejects with what the readers reject with. Closes neither. */
export async function* comparedPartitions(
  a: RowReader,
  b: RowReader,
  { partitioner, ignoredColumns }: SameRowsOptions,
): AsyncGenerator<ComparedPartition, void> {
  const left = new Cursor(a, ignoredColumns);
  const right = new Cursor(b, ignoredColumns);
  await left.nextPartition();
  await right.nextPartition();
  for (;;) {
    const first = compareHeads(partitioner, left.head, right.head);
    const one = first <= 0 ? left : right;
    const { head } = one;
    if (head === undefined) return;
    const isSame = first === 0 ? await samePartition(left, right) : !(await one.hasAny());
    yield { key: isSame ? head.key : Uint8Array.from(head.key), isSame };
    if (first <= 0) await left.nextPartition();
    if (first >= 0) await right.nextPartition();
  }
}
