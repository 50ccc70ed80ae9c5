// Control plane. Shapes of JSON from files: plain functions that give the typed value, or the path where it is not what was expected. Called by
// the readers of ledgers and receipts.
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';

/** Where a value is not what was expected. */
export interface ShapeProblem {
  /** Such as `deliveries[3].bytes`; empty for the whole. */
  readonly path: string;
  readonly expected: string;
}

/** Reads a value that is found at `path`. */
export type Shape<T> = (value: unknown, path: string) => Either<ShapeProblem, T>;

/** What a shape reads. */
export type TypeOfShape<S> = S extends Shape<infer T> ? T : never;

const simple =
  <T>(expected: string, is: (value: unknown) => value is T): Shape<T> =>
  (value, path) =>
    is(value) ? right(value) : left({ path, expected });

/** Any text. */
export const text: Shape<string> = simple(
  'a text',
  (value): value is string => typeof value === 'string',
);

/** A text that a pattern describes. */
export const textLike = (pattern: RegExp, expected: string): Shape<string> =>
  simple(expected, (value): value is string => typeof value === 'string' && pattern.test(value));

/** A whole number from 0 that JavaScript holds exactly. */
export const count: Shape<number> = simple(
  'a whole number, 0 or more',
  (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
);

/** One of some texts. */
export const oneOf = <const T extends string>(...texts: readonly T[]): Shape<T> =>
  simple(texts.map((one) => JSON.stringify(one)).join(' or '), (value): value is T =>
    (texts as readonly unknown[]).includes(value),
  );

/** May be absent. */
export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value, path) =>
    value === undefined ? right(undefined) : shape(value, path);

/** A list with no more than `lengthMax` items. */
export const listOf =
  <T>(shape: Shape<T>, lengthMax: number): Shape<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) return left({ path, expected: 'a list' });
    if (value.length > lengthMax)
      return left({ path, expected: `no more than ${lengthMax} items` });
    const items: T[] = [];
    for (const [index, item] of value.entries()) {
      const read = shape(item, `${path}[${index}]`);
      if (isLeft(read)) return read;
      items.push(read.right);
    }
    return right(items);
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** An object of any keys, no more than `keysMax`. */
export const mapOf =
  <T>(shape: Shape<T>, keysMax: number): Shape<Readonly<Record<string, T>>> =>
  (value, path) => {
    if (!isObject(value)) return left({ path, expected: 'an object' });
    const entries: [string, T][] = [];
    for (const [key, item] of Object.entries(value)) {
      if (entries.length >= keysMax)
        return left({ path, expected: `no more than ${keysMax} keys` });
      const read = shape(item, below(path, key));
      if (isLeft(read)) return read;
      entries.push([key, read.right]);
    }
    // fromEntries defines keys, so `__proto__` is a key like any other
    return right(Object.fromEntries(entries));
  };

/** An object with these keys; others are passed over. */
export const objectOf =
  <S extends Readonly<Record<string, Shape<unknown>>>>(
    shapes: S,
  ): Shape<{ readonly [K in keyof S]: TypeOfShape<S[K]> }> =>
  (value, path) => {
    if (!isObject(value)) return left({ path, expected: 'an object' });
    const entries: [string, unknown][] = [];
    for (const [key, shape] of Object.entries(shapes)) {
      const read = shape(value[key], below(path, key));
      if (isLeft(read)) return read;
      entries.push([key, read.right]);
    }
    return right(Object.fromEntries(entries) as { readonly [K in keyof S]: TypeOfShape<S[K]> });
  };

/** What is wrong, in words. */
export const shapeProblemText = ({ path, expected }: ShapeProblem): string =>
  `${path === '' ? 'the whole' : path}: expected ${expected}`;
