// Data plane. Two cells of one column, and one path, become one (spec: hints-commitlog-compaction F §6; Cells.reconcile as of 4.0 to 5.0). Called by
// the merge of rows. Pure.
import { type Cell, NO_DELETION_TIME } from '../rows/model.ts';
import { mergeCounterContexts } from './counter-context.ts';

const isTombstone = (cell: Cell): boolean =>
  cell.ttl === 0 && cell.localDeletionTime !== NO_DELETION_TIME;

/** "Then the greater value by unsigned lexicographic bytes (a prefix is smaller); equal → the left." */
const greaterValue = (left: Cell, right: Cell): Cell =>
  Buffer.compare(left.value, right.value) >= 0 ? left : right;

/** The cell of a regular column that stays. */
export const reconcileCells = (left: Cell, right: Cell): Cell => {
  if (left.timestamp !== right.timestamp) return left.timestamp > right.timestamp ? left : right;
  const leftTime = left.localDeletionTime;
  const rightTime = right.localDeletionTime;
  const leftEnds = leftTime !== NO_DELETION_TIME;
  if (leftEnds || rightTime !== NO_DELETION_TIME) {
    if (leftEnds !== (rightTime !== NO_DELETION_TIME)) return leftEnds ? left : right;
    const leftIsTombstone = left.ttl === 0;
    if (leftIsTombstone !== (right.ttl === 0)) return leftIsTombstone ? left : right;
    if (leftTime !== rightTime) return leftTime > rightTime ? left : right;
  }
  return greaterValue(left, right);
};

/**
 * The cell of a counter column that stays, or a new one. "a tombstone wins whatever the timestamps; one empty value: the empty one wins; both
 * empty: higher timestamp; otherwise merge contexts, ts = max". Two tombstones, which Cassandra takes for impossible, are reconciled as regular ones.
 */
export const reconcileCounters = (left: Cell, right: Cell): Cell => {
  const leftIsTombstone = isTombstone(left);
  const rightIsTombstone = isTombstone(right);
  if (leftIsTombstone && rightIsTombstone) return reconcileCells(left, right);
  if (leftIsTombstone || rightIsTombstone) return leftIsTombstone ? left : right;
  const leftIsEmpty = left.value.length === 0;
  const rightIsEmpty = right.value.length === 0;
  if (leftIsEmpty !== rightIsEmpty) return leftIsEmpty ? left : right;
  if (leftIsEmpty) return left.timestamp > right.timestamp ? left : right;
  const value = mergeCounterContexts(left.value, right.value);
  const timestamp = left.timestamp > right.timestamp ? left.timestamp : right.timestamp;
  if (value === left.value && timestamp === left.timestamp) return left;
  if (value === right.value && timestamp === right.timestamp) return right;
  return { timestamp, ttl: 0, localDeletionTime: NO_DELETION_TIME, path: left.path, value };
};
