// Data plane. Bytes of trie pages on their way to a file: where they go, and how much of the page is left (spec: sstable-index-and-stats §7).
// Called by the trie writer and by the writers of both BTI components. Holds the bytes of one page or so.
import { ByteWriter } from '@scamander/bytes';
import { PAGE_BYTES } from '../limits.ts';

/** What takes the bytes: a file that only grows. */
export interface PageSink {
  /** Takes a copy. */
  append(bytes: Uint8Array): void;
}

/** Bytes that are collected before the sink gets them. */
const PIECE_BYTES = 4 * PAGE_BYTES;

/** Appends to a sink in pieces. */
export class PageOutput {
  /** Small writes go here; {@link passOn} and {@link written} keep it short. */
  readonly writer = new ByteWriter(2 * PIECE_BYTES);
  readonly #sink: PageSink;
  #base = 0;

  constructor(sink: PageSink) {
    this.#sink = sink;
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#base + this.writer.length;
  }

  /** Bytes that fit into the page; a whole one at its beginning. */
  get bytesLeftInPage(): number {
    return PAGE_BYTES - (this.position % PAGE_BYTES);
  }

  /** Zeros up to the next page, none at its beginning. */
  padToPage(): void {
    const left = this.bytesLeftInPage;
    if (left < PAGE_BYTES) this.writer.skip(left);
  }

  /** To be called between nodes. */
  written(): void {
    if (this.writer.length >= PIECE_BYTES) this.passOn();
  }

  /** Gives the sink what is there. */
  passOn(): void {
    if (this.writer.length === 0) return;
    this.#sink.append(this.writer.toBytes());
    this.#base += this.writer.length;
    this.writer.reset();
  }
}
