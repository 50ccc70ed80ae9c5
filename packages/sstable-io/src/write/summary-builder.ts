// Data plane. Summary.db: every so-many-th entry of Index.db (spec: sstable-index-and-stats §5; IndexSummaryBuilder). Called by the writer of
// Index.db. Holds the sampled keys: 10 MB for 40 million keys of 24 bytes.
import { ByteWriter } from '@scamander/bytes';

/** A summary that was never reduced. */
const SAMPLING_LEVEL = 128;
/** Position in Index.db behind each key. */
const POSITION_BYTES = 8;

/** Samples the keys that it is told, in their order. */
export class SummaryBuilder {
  readonly #minIndexInterval: number;
  readonly #entries = new ByteWriter(1024);
  readonly #offsets: number[] = [];
  #count = 0;
  #firstKey: Uint8Array | undefined;
  #lastKey: Uint8Array = new Uint8Array(0);

  constructor(minIndexInterval: number) {
    this.#minIndexInterval = minIndexInterval;
  }

  /** A partition, and where its entry of Index.db begins. The key must stay as it is until the next one, the last one until {@link toBytes}. */
  add(key: Uint8Array, indexPosition: number): void {
    if (this.#count % this.#minIndexInterval === 0) {
      this.#offsets.push(this.#entries.length);
      this.#entries.bytes(key);
      this.#entries.i64le(BigInt(indexPosition));
    }
    this.#count += 1;
    this.#firstKey ??= Uint8Array.from(key);
    this.#lastKey = key;
  }

  /** The whole Summary.db. Offsets count from the first offset's own place (pitfall P9). */
  toBytes(): Uint8Array {
    const entries = this.#entries.toBytes();
    const offsetsBytes = 4 * this.#offsets.length;
    const writer = new ByteWriter(64 + offsetsBytes + entries.length + POSITION_BYTES);
    writer.i32(this.#minIndexInterval);
    writer.i32(this.#offsets.length);
    writer.i64Number(offsetsBytes + entries.length);
    writer.i32(SAMPLING_LEVEL);
    writer.i32(Math.ceil(this.#count / this.#minIndexInterval));
    for (const offset of this.#offsets) writer.i32le(offsetsBytes + offset);
    writer.bytes(entries);
    writer.bytes32(this.#firstKey ?? this.#lastKey);
    writer.bytes32(this.#lastKey);
    return writer.toBytes();
  }
}
