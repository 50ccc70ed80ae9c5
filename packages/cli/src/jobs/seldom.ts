// Control plane. News of progress as often as somebody may want to see them, however often a job tells. Called where a job runs: each message between
// threads wakes the other one.
import type { JobTools } from './job.ts';

/** Between two news. */
const PROGRESS_EVERY_MS = 100;

/** Passes on what comes late enough after the last one, and what says that all is done. */
export const seldom = (progress: JobTools['progress']): JobTools['progress'] => {
  let lastMs = 0;
  return (doneBytes, totalBytes) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < PROGRESS_EVERY_MS && doneBytes < totalBytes) return;
    lastMs = nowMs;
    progress(doneBytes, totalBytes);
  };
};
