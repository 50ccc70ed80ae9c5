// Control plane. Predicates as people write them: `name > 'b' AND n IN (1, 2) AND w IS NULL`. Called by predicates.ts; pure. Literals keep their
// text: only their column knows what they mean.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { WHERE_PREDICATES_MAX, WHERE_TEXT_CHARS_MAX } from '../limits.ts';
import type { SelectionErrorType } from './selection-error.ts';

/** What a column is compared by. */
export type WhereOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'IN' | 'IS NULL' | 'IS NOT NULL';

/** One comparison; `literals` has as many texts as the operator takes. */
export interface ParsedPredicate {
  readonly column: string;
  readonly operator: WhereOperator;
  readonly literals: readonly string[];
}

const OPERATORS = ['!=', '<=', '>=', '=', '<', '>'] as const;
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

class Unexpected extends Error {
  readonly expected: string;
  constructor(expected: string) {
    super(expected);
    this.expected = expected;
  }
}

class Scanner {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  blanks(): void {
    while (/\s/.test(this.text[this.offset] ?? '')) this.offset += 1;
  }

  /** What the pattern (sticky) finds here, after blanks. */
  match(pattern: RegExp): string | undefined {
    this.blanks();
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.offset += found.length;
    return found;
  }

  word(word: string): boolean {
    return this.match(new RegExp(`${word}(?![A-Za-z0-9_])`, 'iy')) !== undefined;
  }

  expect(found: boolean, expected: string): void {
    if (!found) throw new Unexpected(expected);
  }

  name(): string {
    const quoted = this.match(/"(?:[^"]|"")+"/y);
    if (quoted !== undefined) return quoted.slice(1, -1).replaceAll('""', '"');
    const plain = this.match(/[A-Za-z_][A-Za-z0-9_]*/y);
    if (plain === undefined) throw new Unexpected('a column name');
    return plain.toLowerCase();
  }

  /** To the end of a text in quotes, or of brackets and what is within them. */
  #passOver(): void {
    const open = this.text[this.offset] as string;
    if (open === "'") {
      if (this.match(/'(?:[^']|'')*'/y) === undefined) throw new Unexpected('a closing quote');
      return;
    }
    this.offset += 1;
    const close = CLOSING[open];
    if (close === undefined) return;
    while (this.text[this.offset] !== close) {
      if (this.offset >= this.text.length) throw new Unexpected(close);
      this.#passOver();
    }
    this.offset += 1;
  }

  literal(): string {
    this.blanks();
    const from = this.offset;
    const first = this.text[from] ?? '';
    if (first === "'" || CLOSING[first] !== undefined) this.#passOver();
    else while (/[^\s,()]/.test(this.text[this.offset] ?? '')) this.offset += 1;
    if (this.offset === from) throw new Unexpected('a value');
    return this.text.slice(from, this.offset);
  }
}

const predicate = (scanner: Scanner): ParsedPredicate => {
  const column = scanner.name();
  if (scanner.word('is')) {
    const isNot = scanner.word('not');
    scanner.expect(scanner.word('null'), 'NULL');
    return { column, operator: isNot ? 'IS NOT NULL' : 'IS NULL', literals: [] };
  }
  if (scanner.word('in')) {
    scanner.expect(scanner.match(/\(/y) !== undefined, '(');
    const literals = [scanner.literal()];
    while (scanner.match(/,/y) !== undefined) literals.push(scanner.literal());
    scanner.expect(scanner.match(/\)/y) !== undefined, ') or a comma');
    return { column, operator: 'IN', literals };
  }
  const operator = OPERATORS.find((text) => scanner.match(new RegExp(text, 'y')) !== undefined);
  if (operator === undefined) throw new Unexpected(`one of ${OPERATORS.join(' ')} IN IS`);
  return { column, operator, literals: [scanner.literal()] };
};

/** The predicates of a text, all of which must hold. */
export const parseWhere = (
  text: string,
): Either<SelectionErrorType, readonly ParsedPredicate[]> => {
  const bad = (offset: number, expected: string) =>
    left<SelectionErrorType>({
      code: 'SCM_SELECT_SYNTAX',
      text: text.slice(0, 200),
      offset,
      expected,
    });
  if (text.length > WHERE_TEXT_CHARS_MAX)
    return bad(WHERE_TEXT_CHARS_MAX, 'the end of a text that is not longer');
  const scanner = new Scanner(text);
  const predicates: ParsedPredicate[] = [];
  try {
    do {
      predicates.push(predicate(scanner));
      scanner.expect(predicates.length <= WHERE_PREDICATES_MAX, 'fewer predicates');
    } while (scanner.word('and'));
    scanner.blanks();
    scanner.expect(scanner.offset === text.length, 'AND or the end');
    return right(predicates);
  } catch (error) {
    if (error instanceof Unexpected) return bad(scanner.offset, error.expected);
    throw error;
  }
};
