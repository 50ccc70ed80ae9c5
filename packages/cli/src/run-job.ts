// Control plane. Runs a job in a worker thread, or here where it is too small for one. Called by the commands with heavy work. Stands beside
// worker.ts, whose file it must find in the sources, in the build and in the bundle.
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { ScamanderErrorType } from '@scamander/scamander';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Job, JobEvent, JobTools } from './jobs/job.ts';
import { type JobInput, type JobName, type JobOutcome, loadJob } from './jobs/job-list.ts';
import type { FromWorker, ToWorker } from './jobs/messages.ts';
import { seldom } from './jobs/seldom.ts';

/** What the command does with what a job says. */
export interface JobListener {
  readonly progress: (doneBytes: number, totalBytes: number) => void;
  readonly event: (event: JobEvent) => void;
  /** Resolves when the bytes may be written over. Where nobody reads any more it aborts the signal. */
  readonly output: (bytes: Uint8Array) => Promise<void>;
}

/** How a job ended; `aborted` when its signal ended it. */
export type JobEnd<O> = Either<ScamanderErrorType, O> | { readonly _tag: 'Aborted' };

/** Where a job runs. */
export interface JobPlace {
  readonly signal: AbortSignal;
  /** Bytes of data that the job reads: below {@link WORKER_BYTES_MIN} it runs in this thread. */
  readonly dataBytes: number;
}

/** A worker takes a tenth of a second to start; smaller jobs are over by then. */
export const WORKER_BYTES_MIN = 4 * 1024 * 1024;

/** Of a worker's heap, the part for new objects: half of what it would take. Rows live as long as their batch. */
const WORKER_YOUNG_MB = 24;

/**
 * The thread. In the build and in the bundle `worker.js` stands beside this file. From the sources it is TypeScript: the loader of the main thread
 * is not one of its workers, so a line of JavaScript brings it in first.
 */
const startWorker = (name: JobName, input: unknown): Worker => {
  const options: WorkerOptions = {
    workerData: { name, input },
    name: `scamander-${name}`,
    resourceLimits: { maxYoungGenerationSizeMb: WORKER_YOUNG_MB },
  };
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./worker.js', import.meta.url), options);
  const loader = import.meta.resolve('tsx/esm/api');
  const worker = new URL('./worker.ts', import.meta.url).href;
  const program = `import('${loader}').then(({ register }) => { register(); return import('${worker}'); });`;
  return new Worker(program, { ...options, eval: true });
};

const runHere = async <I, O>(
  job: Job<I, O>,
  input: I,
  listener: JobListener,
  signal: AbortSignal,
): Promise<JobEnd<O>> => {
  const output: JobTools['output'] = async (bytes) => {
    await listener.output(bytes);
    return [bytes];
  };
  const tools: JobTools = { ...listener, output, progress: seldom(listener.progress), signal };
  try {
    return await job(input, tools);
  } catch (error) {
    if (signal.aborted) return { _tag: 'Aborted' };
    throw error;
  }
};

/** One job in its thread. */
class WorkerJob<O> {
  readonly #worker: Worker;
  readonly #listener: JobListener;
  readonly #settled: Promise<JobEnd<O>>;
  #resolve: (end: JobEnd<O>) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  /** News are handled one after the other: output may have to wait. */
  #handled: Promise<void> = Promise.resolve();

  constructor(name: JobName, input: unknown, listener: JobListener) {
    this.#listener = listener;
    this.#settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#worker = startWorker(name, input);
    this.#worker.on('message', (message: FromWorker) => {
      this.#handled = this.#handled.then(() => this.#hear(message)).catch(this.#reject);
    });
    this.#worker.on('error', (error) => this.#reject(error));
    this.#worker.on('exit', (code) => {
      this.#handled = this.#handled.then(() =>
        this.#reject(new Error(`the worker of ${name} ended with code ${code}`)),
      );
    });
  }

  #tell(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  async #hear(message: FromWorker): Promise<void> {
    switch (message.type) {
      case 'progress':
        this.#listener.progress(message.doneBytes, message.totalBytes);
        return;
      case 'event':
        this.#listener.event(message.event);
        return;
      case 'output':
        await this.#listener.output(message.bytes);
        this.#tell({ type: 'read', bytes: message.bytes }, [message.bytes.buffer as ArrayBuffer]);
        return;
      case 'aborted':
        this.#resolve({ _tag: 'Aborted' });
        return;
      case 'end':
        this.#resolve(message.result as Either<ScamanderErrorType, O>);
        return;
      default: {
        const never: never = message;
        return never;
      }
    }
  }

  async run(signal: AbortSignal): Promise<JobEnd<O>> {
    const abort = (): void => this.#tell({ type: 'abort' });
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    try {
      return await this.#settled;
    } finally {
      signal.removeEventListener('abort', abort);
      await this.#worker.terminate();
    }
  }
}

/**
 * Runs a job to its end. Its own failures are its Left, and its being aborted is an end like others; rejects for what is a bug.
 */
export const runJob = async <N extends JobName>(
  name: N,
  input: JobInput<N>,
  listener: JobListener,
  { signal, dataBytes }: JobPlace,
): Promise<JobEnd<JobOutcome<N>>> => {
  if (dataBytes >= WORKER_BYTES_MIN)
    return await new WorkerJob<JobOutcome<N>>(name, input, listener).run(signal);
  const job = (await loadJob(name)) as Job<JobInput<N>, JobOutcome<N>>;
  return await runHere(job, input, listener, signal);
};
