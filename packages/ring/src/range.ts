// Control plane. One token range: (left, right], what lies in it, where it wraps. Called by range sets, placement and the planner.
import type { Partitioner, Token, TokenRange } from './token.ts';

/** The whole ring in its normal form, (MIN, MIN]. */
export const fullRing = (partitioner: Partitioner): TokenRange => ({
  left: partitioner.minimumToken,
  right: partitioner.minimumToken,
});

/** True when both bounds are the same tokens. */
export const sameRange = (partitioner: Partitioner, a: TokenRange, b: TokenRange): boolean =>
  partitioner.compare(a.left, b.left) === 0 && partitioner.compare(a.right, b.right) === 0;

/** left = right: everything, whatever the value (spec: planning §2 rule 1). */
export const isFullRing = (partitioner: Partitioner, range: TokenRange): boolean =>
  partitioner.compare(range.left, range.right) === 0;

/** left ≥ right (spec: planning §2 rule 1); so (x, MIN], "x to the end", wraps too. */
export const wraps = (partitioner: Partitioner, range: TokenRange): boolean =>
  partitioner.compare(range.left, range.right) >= 0;

/** Is this token in the range (spec: planning §2 rule 2). */
export const contains = (partitioner: Partitioner, range: TokenRange, token: Token): boolean => {
  const afterLeft = partitioner.compare(token, range.left) > 0;
  const notAfterRight = partitioner.compare(token, range.right) <= 0;
  return wraps(partitioner, range) ? afterLeft || notAfterRight : afterLeft && notAfterRight;
};

/** Does `range` contain all of `that` (spec: planning §2 rule 3). */
export const containsRange = (
  partitioner: Partitioner,
  range: TokenRange,
  that: TokenRange,
): boolean => {
  if (isFullRing(partitioner, range)) return true;
  const leftFits = partitioner.compare(range.left, that.left) <= 0;
  const rightFits = partitioner.compare(that.right, range.right) <= 0;
  const thisWraps = wraps(partitioner, range);
  if (thisWraps === wraps(partitioner, that)) return leftFits && rightFits;
  return thisWraps && (leftFits || rightFits);
};

/** A wrapping range before one that does not wrap, then by right (spec: planning §2 rule 8). */
export const compareRanges = (partitioner: Partitioner, a: TokenRange, b: TokenRange): number => {
  const aWraps = wraps(partitioner, a);
  if (aWraps !== wraps(partitioner, b)) return aWraps ? -1 : 1;
  return partitioner.compare(a.right, b.right);
};

/** Cut in two where it passes the end of the ring; (x, MIN] stays whole (spec: planning §2 rule 6). */
export const unwrap = (partitioner: Partitioner, range: TokenRange): readonly TokenRange[] => {
  const min = partitioner.minimumToken;
  if (!wraps(partitioner, range) || partitioner.compare(range.right, min) === 0) return [range];
  return [
    { left: range.left, right: min },
    { left: min, right: range.right },
  ];
};

/** How many tokens lie in the range; undefined where tokens have no distance (`tokensTotal`). */
export const rangeWidth = (partitioner: Partitioner, range: TokenRange): bigint | undefined => {
  const { tokensTotal: total } = partitioner;
  const { left, right } = range;
  if (total === undefined || typeof left !== 'bigint' || typeof right !== 'bigint')
    return undefined;
  return right > left ? right - left : right - left + total;
};
