// Data plane. The main thread's side of the workers: starts each when first needed, passes orders, brings back news. Called by the kernel
// transfers and by checksums. A worker keeps the process alive only while it has jobs.
import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  CRC_BUFFER_BYTES,
  KERNEL_JOBS_COUNTED_MAX,
  KERNEL_PIPE_BYTES,
  KERNEL_POLL_MS,
  KERNEL_REPORT_BYTES,
  KERNEL_REPORT_MS,
  KERNEL_RESERVE_BYTES,
  KERNEL_TURN_BYTES,
} from '../limits.ts';
import type { KernelNews, KernelOrder, KernelWorkerSetup } from './kernel-protocol.ts';
import { kernelWorkerProgram } from './kernel-worker-start.ts';
import { kernelPathAvailable, nativeModulePath } from './native-modules.ts';

/** How a job ended. `errno` 0 means the end of the file or of the connection came too early. */
export type KernelJobEnd =
  | { readonly type: 'done'; readonly moved: number; readonly crc: number }
  | { readonly type: 'cancelled'; readonly moved: number }
  | {
      readonly type: 'failed';
      readonly moved: number;
      readonly where: 'file' | 'socket';
      readonly errno: number;
    };

/** What to move. Descriptors must stay open until the job's `ended`. */
export interface KernelJobOrder {
  readonly kind: 'send' | 'receive' | 'crc';
  readonly socket: number;
  readonly file: number;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** Bytes that may move without a grant. @default 0 */
  readonly grantedBytes?: number;
  /** CRC-32 of the bytes before the first one. @default 0 */
  readonly seed?: number;
  /** Called with the bytes moved since the start. */
  readonly onMoved: (movedBytes: number) => void;
}

/** A running job. */
export interface KernelJob {
  /** Lets the worker move so many more bytes. */
  grant(bytes: number): void;
  /** Ends the job; `ended` tells when the worker has let go. */
  cancel(): void;
  /** Milliseconds for which the worker has waited for the socket, up to a moment ago. */
  readonly blockedMs: () => number;
  /** Rejects only when the thread itself died. */
  readonly ended: Promise<KernelJobEnd>;
}

type Running = {
  readonly onMoved: (movedBytes: number) => void;
  readonly resolve: (end: KernelJobEnd) => void;
  readonly reject: (error: Error) => void;
  readonly slot: number;
};

const setup = (withKernel: boolean, waits: Float64Array): KernelWorkerSetup => ({
  koffiPath: withKernel && kernelPathAvailable() ? nativeModulePath('koffi') : '',
  crcPath: nativeModulePath('@node-rs/crc32'),
  reportBytes: KERNEL_REPORT_BYTES,
  reportMs: KERNEL_REPORT_MS,
  pipeBytes: KERNEL_PIPE_BYTES,
  reserveBytes: KERNEL_RESERVE_BYTES,
  turnBytes: KERNEL_TURN_BYTES,
  pollMs: KERNEL_POLL_MS,
  crcBufferBytes: CRC_BUFFER_BYTES,
  waits,
  errnos: {
    again: constants.errno.EAGAIN,
    interrupted: constants.errno.EINTR,
    invalid: constants.errno.EINVAL,
    noSpace: constants.errno.ENOSPC,
    noQuota: constants.errno.EDQUOT,
  },
});

const WAKE = Uint8Array.of(1);

/** The slot of jobs that are not counted: behind those that are, which begin at 1. */
const SPARE_SLOT = KERNEL_JOBS_COUNTED_MAX + 1;

const waitsOf = (): Float64Array =>
  new Float64Array(new SharedArrayBuffer((SPARE_SLOT + 1) * Float64Array.BYTES_PER_ELEMENT));

/** What a worker is for. */
export interface KernelWorkerKind {
  /** Of the thread. */
  readonly name: string;
  /** False: it only computes checksums, and loads no native calls. */
  readonly withKernel: boolean;
}

/** One worker thread. */
export class KernelWorker {
  readonly #kind: KernelWorkerKind;
  readonly #running = new Map<number, Running>();
  readonly #waits = waitsOf();
  readonly #freeSlots = Array.from({ length: KERNEL_JOBS_COUNTED_MAX }, (_none, at) => at + 1);
  #worker: Worker | undefined;
  #wakeFd = -1;
  #ids = 0;

  constructor(kind: KernelWorkerKind) {
    this.#kind = kind;
  }

  /** False until the first job: its start costs about a tenth of a second. */
  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  /** Milliseconds for which the thread has moved bytes: disk and copying, no waits for sockets. */
  get turnsMs(): number {
    return this.#waits[0] ?? 0;
  }

  /** Starts the thread before there is work for it. */
  prepare(): void {
    if (this.#worker !== undefined) return;
    this.#worker = this.#begin();
    this.#worker.unref();
  }

  /** Starts a job. */
  start(order: KernelJobOrder): KernelJob {
    const id = ++this.#ids;
    const slot = this.#freeSlots.pop() ?? SPARE_SLOT;
    const before = this.#waits[slot] ?? 0;
    const ended = new Promise<KernelJobEnd>((resolve, reject) => {
      this.#running.set(id, { onMoved: order.onMoved, resolve, reject, slot });
    });
    const { kind, socket, file, offsetBytes: offset, lengthBytes: length } = order;
    const { grantedBytes: granted = 0, seed = 0 } = order;
    this.#tell({ type: 'start', id, kind, socket, file, offset, length, granted, seed, slot });
    return {
      ended,
      blockedMs: () => (slot === SPARE_SLOT ? 0 : (this.#waits[slot] ?? 0) - before),
      grant: (bytes) => this.#tell({ type: 'grant', id, bytes }),
      cancel: () => this.#tell({ type: 'cancel', id }),
    };
  }

  #tell(order: KernelOrder): void {
    if (!this.#running.has(order.id)) return;
    this.#worker ??= this.#begin();
    const worker = this.#worker;
    worker.ref();
    worker.postMessage(order);
    if (this.#wakeFd < 0) return;
    try {
      writeSync(this.#wakeFd, WAKE);
    } catch {
      // The pipe is full: the worker will wake up anyway.
    }
  }

  #begin(): Worker {
    // No loaders or flags of the main thread: the program is plain JavaScript.
    const worker = new Worker(kernelWorkerProgram(), {
      eval: true,
      execArgv: [],
      env: {},
      workerData: setup(this.#kind.withKernel, this.#waits),
      name: this.#kind.name,
    });
    worker.on('message', (news: KernelNews) => this.#hear(worker, news));
    worker.on('error', (error) => this.#died(worker, error));
    worker.on('exit', () => this.#died(worker, new Error('the kernel worker ended')));
    return worker;
  }

  #hear(worker: Worker, news: KernelNews): void {
    if (news.type === 'ready') {
      this.#wakeFd = news.wakeFd;
      return;
    }
    const running = this.#running.get(news.id);
    if (running === undefined) return;
    if (news.type === 'moved') {
      running.onMoved(news.moved);
      return;
    }
    this.#forget(news.id, running);
    if (this.#running.size === 0) worker.unref();
    running.resolve(news);
  }

  #died(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#wakeFd = -1;
    const reason = error instanceof Error ? error : new Error(String(error));
    for (const [id, running] of [...this.#running]) {
      this.#forget(id, running);
      running.reject(reason);
    }
  }

  #forget(id: number, { slot }: Running): void {
    this.#running.delete(id);
    if (slot !== SPARE_SLOT) this.#freeSlots.push(slot);
  }
}

/** One per process: transfers of all sessions take turns in it. */
export const kernelWorker = new KernelWorker({ name: 'scamander-kernel', withKernel: true });

/** The other one: checksums are computed beside the transfers, not between them. */
export const checksumWorker = new KernelWorker({ name: 'scamander-checksum', withKernel: false });
