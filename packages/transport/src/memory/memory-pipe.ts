// Data plane. One direction of an in-memory connection: a bounded ring of bytes with one writer and one reader. Called by
// MemoryConnection. No timers, no I/O: everything moves inside the calls, so the order of events is that of the calls.
import type { TransportError } from '../errors.ts';

type Waiting<T> = { readonly resolve: (value: T) => void; readonly reject: (error: Error) => void };
type Writer = Waiting<void> & { readonly bytes: Uint8Array; at: number };

/** A ring of bytes. */
export class MemoryPipe {
  readonly #ring: Buffer;
  readonly #out: Buffer;
  #start = 0;
  #held = 0;
  #reader: Waiting<Uint8Array | null> | undefined;
  #writer: Writer | undefined;
  #ended = false;
  #readFailure: TransportError | undefined;
  #writeFailure: TransportError | undefined;
  #onDrained: (() => void) | undefined;

  constructor(capacityBytes: number) {
    this.#ring = Buffer.allocUnsafeSlow(capacityBytes);
    this.#out = Buffer.allocUnsafeSlow(capacityBytes);
  }

  /** Called once, when the reader has seen the end. */
  set onDrained(callback: () => void) {
    this.#onDrained = callback;
  }

  /** The next bytes, valid until the next call; null at the end. */
  read(): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      if (this.#readFailure !== undefined) return reject(this.#readFailure);
      this.#reader = { resolve, reject };
      this.#move();
    });
  }

  /** Resolves when every byte is in the ring. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#writeFailure !== undefined) return reject(this.#writeFailure);
      this.#writer = { bytes, at: 0, resolve, reject };
      this.#move();
    });
  }

  /** The reader finds the end after what was written. */
  end(): void {
    this.#ended = true;
    this.#move();
  }

  /** The reader finds the error now; what it has not taken is lost. */
  failReader(error: TransportError): void {
    this.#readFailure ??= error;
    this.#held = 0;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.reject(this.#readFailure);
  }

  /** The writer finds the error now; what the ring holds stays readable. */
  failWriter(error: TransportError): void {
    this.#writeFailure ??= error;
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.reject(this.#writeFailure);
  }

  #move(): void {
    this.#fill();
    const reader = this.#reader;
    if (reader === undefined) return;
    if (this.#held > 0) {
      this.#reader = undefined;
      reader.resolve(this.#take());
      this.#fill();
    } else if (this.#ended) {
      this.#reader = undefined;
      reader.resolve(null);
      this.#onDrained?.();
    }
  }

  #fill(): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    const size = this.#ring.length;
    while (writer.at < writer.bytes.length && this.#held < size) {
      const at = (this.#start + this.#held) % size;
      const room = Math.min(size - this.#held, size - at);
      const piece = writer.bytes.subarray(writer.at, writer.at + room);
      this.#ring.set(piece, at);
      writer.at += piece.length;
      this.#held += piece.length;
    }
    if (writer.at === writer.bytes.length) {
      this.#writer = undefined;
      writer.resolve();
    }
  }

  #take(): Uint8Array {
    const count = this.#held;
    const first = Math.min(count, this.#ring.length - this.#start);
    this.#ring.copy(this.#out, 0, this.#start, this.#start + first);
    this.#ring.copy(this.#out, first, 0, count - first);
    this.#start = (this.#start + count) % this.#ring.length;
    this.#held = 0;
    return this.#out.subarray(0, count);
  }
}
