// Data plane. Which of two deletions or row livenesses wins, and what a deletion deletes (spec: hints-commitlog-compaction F §1; DeletionTime,
// LivenessInfo). Called by the merge of rows and markers. Pure.
import { type DeletionTime, EXPIRED_LIVENESS_TTL, type Liveness } from '../rows/model.ts';

/** Later, or as late and with a later local deletion time. No deletion at all supersedes nothing. */
export const deletionSupersedes = (
  a: DeletionTime | undefined,
  b: DeletionTime | undefined,
): boolean => {
  if (a === undefined || a === b) return false;
  if (b === undefined || a.markedForDeleteAt > b.markedForDeleteAt) return true;
  return a.markedForDeleteAt === b.markedForDeleteAt && a.localDeletionTime > b.localDeletionTime;
};

/** Whether both delete the same and are recorded the same. */
export const sameDeletion = (a: DeletionTime | undefined, b: DeletionTime | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.markedForDeleteAt === b.markedForDeleteAt &&
    a.localDeletionTime === b.localDeletionTime);

/** "higher ts; then an expired-marker liveness wins; then the larger local expiration if both are expiring or both not; else the expiring one" */
export const livenessSupersedes = (a: Liveness, b: Liveness): boolean => {
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp;
  const aIsExpired = a.ttl === EXPIRED_LIVENESS_TTL;
  if (aIsExpired !== (b.ttl === EXPIRED_LIVENESS_TTL)) return aIsExpired;
  const aIsExpiring = a.ttl !== 0;
  return aIsExpiring === (b.ttl !== 0)
    ? a.localExpirationTime > b.localExpirationTime
    : aIsExpiring;
};
