// Data plane. The main thread's side of the workers: starts each when first needed, passes orders, brings back news. Called by the kernel
// transfers and by checksums. A worker keeps the process alive only while it has jobs.
import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  CRC_BUFFER_BYTES,
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
  /** Rejects only when the thread itself died. */
  readonly ended: Promise<KernelJobEnd>;
}

type Running = {
  readonly onMoved: (movedBytes: number) => void;
  readonly resolve: (end: KernelJobEnd) => void;
  readonly reject: (error: Error) => void;
};

const setup = (withKernel: boolean): KernelWorkerSetup => ({
  koffiPath: withKernel && kernelPathAvailable() ? nativeModulePath('koffi') : '',
  crcPath: nativeModulePath('@node-rs/crc32'),
  reportBytes: KERNEL_REPORT_BYTES,
  reportMs: KERNEL_REPORT_MS,
  pipeBytes: KERNEL_PIPE_BYTES,
  reserveBytes: KERNEL_RESERVE_BYTES,
  turnBytes: KERNEL_TURN_BYTES,
  pollMs: KERNEL_POLL_MS,
  crcBufferBytes: CRC_BUFFER_BYTES,
  errnos: {
    again: constants.errno.EAGAIN,
    interrupted: constants.errno.EINTR,
    invalid: constants.errno.EINVAL,
    noSpace: constants.errno.ENOSPC,
    noQuota: constants.errno.EDQUOT,
  },
});

const WAKE = Uint8Array.of(1);

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

  /** Starts the thread before there is work for it. */
  prepare(): void {
    if (this.#worker !== undefined) return;
    this.#worker = this.#begin();
    this.#worker.unref();
  }

  /** Starts a job. */
  start(order: KernelJobOrder): KernelJob {
    const id = ++this.#ids;
    const ended = new Promise<KernelJobEnd>((resolve, reject) => {
      this.#running.set(id, { onMoved: order.onMoved, resolve, reject });
    });
    const { kind, socket, file, offsetBytes: offset, lengthBytes: length } = order;
    const { grantedBytes: granted = 0, seed = 0 } = order;
    this.#tell({ type: 'start', id, kind, socket, file, offset, length, granted, seed });
    return {
      ended,
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
      workerData: setup(this.#kind.withKernel),
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
    this.#running.delete(news.id);
    if (this.#running.size === 0) worker.unref();
    running.resolve(news);
  }

  #died(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#wakeFd = -1;
    const reason = error instanceof Error ? error : new Error(String(error));
    for (const running of this.#running.values()) running.reject(reason);
    this.#running.clear();
  }
}

/** One per process: transfers of all sessions take turns in it. */
export const kernelWorker = new KernelWorker({ name: 'scamander-kernel', withKernel: true });

/** The other one: checksums are computed beside the transfers, not between them. */
export const checksumWorker = new KernelWorker({ name: 'scamander-checksum', withKernel: false });
