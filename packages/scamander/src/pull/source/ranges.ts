// Control plane. Token ranges as options, ledgers and receipts write them, and as the ring has them. Called by jobs that ask nodes; pure.
import { normalize, type Partitioner, parseRange, type TokenRange } from '@scamander/ring';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';

const notARange = (text: string): ScamanderErrorType => ({
  code: 'SCM_PULL_RANGE',
  kind: 'usage',
  message: `"${text}" is not a token range`,
  where: '--ranges',
  lost: 'nothing',
  advice: 'write LO:HI with tokens of the cluster’s partitioner',
  retryable: false,
});

/** The ranges of such texts, normalized; undefined stays undefined. */
export const parseRanges = (
  texts: readonly string[] | undefined,
  partitioner: Partitioner,
): Either<ScamanderErrorType, readonly TokenRange[] | undefined> => {
  if (texts === undefined) return right(undefined);
  const ranges: TokenRange[] = [];
  for (const text of texts) {
    const range = parseRange(partitioner, text);
    if (isLeft(range)) return left(notARange(text));
    ranges.push(range.right);
  }
  return right(normalize(partitioner, ranges));
};

/** `LO:HI` of each range. */
export const rangeTexts = (
  partitioner: Partitioner,
  ranges: readonly TokenRange[],
): readonly string[] =>
  ranges.map(
    (range) => `${partitioner.tokenToText(range.left)}:${partitioner.tokenToText(range.right)}`,
  );
