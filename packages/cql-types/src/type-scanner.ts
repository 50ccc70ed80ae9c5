// Control plane. The tokens that both grammars of types are made of, over one text. Called by the two parsers of this package, which let
// its TypeStringError fly to their edge and return it there.
import { TypeStringError } from './errors.ts';
import { TYPE_DEPTH_MAX, TYPE_TEXT_LENGTH_MAX } from './limits.ts';

/** Characters of the text that an error shows on each side of its place. */
const CONTEXT_LENGTH = 100;

/** A place in a type's text. */
export class TypeScanner {
  readonly text: string;
  #offset = 0;
  #depth = 0;

  constructor(text: string) {
    if (text.length > TYPE_TEXT_LENGTH_MAX)
      throw new TypeStringError({
        code: 'SCM_TYPE_TOO_LONG',
        length: text.length,
        limit: TYPE_TEXT_LENGTH_MAX,
      });
    this.text = text;
  }

  get offset(): number {
    return this.#offset;
  }

  #context(): string {
    const from = Math.max(0, this.#offset - CONTEXT_LENGTH);
    return this.text.slice(from, this.#offset + CONTEXT_LENGTH);
  }

  /** The error that says what should stand here. */
  syntaxError(expected: string): TypeStringError {
    const character = this.text[this.#offset];
    return new TypeStringError({
      code: 'SCM_TYPE_SYNTAX',
      text: this.#context(),
      offset: this.#offset,
      expected,
      found: character === undefined ? 'the end' : `'${character}'`,
    });
  }

  /** The error that says that a name means nothing. */
  unknown(name: string): TypeStringError {
    return new TypeStringError({ code: 'SCM_TYPE_UNKNOWN', text: this.#context(), name });
  }

  /** Runs a parser one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.#depth >= TYPE_DEPTH_MAX)
      throw new TypeStringError({
        code: 'SCM_TYPE_TOO_DEEP',
        text: this.#context(),
        offset: this.#offset,
        limit: TYPE_DEPTH_MAX,
      });
    this.#depth += 1;
    const value = parse();
    this.#depth -= 1;
    return value;
  }

  skipBlank(): void {
    while (/[ \t\n]/.test(this.text.charAt(this.#offset))) this.#offset += 1;
  }

  /** True when nothing but blanks is left. */
  atEnd(): boolean {
    this.skipBlank();
    return this.#offset >= this.text.length;
  }

  /** Passes over a token where it stands next (after blanks). */
  accept(token: string): boolean {
    this.skipBlank();
    if (!this.text.startsWith(token, this.#offset)) return false;
    this.#offset += token.length;
    return true;
  }

  /** Passes over a token that has to stand next. */
  expect(token: string): void {
    if (!this.accept(token)) throw this.syntaxError(`'${token}'`);
  }

  /** The text that a sticky pattern matches here (after blanks); `what` is for the error when it does not. */
  read(pattern: RegExp, what: string): string {
    this.skipBlank();
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || found === '') throw this.syntaxError(what);
    this.#offset += found.length;
    return found;
  }

  /** Everything up to the parenthesis that closes the one just passed over, which is passed over too. */
  readBalanced(): string {
    const from = this.#offset;
    for (let open = 1; ; this.#offset++) {
      const character = this.text[this.#offset];
      if (character === undefined) throw this.syntaxError("')'");
      if (character === '(') open += 1;
      if (character === ')') open -= 1;
      if (open === 0) break;
    }
    this.#offset += 1;
    return this.text.slice(from, this.#offset - 1);
  }
}
