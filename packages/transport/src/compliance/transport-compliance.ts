// Control plane. The compliance suite of Transport, for any test framework. Called by this repository's tests and by whoever writes a
// transport.
import { connectionCases } from './connection-cases.ts';
import { dataPathCases } from './data-path-cases.ts';
import { listenerCases } from './listener-cases.ts';
import type { ComplianceSubject } from './pair.ts';

/** One check. `run` rejects with an AssertionError of node:assert, or another Error, when the transport does not comply. */
export interface ComplianceCase {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * The checks that any Transport must pass. `make` is called once per case.
 *
 * What they expect: bytes in order, unread(), half close, destroy(), rejected pending calls, writers that wait for readers, `closed`,
 * counters, many connections, refused dials, closed listeners, and files that arrive whole by both data paths.
 */
export const transportCompliance = (
  make: () => Promise<ComplianceSubject>,
): readonly ComplianceCase[] =>
  Object.entries({ ...connectionCases, ...listenerCases, ...dataPathCases }).map(
    ([name, check]) => ({
      name,
      run: async () => {
        const subject = await make();
        try {
          await check(subject);
        } finally {
          await subject.cleanup();
        }
      },
    }),
  );
