// Both planes. Does a replica have what some SSTables hold? What it sent of their ranges is merged once alone and once together with them: where
// both are the same, partition by partition, the SSTables add nothing. Called for each table and replica of a receipt; holds one window of each
// SSTable.
import { contains, type Partitioner, type TokenRange } from '@scamander/ring';
import {
  MergedRowReader,
  openSSTable,
  type PurgeOptions,
  type RowReader,
  type SSTable,
  SSTableError,
  type SSTableFiles,
} from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { comparedPartitions, type SameRowsOptions } from './same-rows.ts';

/** An SSTable that the replica acknowledged. */
export interface AcknowledgedSSTable {
  readonly path: string;
  readonly files: SSTableFiles;
  /** Those that it acknowledged. */
  readonly ranges: readonly TokenRange[];
}

/** What is compared. */
export interface ReplicaComparison {
  readonly acknowledged: readonly AcknowledgedSSTable[];
  /** What the replica sent. */
  readonly held: readonly SSTableFiles[];
  readonly partitioner: Partitioner;
  /** What nodes may have left out by now, and what has expired. */
  readonly purge: PurgeOptions;
  readonly droppedColumns: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** Called with the partitions that are done, now and then. */
  readonly progress: (partitions: number) => void;
}

/** What came of it. */
export interface ReplicaDifference {
  readonly partitions: number;
  /** By path, the key of the first partition in which the SSTable adds something. */
  readonly absent: ReadonlyMap<string, Uint8Array>;
}

type Opened = { readonly one: AcknowledgedSSTable; readonly sstable: SSTable };

const PROGRESS_PARTITIONS = 1024;

/** An SSTable's error is one of the outcomes: {@link compareReplica} makes a Left of it again. */
const orThrow = <T>(value: Either<SSTableError, T>): T => {
  if (isLeft(value)) throw value.left;
  return value.right;
};

class Comparison {
  readonly #input: ReplicaComparison;
  readonly #same: SameRowsOptions;
  readonly #opened: SSTable[] = [];
  readonly #absent = new Map<string, Uint8Array>();
  #acknowledged: readonly Opened[] = [];
  #held: readonly SSTable[] = [];

  constructor(input: ReplicaComparison) {
    const { partitioner, droppedColumns } = input;
    this.#input = input;
    this.#same = { partitioner, ignoredColumns: droppedColumns };
  }

  async run(): Promise<ReplicaDifference> {
    try {
      await this.#openAll();
      const partitions = await this.#compare();
      return { partitions, absent: this.#absent };
    } finally {
      for (const sstable of this.#opened) await sstable.close();
    }
  }

  async #open(files: SSTableFiles): Promise<SSTable> {
    this.#input.signal.throwIfAborted();
    const sstable = orThrow(await openSSTable(files));
    this.#opened.push(sstable);
    return sstable;
  }

  async #openAll(): Promise<void> {
    const { acknowledged, held } = this.#input;
    const sources: Opened[] = [];
    for (const one of acknowledged) sources.push({ one, sstable: await this.#open(one.files) });
    const replica: SSTable[] = [];
    for (const files of held) replica.push(await this.#open(files));
    this.#acknowledged = sources;
    this.#held = replica;
  }

  async #compare(): Promise<number> {
    const { signal, progress, acknowledged } = this.#input;
    const ofReplica = () => this.#held.map((sstable) => sstable.rows({ signal }));
    const ofSources = this.#acknowledged.map(({ sstable, one: { ranges } }) =>
      sstable.rows({ ranges, signal }),
    );
    let partitions = 0;
    for await (const key of this.#differing(ofReplica(), [...ofReplica(), ...ofSources], () => {
      partitions += 1;
      if (partitions % PROGRESS_PARTITIONS === 0) progress(partitions);
    })) {
      await this.#blame(key);
      if (this.#absent.size === acknowledged.length) break;
    }
    return partitions;
  }

  /** Keys of the partitions that are not the same in both merges. */
  async *#differing(
    alone: readonly Promise<Either<SSTableError, RowReader | undefined>>[],
    together: readonly Promise<Either<SSTableError, RowReader | undefined>>[],
    seen: () => void = () => undefined,
  ): AsyncGenerator<Uint8Array, void> {
    const readers: RowReader[] = [];
    const openAll = async (all: typeof alone): Promise<readonly RowReader[]> => {
      const opened: RowReader[] = [];
      for (const result of await Promise.allSettled(all)) {
        if (result.status === 'rejected') throw result.reason;
        const reader = orThrow(result.value);
        if (reader === undefined) continue;
        opened.push(reader);
        readers.push(reader);
      }
      return opened;
    };
    try {
      const a = this.#merged(await openAll(alone));
      const b = this.#merged(await openAll(together));
      if (b === undefined) return;
      for await (const { key, isSame } of comparedPartitions(a ?? nothingOf(b), b, this.#same)) {
        seen();
        if (!isSame) yield key;
      }
    } finally {
      for (const reader of readers) await reader.close();
    }
  }

  #merged(readers: readonly RowReader[]): RowReader | undefined {
    const { partitioner, purge } = this.#input;
    return readers.length === 0 ? undefined : new MergedRowReader(readers, { partitioner, purge });
  }

  /** Finds the SSTables that add something to a partition, and are not known to do so already. */
  async #blame(key: Uint8Array): Promise<void> {
    const { partitioner } = this.#input;
    const token = partitioner.tokenOf(key);
    const found: string[] = [];
    let isFound = false;
    for (const { one, sstable } of this.#acknowledged) {
      if (!one.ranges.some((range) => contains(partitioner, range, token))) continue;
      const partition = await sstable.partition(key);
      const reader = orThrow(partition);
      if (reader === undefined) continue;
      found.push(one.path);
      const isKnown = this.#absent.has(one.path);
      const adds = isKnown || (await this.#adds(key, reader));
      if (isKnown) await reader.close();
      if (adds && !isKnown) this.#absent.set(one.path, key);
      isFound ||= adds;
    }
    // none of them alone: then all of them together
    if (!isFound) for (const path of found) this.#absent.set(path, key);
  }

  async #adds(key: Uint8Array, source: RowReader): Promise<boolean> {
    const ofReplica = () => this.#held.map((sstable) => sstable.partition(key));
    const together = [...ofReplica(), Promise.resolve(right(source))];
    const differing = this.#differing(ofReplica(), together);
    const { done } = await differing.next();
    await differing.return();
    return done !== true;
  }
}

/** A source of the same columns without any partition. */
const nothingOf = ({ header }: RowReader): RowReader => ({
  header,
  position: 0,
  nextPartition: () => Promise.resolve(undefined),
  nextBatch: () => Promise.resolve([]),
  close: () => Promise.resolve(),
});

/**
 * Compares one replica. Left: an SSTable of either side that can't be read. Rejects with the signal's reason only.
 *
 * What it can't tell: data that were deleted since, by a deletion that is older than `gc_grace_seconds` and gone, count as absent. Loading them
 * again would indeed bring them back.
 */
export const compareReplica = async (
  input: ReplicaComparison,
): Promise<Either<SSTableError, ReplicaDifference>> => {
  try {
    return right(await new Comparison(input).run());
  } catch (error) {
    input.signal.throwIfAborted();
    if (error instanceof SSTableError) return left(error);
    throw error;
  }
};
