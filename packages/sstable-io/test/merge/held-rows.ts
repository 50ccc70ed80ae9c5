// Partitions in memory as a row reader, in batches of any size, whose bytes are wiped when a reader may wipe them. Called by tests only.
import { detach, detachRow } from '../../src/rows/detach.ts';
import type { DeletionTime, PartitionHead, Row, Unfiltered } from '../../src/rows/model.ts';
import type { RowHeader } from '../../src/rows/row-header.ts';
import type { RowReader } from '../../src/rows/row-reader.ts';

/** One partition, all of it. */
export interface HeldPartition {
  readonly key: Uint8Array;
  readonly deletion: DeletionTime | undefined;
  readonly staticRow: Row | undefined;
  readonly unfiltereds: readonly Unfiltered[];
}

const bytesOf = (unfiltered: Unfiltered): Uint8Array[] => {
  if (unfiltered.kind === 'marker') return unfiltered.values.filter((value) => value !== null);
  const cells = unfiltered.columns.flatMap((data) => data.cells);
  return [
    ...unfiltered.clustering.filter((value) => value !== null),
    ...cells.map(({ value }) => value),
    ...cells.flatMap(({ path }) => (path === undefined ? [] : [path])),
  ];
};

/** Reads partitions from memory. What it hands out stands no longer than the contract says. */
export class HeldRowReader implements RowReader {
  readonly header: RowHeader;
  readonly #partitions: readonly HeldPartition[];
  readonly #batchMax: number;
  #next = 0;
  #left: readonly Unfiltered[] = [];
  #given: Uint8Array[] = [];
  position = 0;
  isClosed = false;

  constructor(header: RowHeader, partitions: readonly HeldPartition[], batchMax = 3) {
    this.header = header;
    this.#partitions = partitions;
    this.#batchMax = batchMax;
  }

  #wipe(): void {
    for (const bytes of this.#given) bytes.fill(0xee);
    this.#given = [];
  }

  async nextPartition(): Promise<PartitionHead | undefined> {
    this.#wipe();
    const partition = this.#partitions[this.#next];
    if (partition === undefined) return undefined;
    this.#next += 1;
    this.#left = partition.unfiltereds;
    const key = Uint8Array.from(partition.key);
    const { deletion, staticRow } = partition;
    this.position += 1;
    return {
      key,
      deletion,
      staticRow: staticRow === undefined ? undefined : detachRow(staticRow),
      position: this.position,
      headerLength: 0,
    };
  }

  async nextBatch(): Promise<readonly Unfiltered[]> {
    this.#wipe();
    const batch = this.#left.slice(0, this.#batchMax).map(detach);
    this.#left = this.#left.slice(batch.length);
    this.#given = batch.flatMap(bytesOf);
    this.position += batch.length;
    return batch;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** Everything that a reader has, as copies. */
export const holdAll = async (reader: RowReader): Promise<HeldPartition[]> => {
  const partitions: HeldPartition[] = [];
  for (;;) {
    const head = await reader.nextPartition();
    if (head === undefined) return partitions;
    const unfiltereds: Unfiltered[] = [];
    for (;;) {
      const batch = await reader.nextBatch();
      if (batch.length === 0) break;
      unfiltereds.push(...batch.map(detach));
    }
    partitions.push({
      key: Uint8Array.from(head.key),
      deletion: head.deletion,
      staticRow: head.staticRow === undefined ? undefined : detachRow(head.staticRow),
      unfiltereds,
    });
  }
};
