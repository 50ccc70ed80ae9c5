// Control plane. Where SSTables and ranges meet. Called by the bulk-load planner. All ranges here are normalized: ascending, disjoint.
import type { Partitioner, Token, TokenRange } from '@scamander/ring';

/** From the first to the last key of an SSTable, both included. */
export interface TokenSpan {
  readonly first: Token;
  readonly last: Token;
}

/** Index of the first element for which `enough` holds; `enough` must stay true once it is. */
const firstIndex = <T>(sorted: readonly T[], enough: (element: T) => boolean): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (enough(sorted[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
};

const reaches = ({ compare, minimumToken }: Partitioner, right: Token, token: Token): boolean =>
  compare(right, minimumToken) === 0 || compare(right, token) >= 0;

/** The ranges that can hold a key of the span. */
export const rangesMeeting = (
  partitioner: Partitioner,
  ranges: readonly TokenRange[],
  span: TokenSpan,
): readonly TokenRange[] => {
  const start = firstIndex(ranges, (range) => reaches(partitioner, range.right, span.first));
  const end = firstIndex(ranges, (range) => partitioner.compare(range.left, span.last) >= 0);
  return ranges.slice(start, Math.max(start, end));
};

/** True when one range holds the whole span, so that every key between is owned too. */
export const holdsSpan = (
  partitioner: Partitioner,
  ranges: readonly TokenRange[],
  span: TokenSpan,
): boolean =>
  rangesMeeting(partitioner, ranges, span).some(
    ({ left, right }) =>
      partitioner.compare(left, span.first) < 0 && reaches(partitioner, right, span.last),
  );

/** Overlapping spans joined, ascending. */
export const mergeSpans = (
  partitioner: Partitioner,
  spans: readonly TokenSpan[],
): readonly TokenSpan[] => {
  const { compare } = partitioner;
  const merged: TokenSpan[] = [];
  for (const span of [...spans].sort((a, b) => compare(a.first, b.first))) {
    const current = merged.at(-1);
    if (current === undefined || compare(span.first, current.last) > 0) merged.push(span);
    else if (compare(span.last, current.last) > 0)
      merged[merged.length - 1] = { first: current.first, last: span.last };
  }
  return merged;
};

/** Does the range, which does not pass the end of the ring, hold a token of the merged spans. */
export const meetsSpans = (
  partitioner: Partitioner,
  range: TokenRange,
  merged: readonly TokenSpan[],
): boolean => {
  const index = firstIndex(merged, (span) => partitioner.compare(span.last, range.left) > 0);
  const span = merged[index];
  return span !== undefined && reaches(partitioner, range.right, span.first);
};
