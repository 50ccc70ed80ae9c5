// Control plane. Where a key lies on the ring, as a range that holds hardly anything else: so that a dump of some keys reads only their
// partitions. Called by dump-sstable.ts; pure.
import type { Partitioner, Token, TokenRange } from '@scamander/ring';

/** A token before this one with as little between them as can be had; undefined before the first. */
const before = (token: Token): Token | undefined => {
  if (typeof token === 'bigint') return token - 1n;
  const last = token.at(-1);
  if (last === undefined) return undefined;
  const shorter = token.slice(0, -1);
  return last === 0 ? shorter : Uint8Array.from([...shorter, last - 1]);
};

/** Ranges that hold the keys; undefined where one of them can't be told apart from the whole ring. */
export const rangesOfKeys = (
  partitioner: Partitioner,
  keys: readonly Uint8Array[],
): readonly TokenRange[] | undefined => {
  const ranges: TokenRange[] = [];
  for (const key of keys) {
    const right = partitioner.tokenOf(key);
    const left = before(right);
    if (left === undefined || partitioner.compare(right, partitioner.minimumToken) <= 0)
      return undefined;
    ranges.push({ left, right });
  }
  return ranges;
};
