// Data plane. One node of an on-disk trie (spec: sstable-index-and-stats §7.1; TrieNode). Called by walkers and lookups.
// A reused cursor over a page: it allocates nothing and checks that nothing lies outside the page or before the file.
import { corrupt } from '../io/decoding.ts';
import { PAGE_BYTES } from '../limits.ts';

/** Children are listed by transition byte … */
const SPARSE = 1;
/** … or stand for every byte from the first one on. */
const DENSE = 2;

const SPARSE_BITS = [8, 12, 16, 24, 40];
const DENSE_BITS = [12, 16, 24, 32, 40, 64];

/** Points at a node after `load`. Slots are children, for dense nodes also the gaps between them. */
export class TrieNode {
  /** In the file. */
  position = 0;
  /** Low four bits of the first byte where the type has a payload; 0 means none. */
  payloadFlags = 0;
  slots = 0;
  /** Of the payload, in the page. */
  payloadOffset = 0;
  page: Uint8Array = new Uint8Array(0);

  #layout = 0;
  #start = 0;
  #bits = 0;
  #deltasAt = 0;
  /** Transition and distance of the types with one child. */
  #transition = 0;
  #delta = 0;

  /** Reads the node at this file position; `page` is the page that holds it. Throws `SCM_SSTABLE_CORRUPT`. */
  load(path: string, page: Uint8Array, position: number): void {
    const start = position % PAGE_BYTES;
    this.page = page;
    this.position = position;
    this.#start = start;
    this.#layout = 0;
    const first = page[start];
    if (first === undefined) throw corrupt(path, position, 'the end of the file', 'a trie node');
    this.payloadFlags = first & 15;
    const type = first >> 4;
    if (type <= 4) this.#loadSingle(type);
    else if (type <= 9) this.#loadSparse(SPARSE_BITS[type - 5]!);
    else this.#loadDense(DENSE_BITS[type - 10]!);
    const isWrong =
      this.payloadOffset > page.length ||
      (this.#layout === SPARSE && this.slots === 0) ||
      (this.#layout === DENSE && this.#transition + this.slots > 256);
    if (isWrong) {
      throw corrupt(
        path,
        position,
        `a node of type ${type} with ${this.slots} children`,
        'one that ends within its page',
      );
    }
  }

  /** Bytes of the node without its payload. */
  get nodeBytes(): number {
    return this.payloadOffset - this.#start;
  }

  #loadSingle(type: number): void {
    const { page } = this;
    const at = this.#start;
    this.slots = type === 0 ? 0 : 1;
    if (type === 0) {
      this.payloadOffset = at + 1;
    } else if (type === 1) {
      this.#delta = this.payloadFlags;
      this.#transition = page[at + 1] ?? 0;
      this.payloadOffset = at + 2;
    } else if (type === 2) {
      this.#transition = page[at + 1] ?? 0;
      this.#delta = page[at + 2] ?? 0;
      this.payloadOffset = at + 3;
    } else if (type === 3) {
      this.#delta = (this.payloadFlags << 8) | (page[at + 1] ?? 0);
      this.#transition = page[at + 2] ?? 0;
      this.payloadOffset = at + 3;
    } else {
      this.#transition = page[at + 1] ?? 0;
      this.#delta = ((page[at + 2] ?? 0) << 8) | (page[at + 3] ?? 0);
      this.payloadOffset = at + 4;
    }
    if (type === 1 || type === 3) this.payloadFlags = 0;
  }

  #loadSparse(bits: number): void {
    const at = this.#start;
    this.#layout = SPARSE;
    this.#bits = bits;
    this.slots = this.page[at + 1] ?? 0;
    this.#deltasAt = at + 2 + this.slots;
    this.payloadOffset = this.#deltasAt + Math.ceil((this.slots * bits) / 8);
  }

  #loadDense(bits: number): void {
    const at = this.#start;
    this.#layout = DENSE;
    this.#bits = bits;
    this.#transition = this.page[at + 1] ?? 0;
    this.slots = (this.page[at + 2] ?? 0) + 1;
    this.#deltasAt = at + 3;
    this.payloadOffset = this.#deltasAt + Math.ceil((this.slots * bits) / 8);
  }

  /** The byte that leads to the child in this slot. */
  transition(slot: number): number {
    if (this.#layout === SPARSE) return this.page[this.#start + 2 + slot]!;
    return this.#transition + slot;
  }

  /** File position of the child in this slot, −1 for a gap. Throws when it lies before the file. */
  child(slot: number, path: string): number {
    const delta = this.#layout === 0 ? this.#delta : this.#deltaAt(slot);
    if (delta === 0 && this.#layout === DENSE) return -1;
    const child = this.position - delta;
    if (delta === 0 || child < 0) {
      throw corrupt(path, this.position, `a child ${delta} bytes before`, 'an earlier node');
    }
    return child;
  }

  #deltaAt(slot: number): number {
    const { page } = this;
    if (this.#bits === 12) {
      const at = this.#deltasAt + ((3 * slot) >> 1);
      const word = (page[at]! << 8) | (page[at + 1] ?? 0);
      return (slot & 1) === 0 ? word >> 4 : word & 0xfff;
    }
    const bytes = this.#bits >> 3;
    let delta = 0;
    for (let i = 0, at = this.#deltasAt + slot * bytes; i < bytes; i++, at++) {
      delta = delta * 256 + page[at]!;
    }
    return delta;
  }

  /** The slot of a transition byte, −1 when there is no such child. */
  slotOf(byte: number, path: string): number {
    if (this.slots === 0) return -1;
    if (this.#layout !== SPARSE) {
      const slot = byte - this.#transition;
      return slot >= 0 && slot < this.slots && this.child(slot, path) >= 0 ? slot : -1;
    }
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.transition(slot) === byte) return slot;
    }
    return -1;
  }

  /** The first slot at or after `from` that has a child, −1 when none has. */
  nextSlot(from: number, path: string): number {
    for (let slot = from; slot < this.slots; slot++) {
      if (this.child(slot, path) >= 0) return slot;
    }
    return -1;
  }

  /** The first slot with a child whose transition is above the byte (−1 for all), −1 when there is none. */
  slotAbove(byte: number, path: string): number {
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.transition(slot) > byte && this.child(slot, path) >= 0) return slot;
    }
    return -1;
  }
}
