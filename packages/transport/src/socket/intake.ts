// Data plane. The two ways bytes leave a Node socket one piece per request: into one recycled buffer (TCP) and from the stream's own
// bounded buffer (TLS). Called by SocketConnection. Reads nothing, or not more than the bounded buffer holds, while nobody asks.
import type { Socket } from 'node:net';
import { READ_BUFFER_BYTES } from '../limits.ts';

/** Gives one piece per want(). */
export interface Intake {
  /** True when nothing is read ahead, so that the kernel path may take over the descriptor. */
  readonly exact: boolean;
  /** True while bytes have come that were not given: they precede the end. */
  readonly hasBytes: boolean;
  /** Set once by the connection. The view is valid until the next want(). */
  deliver: (bytes: Uint8Array) => void;
  want(socket: Socket): void;
}

const notConnected = (): never => {
  throw new Error('bytes arrived before anybody asked for them');
};

/** Lets libuv read into one buffer, once per want(): Node's `onread`, whose callback stops reading by returning false. */
export class RecycledIntake implements Intake {
  readonly exact = true;
  readonly hasBytes = false;
  deliver: (bytes: Uint8Array) => void = notConnected;
  /** For `new Socket({ onread })`. */
  readonly onread: {
    readonly buffer: Uint8Array;
    readonly callback: (bytes: number, buffer: Uint8Array) => boolean;
  };

  constructor() {
    this.onread = {
      buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
      callback: (bytes, buffer) => {
        this.deliver(buffer.subarray(0, bytes));
        return false;
      },
    };
  }

  want(socket: Socket): void {
    socket.read(0);
  }
}

/** Takes what the stream has buffered; the stream reads ahead up to its high-water mark. */
export class BufferedIntake implements Intake {
  readonly exact = false;
  /** The stream tells the end only after the last byte was read. */
  readonly hasBytes = false;
  deliver: (bytes: Uint8Array) => void = notConnected;
  #wanted = false;

  constructor(socket: Socket) {
    socket.on('readable', () => this.#pump(socket));
  }

  want(socket: Socket): void {
    this.#wanted = true;
    this.#pump(socket);
  }

  #pump(socket: Socket): void {
    if (!this.#wanted) return;
    const bytes = socket.read() as Uint8Array | null;
    if (bytes === null) return;
    this.#wanted = false;
    this.deliver(bytes);
  }
}
