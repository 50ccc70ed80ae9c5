// Control plane. Ranges as people write them. Called by messages, plans and the flag --ranges.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { RingErrorType } from './errors.ts';
import { TOKEN_TEXT_CHARS_MAX } from './limits.ts';
import type { Partitioner, Token, TokenRange } from './token.ts';

/** `(left,right]`, as Cassandra writes it. */
export const rangeText = (partitioner: Partitioner, range: TokenRange): string =>
  `(${partitioner.tokenToText(range.left)},${partitioner.tokenToText(range.right)}]`;

/** A token from its text; a Left instead of an exception. */
export const parseToken = (
  partitioner: Partitioner,
  text: string,
): Either<RingErrorType, Token> => {
  try {
    return right(partitioner.tokenFromText(text));
  } catch (error) {
    return left({
      code: 'SCM_RING_BAD_TOKEN',
      token: text.slice(0, 80),
      partitioner: partitioner.name,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
};

/** `(left,right]` as {@link rangeText} writes it, or `left:right` as on the command line. An empty bound is the minimum token. */
export const parseRange = (
  partitioner: Partitioner,
  text: string,
): Either<RingErrorType, TokenRange> => {
  const bad = (reason: string) =>
    left<RingErrorType>({ code: 'SCM_RING_BAD_RANGE', range: text.slice(0, 200), reason });
  if (text.length > 2 * TOKEN_TEXT_CHARS_MAX + 3) return bad('too long');
  const trimmed = text.trim();
  const inBrackets = /^\(([^,]*),([^,]*)\]$/.exec(trimmed);
  const colons = trimmed.split(':');
  const bounds = inBrackets?.slice(1, 3) ?? (colons.length === 2 ? colons : undefined);
  if (bounds === undefined) return bad('expected (LEFT,RIGHT] or LEFT:RIGHT');
  const tokens: Token[] = [];
  for (const bound of bounds) {
    const word = bound.trim();
    if (word === '') tokens.push(partitioner.minimumToken);
    else {
      const token = parseToken(partitioner, word);
      if (token._tag === 'Left') return token;
      tokens.push(token.right);
    }
  }
  return right({ left: tokens[0] as Token, right: tokens[1] as Token });
};
