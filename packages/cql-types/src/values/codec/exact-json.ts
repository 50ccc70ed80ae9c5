// Data plane. JSON whose numbers keep their digits: JSON.parse rounds them to doubles, which would change bigints and decimals. Called by the
// encoders of values and by readers of JSON lines.
import { JSON_DEPTH_MAX, JSON_TEXT_LENGTH_MAX } from '../../limits.ts';
import { Mismatch } from '../mismatch.ts';

/** A number as it was written. Encoders take it wherever they take numbers. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What {@link parseExactJson} makes: numbers of up to 15 digits without a point are numbers, all others keep their text. */
export type ExactJson =
  | null
  | boolean
  | number
  | string
  | NumberText
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SHORT_INTEGER = /^(?:-?[1-9]\d{0,14}|0)$/;
const BLANK = /[ \t\n\r]*/y;

/** Characters of the text that an error shows from its place on. */
const CONTEXT_LENGTH = 40;

class JsonScanner {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #mismatch(expected: string): Mismatch {
    const rest = this.#text.slice(this.#at, this.#at + CONTEXT_LENGTH);
    return new Mismatch(
      `${expected} at character ${this.#at}`,
      rest === '' ? 'the end' : `"${rest}"`,
    );
  }

  #read(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #accept(character: string): boolean {
    this.#read(BLANK);
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  /** Index after the quote that ends the string at this place. */
  #stringEnd(): number {
    let at = this.#at + 1;
    for (;;) {
      const quote = this.#text.indexOf('"', at);
      if (quote < 0) throw this.#mismatch('the end of a string');
      let backslashes = 0;
      while (this.#text.charAt(quote - 1 - backslashes) === '\\') backslashes += 1;
      at = quote + 1;
      if (backslashes % 2 === 0) return at;
    }
  }

  #string(): string | undefined {
    if (this.#text.charAt(this.#at) !== '"') return undefined;
    const end = this.#stringEnd();
    try {
      const value = JSON.parse(this.#text.slice(this.#at, end)) as string;
      this.#at = end;
      return value;
    } catch {
      throw this.#mismatch('a string');
    }
  }

  #array(): ExactJson[] {
    const items: ExactJson[] = [];
    if (this.#accept(']')) return items;
    do items.push(this.value());
    while (this.#accept(','));
    if (!this.#accept(']')) throw this.#mismatch("',' or ']'");
    return items;
  }

  #object(): ExactJson {
    const entries: [string, ExactJson][] = [];
    if (this.#accept('}')) return {};
    do {
      this.#read(BLANK);
      const key = this.#string();
      if (key === undefined) throw this.#mismatch('a string');
      if (!this.#accept(':')) throw this.#mismatch("':'");
      entries.push([key, this.value()]);
    } while (this.#accept(','));
    if (!this.#accept('}')) throw this.#mismatch("',' or '}'");
    return Object.fromEntries(entries);
  }

  #nested<T>(parse: () => T): T {
    if (this.#depth >= JSON_DEPTH_MAX) throw this.#mismatch(`at most ${JSON_DEPTH_MAX} levels`);
    this.#depth += 1;
    const value = parse();
    this.#depth -= 1;
    return value;
  }

  value(): ExactJson {
    if (this.#accept('[')) return this.#nested(() => this.#array());
    if (this.#accept('{')) return this.#nested(() => this.#object());
    const string = this.#string();
    if (string !== undefined) return string;
    const number = this.#read(NUMBER);
    if (number !== undefined)
      return SHORT_INTEGER.test(number) ? Number(number) : new NumberText(number);
    const word = this.#read(WORD);
    if (word === undefined) throw this.#mismatch('a JSON value');
    return word === 'null' ? null : word === 'true';
  }

  end(): void {
    this.#read(BLANK);
    if (this.#at < this.#text.length) throw this.#mismatch('nothing more');
  }
}

/** The value of a JSON text; throws the encoders' private mismatch. */
export const readExactJson = (text: string): ExactJson => {
  if (text.length > JSON_TEXT_LENGTH_MAX)
    throw new Mismatch(`at most ${JSON_TEXT_LENGTH_MAX} characters of JSON`, `${text.length}`);
  const scanner = new JsonScanner(text);
  const value = scanner.value();
  scanner.end();
  return value;
};
