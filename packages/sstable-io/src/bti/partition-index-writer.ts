// Data plane. Partitions.db (spec: sstable-index-and-stats §7.4; PartitionIndexBuilder). Called by the SSTable writer, once per partition. Holds
// the last key and the unwritten part of the trie.
import { type Murmur3Words, murmur3Into } from '@scamander/bytes';
import type { Partitioner } from '@scamander/ring';
import { comparableKey } from './byte-comparable.ts';
import { PageOutput, type PageSink } from './page-output.ts';
import type { TriePayload } from './pending-node.ts';
import { putSizedInteger, sizedIntegerBytes } from './sized-integer.ts';
import { TrieWriter } from './trie-writer.ts';

/** Flags of a payload with a hash byte and an integer of n bytes: n + 7. */
const HASH_FLAGS = 7;

/** Where a partition is to be found: its entry in Rows.db, or its place in uncompressed Data.db when it has no row index. */
export type PartitionPlace = { readonly rowsPosition: number } | { readonly dataPosition: number };

/** A negative number stands for a place in Data.db. */
const storedPlace = (place: PartitionPlace): number =>
  'rowsPosition' in place ? place.rowsPosition : -place.dataPosition - 1;

const words: Murmur3Words = { h1hi: 0, h1lo: 0, h2hi: 0, h2lo: 0 };

const payloadOf = (key: Uint8Array, place: PartitionPlace): TriePayload => {
  const value = storedPlace(place);
  const integerBytes = sizedIntegerBytes(value);
  const bytes = new Uint8Array(1 + integerBytes);
  // the token comes from the first half of the hash, this byte from the second (pitfall P15)
  murmur3Into(key, words);
  bytes[0] = words.h2lo & 0xff;
  putSizedInteger(bytes, 1, value, integerBytes);
  return { flags: HASH_FLAGS + integerBytes, bytes };
};

/** One more than the number of bytes at the beginning that are equal. */
const difference = (a: Uint8Array, b: Uint8Array): number => {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at + 1;
};

/** Keys ascend by token, then by bytes. The bytes go to the sink, front to back. */
export class PartitionIndexWriter {
  readonly #partitioner: Partitioner;
  readonly #output: PageOutput;
  readonly #trie: TrieWriter;
  #firstKey: Uint8Array | undefined;
  #lastKey: Uint8Array = new Uint8Array(0);
  #lastForm: Uint8Array = new Uint8Array(0);
  #lastPayload: TriePayload | undefined;
  /** Bytes by which the last key differs from the one before it. */
  #lastDifference = 0;
  #keys = 0;

  constructor(partitioner: Partitioner, sink: PageSink) {
    this.#partitioner = partitioner;
    this.#output = new PageOutput(sink);
    this.#trie = new TrieWriter(this.#output);
  }

  /** Adds a partition. The key is not kept. Throws a `RangeError` when it does not follow the last one. */
  add(key: Uint8Array, place: PartitionPlace): void {
    const form = comparableKey(this.#partitioner, key);
    if (this.#lastPayload === undefined) {
      this.#firstKey = Uint8Array.from(key);
    } else {
      const next = difference(this.#lastForm, form);
      if (!(this.#lastForm[next - 1]! < form[next - 1]!)) {
        throw new RangeError('the keys of an index of partitions ascend');
      }
      this.#addLast(next);
      this.#lastDifference = next;
    }
    this.#lastKey = Uint8Array.from(key);
    this.#lastForm = form;
    this.#lastPayload = payloadOf(key, place);
    this.#keys += 1;
  }

  /** The last key's prefix is long enough to differ from both its neighbours. */
  #addLast(nextDifference: number): void {
    const length = Math.max(this.#lastDifference, nextDifference);
    this.#trie.add(this.#lastForm.subarray(0, length), this.#lastPayload!);
  }

  /** Writes the rest of the trie and what follows it. Throws a `RangeError` when there was no partition. */
  finish(): void {
    const firstKey = this.#firstKey;
    if (firstKey === undefined) throw new RangeError('an index of partitions has at least one');
    this.#addLast(0);
    const rootPosition = this.#trie.finish();
    const { writer } = this.#output;
    const keysPosition = this.#output.position;
    writer.bytes16(firstKey);
    writer.bytes16(this.#lastKey);
    writer.i64Number(keysPosition);
    writer.i64Number(this.#keys);
    writer.i64Number(rootPosition);
    this.#output.passOn();
  }
}
