// Control plane. A file that was selected for a peer and may be gone when its turn comes: somebody compacted or deleted it. Called by the
// sending port of serve. Nodes hold on to what they selected; here another program may own the folder, and then the session must end
// with words that say so.
import { access } from 'node:fs/promises';
import type { FileError, OutgoingFile } from '@scamander/session';
import { isLeft, left } from 'fp-ts/lib/Either.js';
import { catchError, from, mergeMap, throwError } from 'rxjs';
import { ScamanderError } from '../errors.ts';

const CODE = 'SCM_SERVE_SSTABLE_GONE';

const isGone = (path: string): Promise<boolean> =>
  access(path).then(
    () => false,
    () => true,
  );

const gone = (file: string, cause: unknown): FileError => ({
  code: CODE,
  file,
  message:
    'was here when the request was answered and is gone now: compacted or deleted meanwhile; ask again',
  retryable: true,
  cause,
});

const goneWhileSent = (file: string, cause: unknown): ScamanderError =>
  new ScamanderError(
    {
      code: CODE,
      kind: 'failed',
      message: 'went away while it was sent: compacted or deleted meanwhile',
      where: file,
      lost: 'nothing here; the peer keeps nothing of the session',
      advice: 'ask again',
      retryable: true,
    },
    { cause },
  );

/** The same file; where it is gone, its errors say so. */
export const lastingFile = (file: OutgoingFile): OutgoingFile => ({
  ...file,
  header: async () => {
    const answer = await file.header();
    return isLeft(answer) && (await isGone(file.name))
      ? left(gone(file.name, answer.left))
      : answer;
  },
  send: (connection, context) =>
    file
      .send(connection, context)
      .pipe(
        catchError((error: unknown) =>
          from(isGone(file.name)).pipe(
            mergeMap((away) => throwError(() => (away ? goneWhileSent(file.name, error) : error))),
          ),
        ),
      ),
});
