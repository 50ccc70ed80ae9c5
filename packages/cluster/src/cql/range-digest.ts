// Control plane. The rows of a range as a number and one hash over all of them in their order. Called by whoever compares two clusters; keeps one
// page at a time, whatever the range holds.
import { createHash } from 'node:crypto';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { ClusterError } from '../errors.ts';
import { canonicalValue } from './canonical-value.ts';
import type { Cluster } from './cluster.ts';
import type { RowQuestion } from './row-pages.ts';

/** What a range holds. */
export interface RangeDigest {
  readonly rows: number;
  /** Hex. */
  readonly sha256: string;
}

/** Reads the range to its end, or until the signal fires. Left: as {@link Cluster.rowPage}. */
export const rangeDigest = async (
  cluster: Pick<Cluster, 'rowPage'>,
  question: RowQuestion,
  signal: AbortSignal,
): Promise<Either<ClusterError, RangeDigest>> => {
  const hash = createHash('sha256');
  let rows = 0;
  let next: string | undefined;
  do {
    const page = await cluster.rowPage(question, next);
    if (isLeft(page)) return page;
    for (const row of page.right.rows) for (const value of row) canonicalValue(hash, value);
    rows += page.right.rows.length;
    next = page.right.next;
  } while (next !== undefined && !signal.aborted);
  return right({ rows, sha256: hash.digest('hex') });
};
