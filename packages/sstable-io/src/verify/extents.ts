// Data plane. Accounts for the bytes of trie files: every byte belongs to one node or is zero (spec: sstable-index-and-stats §7.3, §10 rule 8).
// Called by the deep verification of BTI SSTables.
import { corrupt } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import { PAGE_BYTES, ROW_TRIE_NODES_MAX } from '../limits.ts';

const requireZero = async (paged: PagedFile, from: number, to: number): Promise<void> => {
  for (let at = from; at < to; ) {
    const length = Math.min(to - at, PAGE_BYTES - (at % PAGE_BYTES));
    const bytes = await paged.bytes(at, length);
    const other = bytes.findIndex((byte) => byte !== 0);
    if (other >= 0) {
      throw corrupt(paged.path, at + other, `byte ${bytes[other]} outside any node`, '0');
    }
    at += length;
  }
};

/** The nodes of one region, in any order. */
export class Extents {
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];

  get count(): number {
    return this.#starts.length;
  }

  /** Beyond `ROW_TRIE_NODES_MAX` they are only counted as too many. */
  add(start: number, length: number): void {
    if (this.#starts.length > ROW_TRIE_NODES_MAX) return;
    this.#starts.push(start);
    this.#lengths.push(length);
  }

  /** Nodes must not overlap nor leave the region; what is between them must be zero. The last one must end the region. */
  async check(paged: PagedFile, from: number, to: number): Promise<void> {
    const order = this.#starts.map((_, i) => i);
    order.sort((a, b) => this.#starts[a]! - this.#starts[b]!);
    let at = from;
    for (const i of order) {
      const start = this.#starts[i]!;
      if (start < at) throw corrupt(paged.path, start, 'a node within another one', `byte ${at}`);
      await requireZero(paged, at, start);
      at = start + this.#lengths[i]!;
    }
    if (at !== to) throw corrupt(paged.path, at, `the last node ends at ${at}`, `${to}`);
  }
}

/** One bit for each byte of a large region. */
export class ByteMap {
  readonly #bits: Uint8Array;
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
    this.#bits = new Uint8Array(Math.ceil(length / 8));
  }

  /** Throws when a byte is taken already, or lies outside. */
  add(path: string, start: number, length: number): void {
    for (let at = start; at < start + length; at++) {
      const mask = 1 << (at & 7);
      if (at >= this.#length || (this.#bits[at >> 3]! & mask) !== 0) {
        throw corrupt(path, start, 'a node over another one or over the keys', 'bytes of its own');
      }
      this.#bits[at >> 3]! |= mask;
    }
  }

  /** Bytes that no node took must be zero. */
  async check(paged: PagedFile): Promise<void> {
    let from = -1;
    for (let at = 0; at <= this.#length; at++) {
      const isFree = at < this.#length && (this.#bits[at >> 3]! & (1 << (at & 7))) === 0;
      if (isFree && from < 0) from = at;
      if (!isFree && from >= 0) {
        await requireZero(paged, from, at);
        from = -1;
      }
    }
  }
}
