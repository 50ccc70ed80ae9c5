// Control plane. The jobs by name, each loaded when it runs. Called by the worker and by run-job.ts.
import type { DumpInput, DumpOutcome } from './dump.ts';
import type { Job } from './job.ts';

/** Input and result of each job. */
export interface Jobs {
  readonly dump: Job<DumpInput, DumpOutcome>;
}

/** A job's name. */
export type JobName = keyof Jobs;

/** What goes in. */
export type JobInput<N extends JobName> = Parameters<Jobs[N]>[0];

/** What comes out when all went well. */
export type JobOutcome<N extends JobName> = Jobs[N] extends Job<never, infer O> ? O : never;

const loaders: { readonly [N in JobName]: () => Promise<Jobs[N]> } = {
  dump: async () => (await import('./dump.ts')).dumpJob,
};

/** Loads the code of a job. */
export const loadJob = <N extends JobName>(name: N): Promise<Jobs[N]> => loaders[name]();
