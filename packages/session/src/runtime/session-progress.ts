// Control plane, except moved(), which the data plane calls per chunk: counters of one session's files, and FileProgress sampled from
// them by the clock. Called by the session runtime. Never emits per chunk.
import type { CancelTimer, Clock } from '@scamander/throttle';
import type { UuidText } from '@scamander/wire-codec';
import { PROGRESS_PERIOD_MS } from '../limits.ts';
import type { EventBody } from '../machine/effects.ts';
import type { FileState } from '../stream-state.ts';

/** Counters of one file; bytes are exact below 2^53. */
export interface FileCounter {
  readonly direction: 'out' | 'in';
  readonly file: string;
  readonly tableId: UuidText;
  readonly sizeBytes: bigint;
  bytes: number;
  told: number;
  status: FileState['status'];
}

/** What a counter starts with. */
export type CountedFile = Pick<FileCounter, 'direction' | 'file' | 'tableId' | 'sizeBytes'>;

/** The files of one session. */
export class SessionProgress {
  readonly #clock: Clock;
  readonly #emit: (event: EventBody) => void;
  readonly #files: FileCounter[] = [];
  readonly #moving = new Set<FileCounter>();
  #timer: CancelTimer | undefined;

  constructor(clock: Clock, emit: (event: EventBody) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  /** Adds a file that waits. */
  add(file: CountedFile): FileCounter {
    const counter: FileCounter = { ...file, bytes: 0, told: 0, status: 'waiting' };
    this.#files.push(counter);
    return counter;
  }

  /** A transfer began: it is told of every second from now on. */
  begin(counter: FileCounter): void {
    counter.status = 'moving';
    this.#moving.add(counter);
    this.#timer ??= this.#clock.setTimer(PROGRESS_PERIOD_MS, () => this.#sample());
  }

  /** Bytes moved; the only call of the data plane. */
  moved(counter: FileCounter, bytes: number): void {
    counter.bytes += bytes;
  }

  /** A transfer is over. */
  finish(counter: FileCounter, status: FileState['status']): void {
    counter.status = status;
    if (this.#moving.delete(counter)) this.#tell(counter);
    if (this.#moving.size === 0) this.#stop();
  }

  /** Everything is over: what still moves has failed. */
  close(): void {
    for (const counter of this.#moving) counter.status = 'failed';
    this.#moving.clear();
    this.#stop();
  }

  /** The files as they stand. */
  files(): readonly FileState[] {
    return this.#files.map(({ direction, file, tableId, sizeBytes, bytes, status }) => ({
      direction,
      file,
      tableId,
      sizeBytes,
      bytes: BigInt(bytes),
      status,
    }));
  }

  /** Bytes moved in one direction. */
  bytes(direction: 'out' | 'in'): bigint {
    let sum = 0;
    for (const file of this.#files) if (file.direction === direction) sum += file.bytes;
    return BigInt(sum);
  }

  /** Files done in one direction. */
  done(direction: 'out' | 'in'): number {
    let sum = 0;
    for (const file of this.#files)
      if (file.direction === direction && file.status === 'done') sum += 1;
    return sum;
  }

  #stop(): void {
    this.#timer?.();
    this.#timer = undefined;
  }

  #sample(): void {
    this.#timer = undefined;
    for (const counter of this.#moving) this.#tell(counter);
    if (this.#moving.size > 0)
      this.#timer = this.#clock.setTimer(PROGRESS_PERIOD_MS, () => this.#sample());
  }

  #tell(counter: FileCounter): void {
    if (counter.bytes === counter.told) return;
    counter.told = counter.bytes;
    this.#emit({
      type: 'FileProgress',
      direction: counter.direction,
      file: counter.file,
      bytes: BigInt(counter.bytes),
      sizeBytes: counter.sizeBytes,
    });
  }
}
