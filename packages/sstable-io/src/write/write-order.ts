// Data plane. Whether what is to be written follows what was written before it: keys by token and bytes, rows and markers in clustering order,
// ends and beginnings of range tombstones in pairs (spec: sstable-data §4.8, §4.10, §11). Called by the SSTable writer.
import type { Partitioner, Token } from '@scamander/ring';
import { ClusteringComparator, type ClusteringPlace } from '../rows/clustering-comparator.ts';
import type { DeletionTime, Marker, Unfiltered } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { KeptPlace } from './kept-place.ts';
import { keyText, outOfOrder } from './refusal.ts';

const sameDeletion = (a: DeletionTime | undefined, b: DeletionTime | undefined): boolean =>
  a === b ||
  (a?.markedForDeleteAt === b?.markedForDeleteAt && a?.localDeletionTime === b?.localDeletionTime);

const deletionText = (deletion: DeletionTime | undefined): string =>
  deletion === undefined
    ? 'no range'
    : `the range deleted at ${deletion.markedForDeleteAt} (${deletion.localDeletionTime})`;

/** Which of its sides each kind of marker has: closes, opens. */
const SIDES: Readonly<Record<Marker['bound'], readonly [boolean, boolean]>> = {
  EXCL_END_BOUND: [true, false],
  INCL_END_BOUND: [true, false],
  INCL_START_BOUND: [false, true],
  EXCL_START_BOUND: [false, true],
  EXCL_END_INCL_START_BOUNDARY: [true, true],
  INCL_END_EXCL_START_BOUNDARY: [true, true],
};

/** Follows one SSTable; throws SSTableErrors of code `SCM_SSTABLE_ORDER`. */
export class WriteOrder {
  readonly #file: string;
  readonly #partitioner: Partitioner;
  readonly #comparator: ClusteringComparator;
  readonly #last = new KeptPlace();
  #key: Uint8Array | undefined;
  #token: Token | undefined;
  #hasLast = false;
  #open: DeletionTime | undefined;

  constructor(file: string, partitioner: Partitioner, header: RowHeader) {
    this.#file = file;
    this.#partitioner = partitioner;
    this.#comparator = new ClusteringComparator(header.clusteringTypes);
  }

  /** Deletion of the range tombstone that is open behind the last unfiltered. */
  get openDeletion(): DeletionTime | undefined {
    return this.#open;
  }

  /** Where the last row or marker of the present partition stood; stands until the next. */
  get lastPlace(): ClusteringPlace | undefined {
    return this.#hasLast ? this.#last : undefined;
  }

  /** A new partition, whose key stays as it is until the next one has begun. */
  startPartition(key: Uint8Array): void {
    const token = this.#partitioner.tokenOf(key);
    if (this.#key !== undefined && this.#token !== undefined) {
      const order = this.#partitioner.compare(this.#token, token) || Buffer.compare(this.#key, key);
      if (order >= 0)
        throw outOfOrder(
          this.#file,
          key,
          order === 0 ? 'the same key again' : `a key before ${keyText(this.#key)}`,
          'keys in ascending order of tokens',
        );
    }
    this.#key = key;
    this.#token = token;
    this.#hasLast = false;
    this.#open = undefined;
  }

  /** The next row or marker. */
  add(unfiltered: Unfiltered): void {
    if (this.#hasLast) {
      const order = this.#comparator.compareWithPlace(unfiltered, this.#last);
      if (order <= 0)
        throw outOfOrder(
          this.#file,
          this.#key,
          `a ${unfiltered.kind} ${order === 0 ? 'at the place of' : 'before'} the one written last`,
          'rows and markers in clustering order',
        );
    }
    this.#hasLast = true;
    this.#last.keep(unfiltered);
    if (unfiltered.kind === 'marker') this.#marker(unfiltered);
  }

  /** No range may be open at the end. */
  endPartition(): void {
    if (this.#open !== undefined)
      throw outOfOrder(
        this.#file,
        this.#key,
        'the end of the partition',
        `an end of ${deletionText(this.#open)}`,
      );
  }

  #marker({ bound, closes, opens }: Marker): void {
    const [doesClose, doesOpen] = SIDES[bound];
    if ((closes !== undefined) !== doesClose || (opens !== undefined) !== doesOpen)
      throw outOfOrder(this.#file, this.#key, `a marker ${bound}`, 'its deletions, and no others');
    if (doesClose !== (this.#open !== undefined) || !sameDeletion(this.#open, closes))
      throw outOfOrder(
        this.#file,
        this.#key,
        `a marker ${bound} that ends ${deletionText(closes)}`,
        `an end of ${deletionText(this.#open)}`,
      );
    this.#open = opens;
  }
}
