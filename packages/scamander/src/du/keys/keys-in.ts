// Control plane. How many partitions lie in ranges, from what nodes estimate for theirs. Called by du; pure.
import type { SizeEstimate } from '@scamander/cluster';
import {
  intersectionOfSets,
  normalize,
  overlapping,
  type Partitioner,
  rangeWidth,
  sameTokens,
  type TokenRange,
} from '@scamander/ring';

/** One estimated range. */
export type RangeKeys = Pick<SizeEstimate, 'range' | 'partitions'>;

/** The part of the range that lies in the asked ones, 0 to 1; undefined where tokens have no distance and it is not all. */
const shareOf = (
  partitioner: Partitioner,
  range: TokenRange,
  asked: readonly TokenRange[],
): number | undefined => {
  const common = intersectionOfSets(partitioner, [range], overlapping(partitioner, asked, range));
  if (common.length === 0) return 0;
  if (sameTokens(partitioner, common, [range])) return 1;
  const whole = rangeWidth(partitioner, range);
  const widths = common.map((part) => rangeWidth(partitioner, part));
  if (whole === undefined) return undefined;
  const part = widths.reduce<bigint>((sum, width) => sum + (width ?? 0n), 0n);
  return Number(part) / Number(whole);
};

/** The sum over the parts of the estimated ranges that are asked for; undefined where these do not cover what is asked for. */
export const keysIn = (
  partitioner: Partitioner,
  ranges: readonly TokenRange[],
  estimates: readonly RangeKeys[],
): number | undefined => {
  const asked = normalize(partitioner, ranges);
  const known = estimates.map(({ range }) => range);
  if (!sameTokens(partitioner, intersectionOfSets(partitioner, asked, known), asked))
    return undefined;
  let sum = 0;
  for (const { range, partitions } of estimates) {
    const share = shareOf(partitioner, range, asked);
    if (share === undefined) return undefined;
    sum += share * partitions;
  }
  return Math.round(sum);
};
