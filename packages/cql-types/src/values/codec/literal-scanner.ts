// Data plane. The tokens of CQL literals over one text. Called by the encoder of texts; throws its private mismatch.
import { Mismatch } from '../mismatch.ts';

/** Characters of the text that an error shows from its place on. */
const CONTEXT_LENGTH = 40;

const BARE = /[^\s,:[\]{}()'"]+/y;
const STRING = /'((?:[^']|'')*)'/y;
const NULL = /null(?![^\s,:[\]{}()'"])/iy;
const QUOTED_NAME = /"((?:[^"]|"")*)"/y;

/** A place in a literal. */
export class LiteralScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The mismatch that says what should stand here. */
  mismatch(expected: string): Mismatch {
    const rest = this.#text.slice(this.#at, this.#at + CONTEXT_LENGTH);
    const found = rest === '' ? 'the end' : `"${rest}"`;
    return new Mismatch(`${expected} at character ${this.#at}`, found);
  }

  #skipBlank(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #match(pattern: RegExp): string | undefined {
    this.#skipBlank();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found[1] ?? found[0];
  }

  /** Passes over a character where it stands next. */
  accept(character: string): boolean {
    this.#skipBlank();
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  expect(character: string): void {
    if (!this.accept(character)) throw this.mismatch(`'${character}'`);
  }

  /** What stands between single quotes, of which doubled ones are single. */
  string(): string | undefined {
    return this.#match(STRING)?.replaceAll("''", "'");
  }

  /** A word: a number, a UUID, hex digits, a duration, true, null. */
  word(): string | undefined {
    return this.#match(BARE);
  }

  /** Passes over the word null where it stands next. */
  acceptNull(): boolean {
    return this.#match(NULL) !== undefined;
  }

  /** A name: in double quotes as it is, else in lower case. */
  name(): string | undefined {
    return this.#match(QUOTED_NAME)?.replaceAll('""', '"') ?? this.word()?.toLowerCase();
  }

  expectEnd(): void {
    this.#skipBlank();
    if (this.#at < this.#text.length) throw this.mismatch('nothing more');
  }
}
