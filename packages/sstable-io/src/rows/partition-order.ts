// Data plane. What rows and markers of one partition owe each other: ascending order, ranges that open and close (spec: sstable-data §4.8, §4.10,
// pitfall 22). Called by the row reader when it is strict, and by verification. Throws MalformedBytes.
import { MalformedBytes } from '@scamander/bytes';
import { ClusteringComparator, kindOf, valuesOf } from './clustering-comparator.ts';
import { detachValues } from './detach.ts';
import type { ClusteringValue, DeletionTime, Unfiltered } from './model.ts';
import type { RowHeader } from './row-header.ts';

const malformed = (found: string, what: string, offset: number): MalformedBytes =>
  new MalformedBytes({ what, found, offset });

const sameDeletion = (a: DeletionTime, b: DeletionTime): boolean =>
  a.markedForDeleteAt === b.markedForDeleteAt && a.localDeletionTime === b.localDeletionTime;

const deletionText = (deletion: DeletionTime): string =>
  `${deletion.markedForDeleteAt} at second ${deletion.localDeletionTime}`;

/** Follows one partition after the other. */
export class PartitionOrder {
  /** Range deletion that is open behind what was seen last. */
  open: DeletionTime | undefined;
  readonly #comparator: ClusteringComparator;
  #kind = 0;
  #values: readonly ClusteringValue[] | undefined;

  constructor(header: RowHeader) {
    this.#comparator = new ClusteringComparator(header.clusteringTypes);
  }

  /** Before the first row; `open` is the deletion that is open there when a partition is entered in its middle. */
  begin(open: DeletionTime | undefined): void {
    this.open = open;
    this.#values = undefined;
  }

  /** The views of what was seen last are about to lose their bytes. */
  keep(): void {
    if (this.#values !== undefined) this.#values = detachValues(this.#values);
  }

  /** `offset` is where it begins in the reader's bytes. */
  next(unfiltered: Unfiltered, offset: number): void {
    const kind = kindOf(unfiltered);
    const values = valuesOf(unfiltered);
    if (this.#values !== undefined) {
      const order = this.#comparator.compare(this.#kind, this.#values, kind, values);
      if (order >= 0) {
        throw malformed(
          `a ${unfiltered.kind} ${order === 0 ? 'where one was already' : 'before the one that stands before it'}`,
          'ascending clustering order',
          offset,
        );
      }
    }
    this.#kind = kind;
    this.#values = values;
    if (unfiltered.kind === 'marker') {
      this.#range(unfiltered.closes, offset);
      this.open = unfiltered.opens;
    }
  }

  #range(closes: DeletionTime | undefined, offset: number): void {
    const { open } = this;
    if (closes === undefined) {
      if (open !== undefined) {
        throw malformed(
          'a range deletion that begins within another',
          `the end of the one of ${deletionText(open)}`,
          offset,
        );
      }
    } else if (open === undefined) {
      throw malformed('the end of a range deletion', 'one that is open', offset);
    } else if (!sameDeletion(open, closes)) {
      throw malformed(
        `the end of a range deletion of ${deletionText(closes)}`,
        `that of ${deletionText(open)}, which is open`,
        offset,
      );
    }
  }

  /** At the end of the partition. */
  end(offset: number): void {
    if (this.open === undefined) return;
    throw malformed(
      'the end of the partition',
      `the end of the range deletion of ${deletionText(this.open)}`,
      offset,
    );
  }
}
