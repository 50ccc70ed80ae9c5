// Control plane. What the output of all jobs that move bytes has in common. Used by the rest of this folder. Types only.
import type { CopyEvent, LoadEvent, PullEvent } from '@scamander/scamander';

/** Any event of a job that moves bytes. */
export type ProgressEvent = LoadEvent | PullEvent | CopyEvent;
