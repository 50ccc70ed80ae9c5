// Data plane. The main thread's side of the digest worker: starts it when first needed, passes files to it, brings back their digests. Called by
// component-digests. The worker keeps the process alive only while it has files.
import { Worker } from 'node:worker_threads';
import { DIGEST_BUFFER_BYTES, DIGEST_TURN_BYTES } from '../limits.ts';
import {
  type DigestNews,
  type DigestOrder,
  type DigestSetup,
  digestWorkerProgram,
} from './digest-worker.ts';

/** Both digests of one file. */
export interface FileDigests {
  readonly bytes: number;
  readonly crc32: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** One file for the worker. */
export interface DigestJob {
  readonly path: string;
  /** Called with the bytes that are done, now and then. */
  readonly progress?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Running = {
  readonly progress: ((bytes: number) => void) | undefined;
  readonly resolve: (digests: FileDigests) => void;
  readonly reject: (reason: unknown) => void;
};

/** One worker thread. */
class DigestWorker {
  readonly #running = new Map<number, Running>();
  #worker: Worker | undefined;
  #ids = 0;

  #begin(): Worker {
    const workerData: DigestSetup = {
      bufferBytes: DIGEST_BUFFER_BYTES,
      turnBytes: DIGEST_TURN_BYTES,
    };
    const worker = new Worker(digestWorkerProgram(), {
      eval: true,
      name: 'scamander-digests',
      workerData,
    });
    worker.on('message', (news: DigestNews) => this.#hear(news));
    worker.on('error', (error) => this.#died(error));
    worker.on('exit', (code) => this.#died(new Error(`the digest worker ended with ${code}`)));
    return worker;
  }

  #died(error: unknown): void {
    this.#worker = undefined;
    for (const { reject } of this.#running.values()) reject(error);
    this.#running.clear();
  }

  #hear(news: DigestNews): void {
    const job = this.#running.get(news.id);
    if (job === undefined) return;
    if (news.type === 'progress') {
      job.progress?.(news.bytes);
      return;
    }
    this.#running.delete(news.id);
    if (this.#running.size === 0) this.#worker?.unref();
    if (news.type === 'done') {
      const { bytes, crc32, sha256 } = news;
      job.progress?.(bytes);
      job.resolve({ bytes, crc32, sha256 });
    } else if (news.type === 'failed') {
      job.reject(Object.assign(new Error(news.message), { code: news.code }));
    } else job.reject(new Error('cancelled'));
  }

  async digest({ path, progress, signal }: DigestJob): Promise<FileDigests> {
    signal?.throwIfAborted();
    const worker = this.#worker ?? this.#begin();
    this.#worker = worker;
    const id = ++this.#ids;
    const say = (order: DigestOrder): void => worker.postMessage(order);
    const cancel = (): void => say({ type: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#running.set(id, { progress, resolve, reject });
        worker.ref();
        say({ type: 'file', id, path });
      });
    } catch (reason) {
      signal?.throwIfAborted();
      throw reason;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}

const theWorker = new DigestWorker();

/** Both digests of a file, from one reading of it in a thread of its own. Rejects with what the file system says, or with the signal's reason. */
export const digestInWorker = (job: DigestJob): Promise<FileDigests> => theWorker.digest(job);
