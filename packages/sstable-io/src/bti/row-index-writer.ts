// Data plane. Rows.db: a trie over the blocks of each wide partition (spec: sstable-index-and-stats §7.5; RowIndexWriter, TrieIndexEntry).
// Called by the SSTable writer, which cuts the blocks. Holds the unwritten part of one partition's trie.
import type { CqlType } from '@scamander/cql-types';
import type { ClusteringPlace } from '../rows/clustering-comparator.ts';
import type { DeletionTime } from '../rows/model.ts';
import { deletionBounds, storedDeletionTime } from '../write/deletion-bounds.ts';
import { ClusteringEncoder, separatorAfter, separatorBetween } from './comparable-clustering.ts';
import { PageOutput, type PageSink } from './page-output.ts';
import type { TriePayload } from './pending-node.ts';
import { putSizedInteger, sizedIntegerBytes } from './sized-integer.ts';
import { TrieWriter } from './trie-writer.ts';

/** Flag of a payload that has a deletion behind its offset. */
const OPEN_FLAG = 8;
const DELETION_BYTES = 12;
const LIVE_BYTE = 0x80;

/** Consecutive rows and markers of a partition. Places are not kept. */
export interface RowBlock {
  /** Of its first and of its last row or marker. */
  readonly first: ClusteringPlace;
  readonly last: ClusteringPlace;
  /** Where it begins, in bytes from the beginning of the partition. */
  readonly offset: number;
  /** Range deletion that is open where it begins; not, as in Index.db, where it ends. */
  readonly openDeletion: DeletionTime | undefined;
}

/** A partition whose blocks were added. */
export interface IndexedRows {
  readonly key: Uint8Array;
  /** In uncompressed Data.db. */
  readonly dataPosition: number;
  readonly deletion: DeletionTime | undefined;
  /** Where the byte that ends the partition stands, from its beginning. */
  readonly endOffset: number;
}

/** `oa` form of a deletion that is one; times that it can't hold are capped. */
const putDeletion = (target: Uint8Array, offset: number, deletion: DeletionTime): void => {
  const bounds = deletionBounds(true);
  const seconds = storedDeletionTime(deletion.localDeletionTime, bounds, 'cap') ?? bounds.none;
  const view = new DataView(target.buffer, target.byteOffset + offset, DELETION_BYTES);
  view.setBigInt64(0, deletion.markedForDeleteAt);
  view.setUint32(8, seconds);
};

const payloadOf = (offset: number, openDeletion: DeletionTime | undefined): TriePayload => {
  const integerBytes = sizedIntegerBytes(offset);
  const isOpen = openDeletion !== undefined;
  const bytes = new Uint8Array(integerBytes + (isOpen ? DELETION_BYTES : 0));
  putSizedInteger(bytes, 0, offset, integerBytes);
  if (isOpen) putDeletion(bytes, integerBytes, openDeletion);
  return { flags: integerBytes | (isOpen ? OPEN_FLAG : 0), bytes };
};

const ROOT_KEY = new Uint8Array(0);

/** One partition after the other. The bytes go to the sink, front to back; without wide partitions there are none. */
export class RowIndexWriter {
  readonly #encoder: ClusteringEncoder;
  readonly #output: PageOutput;
  readonly #trie: TrieWriter;
  #last: Uint8Array = ROOT_KEY;
  #separator: Uint8Array = ROOT_KEY;

  /** Throws a `RangeError` for clustering types whose order in bytes is not known: such tables can't have a BTI index. */
  constructor(clusteringTypes: readonly CqlType[], sink: PageSink) {
    const encoder = ClusteringEncoder.ofTypes(clusteringTypes);
    if (encoder === undefined) throw new RangeError('a clustering type without byte order');
    this.#encoder = encoder;
    this.#output = new PageOutput(sink);
    this.#trie = new TrieWriter(this.#output);
  }

  /** Blocks of the present partition. */
  get blockCount(): number {
    return this.#trie.count;
  }

  /** Adds the next block of the present partition. */
  addBlock({ first, last, offset, openDeletion }: RowBlock): void {
    this.#separator =
      this.blockCount === 0
        ? ROOT_KEY
        : separatorBetween(this.#last, this.#encoder.encodePlace(first.kind, first.values));
    this.#trie.add(this.#separator, payloadOf(offset, openDeletion));
    this.#last = this.#encoder.encodePlace(last.kind, last.values);
  }

  /**
   * Ends the present partition. With two blocks or more its trie and entry are written, and the position of the entry is returned; otherwise
   * there is nothing to look up, and nothing is written.
   */
  endPartition({ key, dataPosition, deletion, endOffset }: IndexedRows): number | undefined {
    const { blockCount } = this;
    if (blockCount < 2) {
      this.#trie.reset();
      return undefined;
    }
    const end = separatorAfter(this.#last, this.#separator);
    this.#trie.add(end, payloadOf(endOffset, undefined));
    const rootPosition = this.#trie.finish();
    const entryPosition = this.#output.position;
    const { writer } = this.#output;
    writer.bytes16(key);
    // the root's distance counts from right behind the key (pitfall P18)
    const base = this.#output.position;
    writer.uvint(dataPosition);
    writer.svint(rootPosition - base);
    writer.uvint(blockCount);
    if (deletion === undefined) {
      writer.u8(LIVE_BYTE);
    } else {
      const bytes = new Uint8Array(DELETION_BYTES);
      putDeletion(bytes, 0, deletion);
      writer.bytes(bytes);
    }
    this.#output.written();
    return entryPosition;
  }

  /** Gives the sink what is left. */
  finish(): void {
    this.#output.passOn();
  }
}
