// Control plane. Arithmetic of ranges: intersection, difference, normal form. Called by pending ranges, the planner and section selection.
import { containsRange, isFullRing, sameRange, unwrap, wraps } from './range.ts';
import type { Partitioner, Token, TokenRange } from './token.ts';

const intersectionOneWraps = (
  partitioner: Partitioner,
  wrapping: TokenRange,
  other: TokenRange,
): readonly TokenRange[] => {
  const { compare } = partitioner;
  const inOther = (token: Token) =>
    compare(token, other.left) > 0 && compare(token, other.right) <= 0;
  const parts: TokenRange[] = [];
  if (inOther(wrapping.right)) parts.push({ left: other.left, right: wrapping.right });
  if (inOther(wrapping.left) && compare(wrapping.left, other.right) < 0)
    parts.push({ left: wrapping.left, right: other.right });
  return parts;
};

const intersectionBothWrap = (
  partitioner: Partitioner,
  a: TokenRange,
  b: TokenRange,
): readonly TokenRange[] => {
  const [first, second] = partitioner.compare(a.left, b.left) < 0 ? [a, b] : [b, a];
  const parts: TokenRange[] = [{ left: second.left, right: first.right }];
  if (partitioner.compare(second.right, first.left) > 0)
    parts.push({ left: first.left, right: second.right });
  return parts;
};

/** The 0, 1 or 2 ranges that lie in both (spec: planning §2 rule 4). A result may wrap. */
export const intersection = (
  partitioner: Partitioner,
  a: TokenRange,
  b: TokenRange,
): readonly TokenRange[] => {
  if (containsRange(partitioner, a, b)) return [b];
  if (containsRange(partitioner, b, a)) return [a];
  const { compare } = partitioner;
  const aWraps = wraps(partitioner, a);
  const bWraps = wraps(partitioner, b);
  if (aWraps && bWraps) return intersectionBothWrap(partitioner, a, b);
  if (aWraps) return intersectionOneWraps(partitioner, a, b);
  if (bWraps) return intersectionOneWraps(partitioner, b, a);
  if (compare(a.left, b.right) >= 0 || compare(b.left, a.right) >= 0) return [];
  return [
    {
      left: compare(a.left, b.left) >= 0 ? a.left : b.left,
      right: compare(a.right, b.right) <= 0 ? a.right : b.right,
    },
  ];
};

const subtractContained = (
  partitioner: Partitioner,
  range: TokenRange,
  inner: TokenRange,
): readonly TokenRange[] => {
  if (isFullRing(partitioner, inner)) return [];
  if (isFullRing(partitioner, range)) return [{ left: inner.right, right: inner.left }];
  const parts: TokenRange[] = [];
  if (partitioner.compare(range.left, inner.left) !== 0)
    parts.push({ left: range.left, right: inner.left });
  if (partitioner.compare(inner.right, range.right) !== 0)
    parts.push({ left: inner.right, right: range.right });
  return parts;
};

/** The parts of `a` that are not in `b`; may hold one wrapping range (spec: planning §2 rule 5). */
export const subtract = (
  partitioner: Partitioner,
  a: TokenRange,
  b: TokenRange,
): readonly TokenRange[] => {
  let parts: readonly TokenRange[] = [a];
  for (const common of intersection(partitioner, a, b)) {
    parts = parts.flatMap((part) =>
      containsRange(partitioner, part, common)
        ? subtractContained(partitioner, part, common)
        : [part],
    );
  }
  return parts;
};

/** What is left of `ranges` when all of `subtrahends` are gone. */
export const subtractAll = (
  partitioner: Partitioner,
  ranges: readonly TokenRange[],
  subtrahends: readonly TokenRange[],
): readonly TokenRange[] =>
  subtrahends.reduce<readonly TokenRange[]>(
    (rest, subtrahend) => rest.flatMap((range) => subtract(partitioner, range, subtrahend)),
    ranges,
  );

/** What a node that owned `before` must fetch to own `after` (spec: planning §2 rule 5). */
export const differenceToFetch = (
  partitioner: Partitioner,
  before: TokenRange,
  after: TokenRange,
): readonly TokenRange[] => subtract(partitioner, after, before);

/** Unwrapped, sorted, overlapping and adjacent ranges merged; everything is (MIN, MIN] (spec: planning §2 rule 7). */
export const normalize = (
  partitioner: Partitioner,
  ranges: readonly TokenRange[],
): readonly TokenRange[] => {
  const { compare, minimumToken: min } = partitioner;
  const toEnd = (token: Token) => compare(token, min) === 0;
  const sorted = ranges
    .flatMap((range) => unwrap(partitioner, range))
    .sort((a, b) => compare(a.left, b.left));
  const merged: TokenRange[] = [];
  for (const next of sorted) {
    const current = merged.at(-1);
    if (current === undefined) merged.push(next);
    else if (toEnd(current.right)) break;
    else if (compare(next.left, current.right) > 0) merged.push(next);
    else if (toEnd(next.right) || compare(next.right, current.right) > 0)
      merged[merged.length - 1] = { left: current.left, right: next.right };
  }
  return merged;
};

/** The tokens that lie in some range of `a` and in some range of `b`, normalized. */
export const intersectionOfSets = (
  partitioner: Partitioner,
  a: readonly TokenRange[],
  b: readonly TokenRange[],
): readonly TokenRange[] => {
  const { compare, minimumToken: min } = partitioner;
  const as = normalize(partitioner, a);
  const bs = normalize(partitioner, b);
  // Both lists ascend and their ranges do not overlap, so one pass over both is enough.
  const endsFirst = (x: Token, y: Token) =>
    compare(x, min) !== 0 && (compare(y, min) === 0 || compare(x, y) <= 0);
  const common: TokenRange[] = [];
  for (let i = 0, j = 0; i < as.length && j < bs.length; ) {
    const x = as[i] as TokenRange;
    const y = bs[j] as TokenRange;
    const left = compare(x.left, y.left) >= 0 ? x.left : y.left;
    const xEndsFirst = endsFirst(x.right, y.right);
    const right = xEndsFirst ? x.right : y.right;
    if (compare(right, min) === 0 || compare(left, right) < 0) common.push({ left, right });
    if (xEndsFirst) i++;
    else j++;
  }
  return common;
};

/** The tokens that lie in no range. */
const complement = (
  partitioner: Partitioner,
  ranges: readonly TokenRange[],
): readonly TokenRange[] => {
  const { compare, minimumToken: min } = partitioner;
  const rest: TokenRange[] = [];
  let from = min;
  for (const { left, right } of normalize(partitioner, ranges)) {
    if (compare(left, from) !== 0) rest.push({ left: from, right: left });
    if (compare(right, min) === 0) return rest;
    from = right;
  }
  rest.push({ left: from, right: min });
  return rest;
};

/** The tokens that lie in some range of `a` and in none of `b`, normalized; fast for long lists, unlike {@link subtractAll}. */
export const differenceOfSets = (
  partitioner: Partitioner,
  a: readonly TokenRange[],
  b: readonly TokenRange[],
): readonly TokenRange[] => intersectionOfSets(partitioner, a, complement(partitioner, b));

/** Index of the first range for which `enough` holds; it must hold for all later ones. */
const firstIndex = (
  ranges: readonly TokenRange[],
  enough: (range: TokenRange) => boolean,
): number => {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (enough(ranges[middle] as TokenRange)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Those of normalized ranges that have a token in common with `range`, in their order, found without looking at the others. */
export const overlapping = (
  partitioner: Partitioner,
  normalized: readonly TokenRange[],
  range: TokenRange,
): readonly TokenRange[] => {
  const { compare, minimumToken: min } = partitioner;
  const toEnd = (token: Token) => compare(token, min) === 0;
  // of a range around the end of the ring the part from its beginning comes first, as it does in the normalized ones
  const parts = [...unwrap(partitioner, range)].sort((a, b) => compare(a.left, b.left));
  const found = parts.flatMap(({ left, right }) => {
    const start = firstIndex(normalized, (one) => toEnd(one.right) || compare(one.right, left) > 0);
    const end = toEnd(right)
      ? normalized.length
      : firstIndex(normalized, (one) => compare(one.left, right) >= 0);
    return normalized.slice(start, Math.max(start, end));
  });
  return [...new Set(found)];
};

/** True when both lists cover the same tokens. */
export const sameTokens = (
  partitioner: Partitioner,
  a: readonly TokenRange[],
  b: readonly TokenRange[],
): boolean => {
  const as = normalize(partitioner, a);
  const bs = normalize(partitioner, b);
  return (
    as.length === bs.length &&
    as.every((range, index) => sameRange(partitioner, range, bs[index] as TokenRange))
  );
};
