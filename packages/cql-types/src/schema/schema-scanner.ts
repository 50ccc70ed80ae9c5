// Control plane. The tokens of a schema file, with line and column for errors (Cassandra's Lexer.g; comments of cqlsh). Called by the statement
// parsers of this folder, which let its SchemaError fly to `parseSchema`.
import { SchemaError } from '../errors.ts';
import { SCHEMA_TEXT_LENGTH_MAX } from '../limits.ts';

/** `word`: unquoted names, numbers, UUIDs, blobs. `name`: in double quotes. `string`: in quotes or between `$$`. `mark`: one character. */
type TokenKind = 'word' | 'name' | 'string' | 'mark' | 'end';

/** A token; `text` is without its quotes, `offset` where it begins. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

const WORD =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])|\d+(?:\.\d*)?(?:e[+-]?\d+)?(?!\w)|\w+/iy;
const IDENTIFIER = /^[A-Za-z]\w*$/;
const BLANK = /\s*(?:(?:--|\/\/)[^\n\r]*)?/y;

/** What precedes the structure of a Thrift table in snapshots and in the output of cqlsh. */
const OMITTED = /\bomitted because it has constructs not compatible with CQL\b/;
const CREATE_TABLE = /\bCREATE (?:TABLE|COLUMNFAMILY)\b/;

/** Characters of a token that an error shows. */
const FOUND_LENGTH_MAX = 40;

/** A place in a schema file. */
export class SchemaScanner {
  readonly text: string;
  #offset = 0;
  /** Where the comment ends whose statement is read; 0 outside of such. */
  #omittedEnd = 0;
  #peeked: Token | undefined;
  #lineStarts: number[] | undefined;

  constructor(text: string) {
    if (text.length > SCHEMA_TEXT_LENGTH_MAX)
      throw new SchemaError({
        code: 'SCM_SCHEMA_TOO_LONG',
        length: text.length,
        limit: SCHEMA_TEXT_LENGTH_MAX,
      });
    this.text = text;
  }

  /** Line and column (in characters) of a place, from 1. */
  placeOf(offset: number): { readonly line: number; readonly column: number } {
    this.#lineStarts ??= [0, ...[...this.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    let line = 0;
    for (let above = this.#lineStarts.length; above - line > 1; ) {
      const middle = (line + above) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) line = middle;
      else above = middle;
    }
    return { line: line + 1, column: offset - (this.#lineStarts[line] as number) + 1 };
  }

  /** The error that says what should stand here. */
  syntaxError(expected: string, token: Token = this.peek()): SchemaError {
    const found = token.kind === 'end' ? 'the end' : `'${token.text.slice(0, FOUND_LENGTH_MAX)}'`;
    return new SchemaError({
      code: 'SCM_SCHEMA_SYNTAX',
      ...this.placeOf(token.offset),
      expected,
      found,
    });
  }

  /** The error that says what is wrong with what stands at a place. */
  invalid(offset: number, reason: string): SchemaError {
    return new SchemaError({ code: 'SCM_SCHEMA_INVALID', ...this.placeOf(offset), reason });
  }

  /** The statement that is read stands in the comment of a Thrift table: the structure that its CQL would have. */
  get isInOmitted(): boolean {
    return this.#omittedEnd > 0;
  }

  /** Leaves the comment of a Thrift table. */
  leaveOmitted(): void {
    this.#peeked = undefined;
    this.#offset = this.#omittedEnd + 2;
    this.#omittedEnd = 0;
  }

  #skipComment(): void {
    const end = this.text.indexOf('*/', this.#offset + 2);
    if (end < 0)
      throw this.syntaxError("'*/'", { kind: 'end', text: '', offset: this.text.length });
    const comment = this.text.slice(this.#offset, end);
    const create = OMITTED.test(comment) ? comment.search(CREATE_TABLE) : -1;
    if (create < 0) {
      this.#offset = end + 2;
      return;
    }
    this.#omittedEnd = end;
    this.#offset += create;
  }

  #skipBlank(): void {
    for (;;) {
      BLANK.lastIndex = this.#offset;
      const blank = BLANK.exec(this.text)?.[0].length ?? 0;
      this.#offset += blank;
      if (this.#omittedEnd > 0 && this.#offset === this.#omittedEnd) this.leaveOmitted();
      else if (this.text.startsWith('/*', this.#offset)) this.#skipComment();
      else if (blank === 0) return;
    }
  }

  /** What stands between two quotes from here on; a doubled quote stands for one, except between `$$`. */
  #readQuoted(kind: 'name' | 'string', quote: string): Token {
    const offset = this.#offset;
    let from = offset + quote.length;
    for (;;) {
      const end = this.text.indexOf(quote, from);
      if (end < 0)
        throw this.syntaxError(`the quote ${quote} that ends what begins here`, {
          kind: 'string',
          text: this.text.slice(offset),
          offset,
        });
      from = end + quote.length;
      if (quote.length === 1 && this.text[from] === quote) {
        from += 1;
        continue;
      }
      this.#offset = from;
      const inside = this.text.slice(offset + quote.length, end);
      return { kind, text: inside.replaceAll(quote + quote, quote), offset };
    }
  }

  #read(): Token {
    this.#skipBlank();
    const offset = this.#offset;
    const character = this.text[offset];
    if (character === undefined) return { kind: 'end', text: '', offset };
    if (character === "'") return this.#readQuoted('string', "'");
    if (character === '"') return this.#readQuoted('name', '"');
    if (this.text.startsWith('$$', offset)) return this.#readQuoted('string', '$$');
    WORD.lastIndex = offset;
    const word = WORD.exec(this.text)?.[0];
    const text = word ?? String.fromCodePoint(this.text.codePointAt(offset) as number);
    this.#offset += text.length;
    return { kind: word === undefined ? 'mark' : 'word', text, offset };
  }

  /** The next token, which stays. */
  peek(): Token {
    this.#peeked ??= this.#read();
    return this.#peeked;
  }

  /** The next token, passed over. */
  next(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    return token;
  }

  #isNext(kind: TokenKind, text: string): boolean {
    const token = this.peek();
    return token.kind === kind && token.text.toLowerCase() === text;
  }

  /** Passes over a character where it stands next. */
  accept(mark: string): boolean {
    if (!this.#isNext('mark', mark)) return false;
    this.next();
    return true;
  }

  /** Passes over a character that has to stand next. */
  expect(mark: string): void {
    if (!this.accept(mark)) throw this.syntaxError(`'${mark}'`);
  }

  /** True where one of the keywords (in lower case) stands next. */
  isWord(...words: readonly string[]): boolean {
    return words.some((word) => this.#isNext('word', word));
  }

  /** Passes over keywords where the first one stands next; the others then have to follow. */
  acceptWords(first: string, ...others: readonly string[]): boolean {
    if (!this.isWord(first)) return false;
    this.next();
    for (const other of others)
      if (this.isWord(other)) this.next();
      else throw this.syntaxError(other.toUpperCase());
    return true;
  }

  /** Passes over keywords that have to stand next. */
  expectWords(first: string, ...others: readonly string[]): void {
    if (!this.acceptWords(first, ...others)) throw this.syntaxError(first.toUpperCase());
  }

  /** A name: in lower case unless it is in double quotes. */
  name(what: string): string {
    const token = this.peek();
    const isBare = token.kind === 'word' && IDENTIFIER.test(token.text);
    if (!isBare && token.kind !== 'name') throw this.syntaxError(what);
    this.next();
    return isBare ? token.text.toLowerCase() : token.text;
  }

  /** True at the end of a statement, which stays. */
  atStatementEnd(): boolean {
    return this.peek().kind === 'end' || this.#isNext('mark', ';');
  }

  /** Passes over the end of a statement, which has to stand next. */
  expectStatementEnd(expected = "';'"): void {
    if (!this.atStatementEnd()) throw this.syntaxError(expected);
    this.next();
  }

  /** Passes over whatever is left of a statement. */
  skipStatement(): void {
    while (!this.atStatementEnd()) this.next();
    this.next();
  }
}
