// Control plane. Bytes of a result to stdout, no faster than its reader takes them. Called by commands whose output may be large.
import type { Writable } from 'node:stream';

/** Writes pieces. A reader that goes away (`| head`) ends it quietly. */
export class Pour {
  readonly #stream: Writable;
  readonly #onGone: () => void;
  readonly #gone = new AbortController();

  /** `onGone` is called once when nobody reads any more. */
  constructor(stream: Writable, onGone: () => void) {
    this.#stream = stream;
    this.#onGone = onGone;
    stream.on('error', this.#hear);
    stream.on('close', this.#hear);
  }

  readonly #hear = (): void => {
    if (this.isGone) return;
    this.#gone.abort();
    this.#onGone();
  };

  get isGone(): boolean {
    return this.#gone.signal.aborted;
  }

  /** Resolves when the bytes are written and may be changed, at once when nobody reads. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#stream.destroyed) this.#hear();
    if (this.isGone) return;
    const { signal } = this.#gone;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        signal.removeEventListener('abort', end);
        resolve();
      };
      signal.addEventListener('abort', end);
      // a stream that fails says so by its error too: whoever owns this is told there
      this.#stream.write(bytes, end);
    });
  }

  /** Stops listening. */
  release(): void {
    this.#stream.off('error', this.#hear);
    this.#stream.off('close', this.#hear);
  }
}
