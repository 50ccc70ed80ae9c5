// Control plane. Bytes of a result to stdout, no faster than its reader takes them. Called by commands whose output may be large.
import { once } from 'node:events';
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

  /** Resolves when there is room for more, at once when nobody reads. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#stream.destroyed) this.#hear();
    if (this.isGone || this.#stream.write(bytes)) return;
    try {
      await once(this.#stream, 'drain', { signal: this.#gone.signal });
    } catch {
      // nobody reads any more: whoever owns this has been told
    }
  }

  /** Stops listening. */
  release(): void {
    this.#stream.off('error', this.#hear);
    this.#stream.off('close', this.#hear);
  }
}
