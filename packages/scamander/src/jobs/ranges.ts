// Control plane. Token ranges as options, ledgers and receipts write them, and as the ring has them. Called by every job; pure.
import { normalize, type Partitioner, parseRange, type TokenRange } from '@scamander/ring';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';

const notARange = (text: string, code: string): ScamanderErrorType => ({
  code,
  kind: 'usage',
  message: `"${text}" is not a token range`,
  where: '--ranges',
  lost: 'nothing',
  advice: 'write LO:HI with tokens of the cluster’s partitioner',
  retryable: false,
});

/** The ranges of such texts, normalized; undefined stays undefined. `code` is that of the error. */
export const parseRanges = (
  texts: readonly string[] | undefined,
  partitioner: Partitioner,
  code = 'SCM_PULL_RANGE',
): Either<ScamanderErrorType, readonly TokenRange[] | undefined> => {
  if (texts === undefined) return right(undefined);
  const ranges: TokenRange[] = [];
  for (const text of texts) {
    const range = parseRange(partitioner, text);
    if (isLeft(range)) return left(notARange(text, code));
    ranges.push(range.right);
  }
  return right(normalize(partitioner, ranges));
};

/** `LO:HI`, as options, ledgers and receipts have it. */
export const rangeWord = ({ tokenToText }: Partitioner, { left, right }: TokenRange): string =>
  `${tokenToText(left)}:${tokenToText(right)}`;

/** `LO:HI` of each range. */
export const rangeTexts = (
  partitioner: Partitioner,
  ranges: readonly TokenRange[],
): readonly string[] => ranges.map((range) => rangeWord(partitioner, range));
