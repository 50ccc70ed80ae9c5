// Control plane. Cuts a unit that is too large into units of about the same share of its tokens. Called when units are planned; pure.
import { type Partitioner, rangeWidth, type TokenRange } from '@scamander/ring';
import { UNIT_PIECES_MAX } from '../../limits.ts';
import type { Unit } from './units.ts';

interface Cutting {
  readonly partitioner: Partitioner;
  readonly share: bigint;
  readonly pieces: TokenRange[][];
  filled: bigint;
}

/** Puts a range, or the halves of it as long as it is larger than a whole share, into the piece that is being filled. */
const put = (cutting: Cutting, range: TokenRange): void => {
  const { partitioner, share, pieces } = cutting;
  const tokens = rangeWidth(partitioner, range) ?? 0n;
  if (tokens > share && partitioner.midpoint !== undefined) {
    const middle = partitioner.midpoint(range.left, range.right);
    put(cutting, { left: range.left, right: middle });
    put(cutting, { left: middle, right: range.right });
    return;
  }
  if (cutting.filled > 0n && cutting.filled + tokens > share) {
    pieces.push([]);
    cutting.filled = 0n;
  }
  pieces.at(-1)?.push(range);
  cutting.filled += tokens;
};

/** The unit, or units of at most about `unitBytes` that make it up. One of unknown size, or of tokens without a distance, stays whole. */
export const cutUnit = (
  unit: Unit,
  unitBytes: number,
  partitioner: Partitioner,
): readonly Unit[] => {
  const { bytes, files } = unit;
  if (bytes === undefined || bytes <= unitBytes) return [unit];
  const wanted = Math.min(UNIT_PIECES_MAX, Math.ceil(bytes / unitBytes));
  const total = unit.ranges.reduce(
    (sum, range) => sum + (rangeWidth(partitioner, range) ?? 0n),
    0n,
  );
  if (total === 0n) return [unit];
  const share = (total + BigInt(wanted) - 1n) / BigInt(wanted);
  const cutting: Cutting = { partitioner, share, pieces: [[]], filled: 0n };
  for (const range of unit.ranges) put(cutting, range);
  const { pieces } = cutting;
  return pieces.map((ranges) => ({
    ...unit,
    ranges,
    bytes: Math.ceil(bytes / pieces.length),
    files,
  }));
};
