// Both planes. Where the worker thread of a job begins. Started by run-job.ts, from the sources, from the build and from the bundle alike; ends when
// its job does.
import { parentPort, workerData } from 'node:worker_threads';
import type { Job } from './jobs/job.ts';
import { type JobName, loadJob } from './jobs/job-list.ts';
import { type FromWorker, MESSAGES_UNREAD_MAX, type ToWorker } from './jobs/messages.ts';
import { seldom } from './jobs/seldom.ts';

const serve = async (port: NonNullable<typeof parentPort>): Promise<void> => {
  const { name, input } = workerData as { readonly name: JobName; readonly input: unknown };
  const controller = new AbortController();
  let unread = 0;
  let spare: Uint8Array[] = [];
  let wake: (() => void) | undefined;
  port.on('message', (message: ToWorker) => {
    if (message.type === 'abort') controller.abort();
    else {
      unread -= 1;
      spare.push(message.bytes);
    }
    wake?.();
  });
  const say = (message: FromWorker, transfer: ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const job = (await loadJob(name)) as Job<unknown, unknown>;
  try {
    const result = await job(input, {
      signal: controller.signal,
      progress: seldom((doneBytes, totalBytes) => say({ type: 'progress', doneBytes, totalBytes })),
      event: (event) => say({ type: 'event', event }),
      output: async (bytes) => {
        unread += 1;
        say({ type: 'output', bytes }, [bytes.buffer as ArrayBuffer]);
        while (unread >= MESSAGES_UNREAD_MAX && !controller.signal.aborted)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        controller.signal.throwIfAborted();
        const returned = spare;
        spare = [];
        return returned;
      },
    });
    say({ type: 'end', result });
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    say({ type: 'aborted' });
  } finally {
    port.close();
  }
};

if (parentPort !== null) await serve(parentPort);
