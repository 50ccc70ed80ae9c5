// Control plane. Bytes of a connection in one piece, grown and consumed. Called by the readers of stream messages and of frames.
// Copies what it is given, so that sockets may reuse their buffers.

/** Memory that stays after a large message. */
const KEPT_BYTES_MAX = 1 << 20;

export class PieceBuffer {
  #memory = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Adds bytes at the end. */
  push(bytes: Uint8Array): void {
    if (bytes.length > this.#memory.length - this.#end) this.#makeRoom(bytes.length);
    this.#memory.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** All that waits; stands until the next push. */
  view(): Uint8Array {
    return this.#memory.subarray(this.#start, this.#end);
  }

  /** Passes over `count` of the bytes that wait. */
  skip(count: number): void {
    this.#start += count;
    if (this.#start === this.#end) this.clear();
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#start = 0;
    this.#end = 0;
    if (this.#memory.length > KEPT_BYTES_MAX) this.#memory = new Uint8Array(0);
  }

  /** Moves what waits to the front, into twice the memory where half of it is in use. */
  #makeRoom(count: number): void {
    const needed = this.length + count;
    const size = this.#memory.length;
    const memory =
      needed * 2 > size ? new Uint8Array(Math.max(needed, size * 2, 1024)) : this.#memory;
    memory.set(this.view());
    this.#end -= this.#start;
    this.#start = 0;
    this.#memory = memory;
  }
}
