// Control plane. What io-ts does not have for JSON from files: names that are words for people, lengths that meet their limit before any item
// is looked at, and objects of which only the known keys are taken. Called by the codecs of ledgers, locks and receipts.
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

const simple = <T>(expected: string, is: t.Is<T>): t.Type<T> =>
  new t.Type<T>(
    expected,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );

/** Any text. */
export const text: t.Type<string> = simple('a text', t.string.is);

/** A text that a pattern describes. */
export const textLike = (pattern: RegExp, expected: string): t.Type<string> =>
  simple(expected, (value): value is string => t.string.is(value) && pattern.test(value));

/** A whole number from 0 that JavaScript holds exactly. */
export const count: t.Type<number> = simple(
  'a whole number, 0 or more',
  (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
);

/** May be absent. Unlike a union it leaves no mark in the path of an error. */
export const optional = <T>(codec: t.Type<T>): t.Type<T | undefined> =>
  new t.Type<T | undefined>(
    codec.name,
    (value): value is T | undefined => value === undefined || codec.is(value),
    (value, context) =>
      value === undefined ? t.success(undefined) : codec.validate(value, context),
    t.identity,
  );

/** A list with no more than `lengthMax` items; it ends at the first that is wrong. */
export const boundedList = <T>(codec: t.Type<T>, lengthMax: number): t.Type<readonly T[]> =>
  new t.Type<readonly T[]>(
    'a list',
    (value): value is readonly T[] =>
      Array.isArray(value) && value.length <= lengthMax && value.every(codec.is),
    (value, context) => {
      if (!Array.isArray(value)) return t.failure(value, context);
      if (value.length > lengthMax)
        return t.failure(value, context, `no more than ${lengthMax} items`);
      const items: T[] = [];
      for (const [index, item] of value.entries()) {
        const read = codec.validate(item, t.appendContext(context, String(index), codec, item));
        if (isLeft(read)) return read;
        items.push(read.right);
      }
      return t.success(items);
    },
    t.identity,
  );

/** What {@link boundedMap} takes. */
export interface MapLimits {
  /** Of its keys. */
  readonly key: t.Type<string>;
  readonly keysMax: number;
}

/** An object of any keys that `key` knows, no more than `keysMax`; it ends at the first entry that is wrong. */
export const boundedMap = <T>(
  codec: t.Type<T>,
  { key: keyCodec, keysMax }: MapLimits,
): t.Type<Readonly<Record<string, T>>> =>
  new t.Type<Readonly<Record<string, T>>>(
    'an object',
    (value): value is Readonly<Record<string, T>> =>
      t.UnknownRecord.is(value) &&
      Object.keys(value).length <= keysMax &&
      Object.entries(value).every(([key, item]) => keyCodec.is(key) && codec.is(item)),
    (value, context) => {
      if (!t.UnknownRecord.is(value)) return t.failure(value, context);
      const keys = Object.keys(value);
      if (keys.length > keysMax) return t.failure(value, context, `no more than ${keysMax} keys`);
      const entries: [string, T][] = [];
      for (const key of keys) {
        if (!keyCodec.is(key))
          return t.failure(key, t.appendContext(context, JSON.stringify(key), keyCodec, key));
        const read = codec.validate(value[key], t.appendContext(context, key, codec, value[key]));
        if (isLeft(read)) return read;
        entries.push([key, read.right]);
      }
      // fromEntries defines keys, so `__proto__` is a key like any other
      return t.success(Object.fromEntries(entries));
    },
    t.identity,
  );

/**
 * An object with these keys; others are passed over. They are left out before io-ts sees the object: it copies what it changes by assignment, where
 * a `__proto__` from outside would lend the copy keys that it has not.
 */
export const known = <P extends t.Props>(
  props: P,
  name: string,
): t.Type<{ readonly [K in keyof P]: t.TypeOf<P[K]> }> => {
  type Known = { readonly [K in keyof P]: t.TypeOf<P[K]> };
  const keys = Object.keys(props);
  const type = t.type(props, name);
  return new t.Type<Known>(
    name,
    (value): value is Known => type.is(value),
    (value, context) => {
      if (!t.UnknownRecord.is(value)) return t.failure(value, context, 'an object');
      const taken: Record<string, unknown> = {};
      for (const key of keys) taken[key] = value[key];
      return type.validate(taken, context);
    },
    t.identity,
  );
};
