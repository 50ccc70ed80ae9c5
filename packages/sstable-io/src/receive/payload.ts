// Data plane. The bytes of a stream's payload, by pull, and where in it we are. Called by the sources of sections. Knows nothing of networks:
// whoever receives hands in the pull.

/** Where the bytes come from; the pull of the data path fits. */
export interface PayloadPull {
  /** The next bytes, 1 to `bytesMax`; a view that is valid until the next call. Rejects when the payload ends too early. */
  read(bytesMax: number): Promise<Uint8Array>;
  /** Told of what was used: of bytes as they came, or of what they became when they are decompressed on the way. */
  moved(lengthBytes: number, bytes: Uint8Array | undefined): void;
}

/** Reads whole pieces of known length. */
export class PayloadReader {
  readonly pull: PayloadPull;
  #position = 0;

  constructor(pull: PayloadPull) {
    this.pull = pull;
  }

  /** Bytes of the payload that were read. */
  get position(): number {
    return this.#position;
  }

  /** Fills `target`; `onView` sees each part of it as it comes. */
  async fill(target: Uint8Array, onView?: (view: Uint8Array) => void): Promise<void> {
    for (let have = 0; have < target.length; ) {
      const view = await this.pull.read(target.length - have);
      target.set(view, have);
      have += view.length;
      this.#position += view.length;
      onView?.(view);
    }
  }
}

/** The same pull, whose reads end when the signal fires, also one that waits for the peer. */
export const interruptible = (pull: PayloadPull, signal: AbortSignal): PayloadPull => {
  let interrupt: ((reason: unknown) => void) | undefined;
  signal.addEventListener('abort', () => interrupt?.(signal.reason), { once: true });
  return {
    read: (bytesMax) => {
      signal.throwIfAborted();
      // not Promise.race: the signal would keep something of every read
      return new Promise((resolve, reject) => {
        interrupt = reject;
        pull.read(bytesMax).then(resolve, reject);
      });
    },
    moved: (lengthBytes, bytes) => pull.moved(lengthBytes, bytes),
  };
};
