// Control plane. The jobs by name, each loaded when it runs. Called by the worker and by run-job.ts.
import type { DumpInput, DumpOutcome } from './dump.ts';
import type { Job } from './job.ts';
import type { RewriteJobInput, RewriteOutcome } from './rewrite.ts';
import type { VerifyInput, VerifyOutcome } from './verify.ts';
import type { WriteInput, WriteOutcome } from './write.ts';

/** Input and result of each job. */
export interface Jobs {
  readonly dump: Job<DumpInput, DumpOutcome>;
  readonly rewrite: Job<RewriteJobInput, RewriteOutcome>;
  readonly verify: Job<VerifyInput, VerifyOutcome>;
  readonly write: Job<WriteInput, WriteOutcome>;
}

/** A job's name. */
export type JobName = keyof Jobs;

/** What goes in. */
export type JobInput<N extends JobName> = Parameters<Jobs[N]>[0];

/** What comes out when all went well. */
export type JobOutcome<N extends JobName> = Jobs[N] extends Job<never, infer O> ? O : never;

const loaders: { readonly [N in JobName]: () => Promise<Jobs[N]> } = {
  dump: async () => (await import('./dump.ts')).dumpJob,
  rewrite: async () => (await import('./rewrite.ts')).rewriteJob,
  verify: async () => (await import('./verify.ts')).verifyJob,
  write: async () => (await import('./write.ts')).writeJob,
};

/** Loads the code of a job. */
export const loadJob = <N extends JobName>(name: N): Promise<Jobs[N]> => loaders[name]();
