// Data plane. One running transfer: its abort signal, its stall watch, its chunks, its waits for the limiter. Called by both data paths.
// One wait is outstanding at a time; nothing is queued.
import { endpointText } from '@scamander/wire-codec';
import { Observable, type Subscriber } from 'rxjs';
import type { Connection } from '../connection.ts';
import { TransportError } from '../errors.ts';
import { StallWatch } from './stall-watch.ts';
import type { FileChunk, TransferContext } from './types.ts';
import { dataPathWaits, type TransferWaits, type WaitKind } from './waits.ts';

/** Where a piece belongs: see {@link FileChunk}. */
export interface PiecePlace {
  readonly file: string;
  readonly component: string;
  readonly offsetBytes: number;
}

/** See the file's first lines. */
export class TransferRun {
  readonly peer: string;
  readonly context: TransferContext;
  /** What it waits for, added up. */
  readonly waits: TransferWaits;
  readonly #direction: FileChunk['direction'];
  readonly #subscriber: Subscriber<FileChunk>;
  readonly #abort = new AbortController();
  readonly #stall: StallWatch;
  #interrupt: ((error: Error) => void) | undefined;

  constructor(
    connection: Connection,
    context: TransferContext,
    direction: FileChunk['direction'],
    subscriber: Subscriber<FileChunk>,
  ) {
    this.peer = endpointText(connection.remote);
    this.context = context;
    this.#direction = direction;
    this.#subscriber = subscriber;
    this.waits = (context.waits ?? dataPathWaits).begin(this.peer, () => context.clock.nowMs());
    this.#stall = new StallWatch(context.clock, context.stallTimeoutMs, () =>
      this.abort(
        new TransportError({
          code: 'SCM_NET_TIMEOUT',
          peer: this.peer,
          waitingFor: direction === 'out' ? 'it to take file bytes' : 'file bytes',
          afterMs: context.stallTimeoutMs,
        }),
      ),
    );
  }

  /** Fires when the transfer has to end; the reason is an Error, a TransportError where the network is the cause. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends the transfer. The first reason counts. */
  abort(reason: Error): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort(reason);
    this.#interrupt?.(reason);
  }

  /** Throws the reason when the transfer has to end. */
  check(): void {
    if (this.#abort.signal.aborted) throw this.#abort.signal.reason;
  }

  /** Waits for the peer: ends early when the transfer is aborted; counts as a stall when it takes too long. */
  wait<T>(work: Promise<T>): Promise<T> {
    this.check();
    this.#stall.touch();
    this.waits.change('socket');
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      work.then(resolve, reject);
    });
  }

  /** Waits for something of ours, at most so long: true when it came. No stall of the peer; ends early when the transfer is aborted. */
  hold(work: Promise<unknown>, atMostMs: number): Promise<boolean> {
    this.check();
    this.pause();
    return new Promise((resolve, reject) => {
      const cancel = this.context.clock.setTimer(atMostMs, () => resolve(false));
      const fail = (error: Error): void => {
        cancel();
        reject(error);
      };
      this.#interrupt = fail;
      work.then(() => {
        cancel();
        resolve(true);
      }, fail);
    });
  }

  /** The kernel moves bytes from here on, or waits for the peer to. */
  inKernel(): void {
    this.#stall.touch();
    this.waits.change('kernel');
  }

  /** What follows is not the peer's fault. */
  pause(waitsFor: WaitKind = 'disk'): void {
    this.#stall.pause();
    this.waits.change(waitsFor);
  }

  /** Asks the limiter. Undefined when the bytes may move at once. */
  acquire(bytes: number): Promise<void> | undefined {
    this.check();
    const allowed = this.context.limiter.acquire(bytes, this.signal);
    if (allowed !== undefined) this.pause('throttle');
    return allowed;
  }

  /** One piece moved, or is about to. */
  chunk(place: PiecePlace, lengthBytes: number, bytes: Uint8Array | undefined): void {
    const atMs = this.context.clock.nowMs();
    this.waits.moved(lengthBytes, atMs);
    this.#subscriber.next({
      direction: this.#direction,
      file: place.file,
      component: place.component,
      offsetBytes: place.offsetBytes,
      lengthBytes,
      atMs,
      bytes,
    });
    // A subscriber that had enough (take, first) unsubscribes inside next().
    this.check();
  }

  /** Leaves no timer behind. */
  stop(): void {
    this.#stall.stop();
    this.waits.end();
  }
}

/** A cold transfer: the body runs per subscription; unsubscribing aborts it. Its errors reach the subscriber after it cleaned up. */
export const transfer = (
  connection: Connection,
  context: TransferContext,
  direction: FileChunk['direction'],
  body: (run: TransferRun) => Promise<void>,
): Observable<FileChunk> =>
  new Observable((subscriber) => {
    const run = new TransferRun(connection, context, direction, subscriber);
    const ended = async (): Promise<void> => {
      try {
        await body(run);
        subscriber.complete();
      } catch (error) {
        // An aborted limiter says AbortError; the reason says more.
        subscriber.error(run.signal.aborted ? run.signal.reason : error);
      } finally {
        run.stop();
      }
    };
    void ended();
    return () => {
      run.stop();
      run.abort(new TransportError({ code: 'SCM_NET_ABORTED', peer: run.peer }));
    };
  });
