// Control plane around the data plane. Lets the files of one session go to their ends only when their SSTables are known to be sound, and
// stops all of them when one is not: the session can't succeed any more. Called by lanes.
import type { OutgoingFile } from '@scamander/session';
import type { SSTableError } from '@scamander/sstable-io';
import type { SendContext } from '@scamander/transport';
import { defer, Observable } from 'rxjs';
import type { LateDigest } from './late-digests.ts';
import type { Assignment } from './transfer.ts';

const until = <T>(work: Observable<T>, doomed: Promise<Error>): Observable<T> =>
  new Observable((subscriber) => {
    void doomed.then((error) => subscriber.error(error));
    return work.subscribe(subscriber);
  });

/** The SSTables of one session whose digests are not known when sending begins. */
class SessionClearance {
  readonly #digests = new Set<LateDigest>();
  #doomed: Promise<SSTableError> | undefined;

  /** The file as it may be sent. `digest` is that of its SSTable, undefined where that is known to be sound. */
  hold(file: OutgoingFile, digest: LateDigest | undefined): OutgoingFile {
    if (digest !== undefined) this.#digests.add(digest);
    return {
      ...file,
      send: (connection, context) =>
        defer(() => {
          const lastBytesAfter = digest?.cleared();
          // Whoever sends waits for it; a file that fails before does not.
          lastBytesAfter?.catch(() => undefined);
          const held: SendContext = { ...context, lastBytesAfter };
          return until(file.send(connection, held), this.#whenDoomed());
        }),
    };
  }

  /** Resolves when the first of them is known to be bad, else never. Asked when all are held. */
  #whenDoomed(): Promise<SSTableError> {
    this.#doomed ??= new Promise((resolve) => {
      for (const { verdict } of this.#digests)
        verdict.then(
          ({ error }) => {
            if (error !== undefined) resolve(error);
          },
          () => undefined,
        );
    });
    return this.#doomed;
  }
}

/** The files stop short of their ends until the SSTables of the session are known to be sound. */
export const heldBack = (assignments: readonly Assignment[]): readonly Assignment[] => {
  if (assignments.every(({ source }) => source.digest === undefined)) return assignments;
  const clearance = new SessionClearance();
  return assignments.map((assignment) => ({
    ...assignment,
    files: assignment.files.map((file) => clearance.hold(file, assignment.source.digest)),
  }));
};
