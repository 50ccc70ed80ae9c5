// Data plane. What moves between a file and a connection, and what is told of it. Called by both data paths and by the
// OutgoingFile/IncomingFile implementations of the front door. Holds types only.
import type { Clock, Limiter } from '@scamander/throttle';
import type { DataPathWaits } from './waits.ts';

/** Bytes of one file to be sent as they are. */
export interface FileSlice {
  readonly path: string;
  /** For news: `Data.db`, `Index.db`, … */
  readonly component: string;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** A file to be created and filled with exactly `lengthBytes` bytes from the connection. */
export interface FileSink {
  readonly path: string;
  readonly component: string;
  readonly lengthBytes: number;
}

/** One piece that was moved. */
export interface FileChunk {
  readonly direction: 'out' | 'in';
  /** The file the piece belongs to: a path or a label. */
  readonly file: string;
  readonly component: string;
  /** Position of the piece within the component, or within the payload where a component has no meaning. */
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly atMs: number;
  /** View valid during this synchronous call only; absent where the kernel moved the bytes by itself. */
  readonly bytes: Uint8Array | undefined;
}

/** What a transfer needs beside the connection. */
export interface TransferContext {
  readonly clock: Clock;
  readonly limiter: Limiter;
  /** Fails the transfer with SCM_NET_TIMEOUT when no byte moved for so long. Waiting for the limiter does not count. 0 = never. */
  readonly stallTimeoutMs: number;
  /**
   * `auto`: the kernel where it can and it is worth it; `buffers`: never the kernel; `kernel`: also for short transfers, where it can.
   * @default 'auto'
   */
  readonly path?: 'auto' | 'buffers' | 'kernel';
  /** Where its waits are added up. @default that of the process */
  readonly waits?: DataPathWaits;
}

/** {@link TransferContext} of a sender. */
export interface SendContext extends TransferContext {
  /**
   * For bytes that are sent before it is known that they are right: the last ones wait for this promise, so that without it no receiver
   * can complete. Where it rejects, with an Error, the transfer ends with that at once. Waiting for it is no stall.
   */
  readonly lastBytesAfter?: Promise<unknown> | undefined;
}
