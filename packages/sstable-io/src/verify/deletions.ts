// Data plane. Whether two deletions are the same, and what they are called. Called by the checks of row indexes.
import type { DeletionTime } from '../rows/model.ts';

/** The same times, or none both. */
export const sameDeletion = (a: DeletionTime | undefined, b: DeletionTime | undefined): boolean =>
  a?.markedForDeleteAt === b?.markedForDeleteAt && a?.localDeletionTime === b?.localDeletionTime;

/** For messages. */
export const deletionText = (deletion: DeletionTime | undefined): string =>
  deletion === undefined
    ? 'none'
    : `one of ${deletion.markedForDeleteAt} at second ${deletion.localDeletionTime}`;
