// Data plane. Mutations of many partitions until there are enough of them to be sorted: a memtable (spec: hints-commitlog-compaction F;
// AtomicBTreePartition). Called by the CQL writer. Knows no order of keys and does no I/O; counts roughly what it holds.
import type { Partitioner, Token } from '@scamander/ring';
import { RowMerger } from '../merge/row-merger.ts';
import { deletionSupersedes } from '../merge/supersede.ts';
import { ClusteringComparator } from '../rows/clustering-comparator.ts';
import type { DeletionTime, Row, Unfiltered } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { joinUnfiltereds } from './buffered-unfiltereds.ts';
import type { Mutation, RangeDeletion } from './mutation.ts';

/** What a partition, a row, a column and a cell take besides their bytes: objects, arrays and entries of maps, as measured. */
const PARTITION_BYTES = 350;
const MAP_BYTES = 250;
const ROW_BYTES = 400;
const COLUMN_BYTES = 80;
const CELL_BYTES = 250;

/** What is known of one partition. */
interface PartitionBuffer {
  readonly key: Uint8Array;
  deletion: DeletionTime | undefined;
  staticRow: Row | undefined;
  /** The only row. Many tables have one in each partition: they need no map. */
  row: Row | undefined;
  /** By the bytes of their clustering values, when there are several. */
  rows: Map<string, Row> | undefined;
  ranges: RangeDeletion[] | undefined;
}

/** A partition in the order of its table. */
export interface BufferedPartition {
  readonly key: Uint8Array;
  readonly deletion: DeletionTime | undefined;
  readonly staticRow: Row | undefined;
  unfiltereds(): readonly Unfiltered[];
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** One text for equal lists of values only. */
const clusteringKey = ({ clustering }: Row): string => {
  const [only, ...others] = clustering as Uint8Array[];
  if (only === undefined) return '';
  if (others.length === 0) return latin1(only);
  return [only, ...others].map((value) => `${value.length}:${latin1(value)}`).join('');
};

const bytesOfRow = ({ clustering, columns }: Row): number => {
  let bytes = ROW_BYTES;
  for (const value of clustering) bytes += 2 * (value?.length ?? 0);
  for (const { cells } of columns) {
    bytes += COLUMN_BYTES;
    for (const { path, value } of cells) bytes += CELL_BYTES + value.length + (path?.length ?? 0);
  }
  return bytes;
};

/** Holds mutations, merged where they meet. */
export class RowBuffer {
  readonly #merger: RowMerger;
  readonly #comparator: ClusteringComparator;
  #partitions = new Map<string, PartitionBuffer>();
  #bytes = 0;

  constructor(header: RowHeader) {
    this.#merger = new RowMerger(header);
    this.#comparator = new ClusteringComparator(header.clusteringTypes);
  }

  /** About what it holds; what was merged away still counts. */
  get sizeBytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#partitions.size === 0;
  }

  add({ key, partitionDeletion, staticRow, row, range }: Mutation): void {
    const partition = this.#partition(key);
    if (deletionSupersedes(partitionDeletion, partition.deletion))
      partition.deletion = partitionDeletion;
    if (range !== undefined) {
      partition.ranges ??= [];
      partition.ranges.push(range);
      this.#bytes += ROW_BYTES;
    }
    if (staticRow !== undefined) {
      this.#bytes += bytesOfRow(staticRow);
      partition.staticRow = this.#merged(partition.staticRow, staticRow);
    }
    if (row === undefined) return;
    this.#bytes += bytesOfRow(row);
    this.#addRow(partition, row);
  }

  #addRow(partition: PartitionBuffer, row: Row): void {
    const { row: only } = partition;
    if (partition.rows === undefined && only === undefined) {
      partition.row = row;
      return;
    }
    const place = clusteringKey(row);
    if (only !== undefined) {
      const onlyPlace = clusteringKey(only);
      if (onlyPlace === place) {
        partition.row = this.#merged(only, row);
        return;
      }
      partition.row = undefined;
      partition.rows = new Map([[onlyPlace, only]]);
      this.#bytes += MAP_BYTES;
    }
    const rows = partition.rows as Map<string, Row>;
    rows.set(place, this.#merged(rows.get(place), row));
  }

  /** Two versions of a row; something is left of them, since nothing else deletes them here. */
  #merged(known: Row | undefined, row: Row): Row {
    return known === undefined ? row : (this.#merger.merge([known, row], 2, undefined) ?? row);
  }

  #partition(key: Uint8Array): PartitionBuffer {
    const name = latin1(key);
    let partition = this.#partitions.get(name);
    if (partition === undefined) {
      partition = {
        key,
        deletion: undefined,
        staticRow: undefined,
        row: undefined,
        rows: undefined,
        ranges: undefined,
      };
      this.#partitions.set(name, partition);
      this.#bytes += PARTITION_BYTES + 2 * key.length;
    }
    return partition;
  }

  /** Everything in the order of the partitioner; the buffer is empty then. */
  drain(partitioner: Partitioner): BufferedPartition[] {
    const partitions = [...this.#partitions.values()].map(
      (partition): { readonly token: Token; readonly partition: PartitionBuffer } => ({
        token: partitioner.tokenOf(partition.key),
        partition,
      }),
    );
    this.#partitions = new Map();
    this.#bytes = 0;
    partitions.sort(
      (a, b) =>
        partitioner.compare(a.token, b.token) || Buffer.compare(a.partition.key, b.partition.key),
    );
    return partitions.map(({ partition }) => this.#ordered(partition));
  }

  #ordered({ key, deletion, staticRow, row, rows, ranges }: PartitionBuffer): BufferedPartition {
    const all = rows === undefined ? (row === undefined ? [] : [row]) : undefined;
    return {
      key,
      deletion,
      staticRow: staticRow === undefined ? undefined : this.#merger.merge([staticRow], 1, deletion),
      unfiltereds: () =>
        joinUnfiltereds(
          all ?? [...(rows?.values() ?? [])],
          ranges ?? [],
          deletion,
          this.#comparator,
          this.#merger,
        ),
    };
  }
}
