import {
  type CqlType,
  comparatorOf,
  decodeValue,
  encodeJson,
  encodeText,
  encodeValue,
  jsonOfValue,
  NATIVE_TYPES,
  type NativeName,
  nativeType,
  parseExactJson,
  textOfValue,
  typeString,
  type ValueError,
} from '@scamander/cql-types';
import fc from 'fast-check';
import type { Either } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { types, valuesOf } from '../arbitrary-values.ts';

const NATIVES = Object.keys(NATIVE_TYPES) as NativeName[];

const rightOf = <T>(result: Either<ValueError, T>): T => {
  if (result._tag === 'Left') throw result.left;
  return result.right;
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const withValues = (
  natives: readonly NativeName[],
  empty: boolean,
): fc.Arbitrary<[CqlType, Uint8Array]> =>
  types({ natives, depth: 2, tops: true }).chain((type) =>
    fc.tuple(fc.constant(type), valuesOf(type, { empty })),
  );

test('what is decoded is encoded to the same bytes', () => {
  // counters cannot be encoded, vectors of nothing have no elements
  const natives = NATIVES.filter((name) => name !== 'counter' && name !== 'empty');
  fc.assert(
    fc.property(withValues(natives, true), ([type, bytes]) => {
      const value = rightOf(decodeValue(type, bytes));
      assert.is(hexOf(rightOf(encodeValue(type, value))), hexOf(bytes), typeString(type));
    }),
    { numRuns: 3000, seed: 21 },
  );
});

/** Types whose JSON says all: no NaN and infinities, years before the first, IPv4 addresses as IPv6. */
const JSON_NATIVES = NATIVES.filter(
  (name) =>
    !['counter', 'empty', 'float', 'double', 'timestamp', 'legacyDate', 'inet'].includes(name),
);

test('what is printed as JSON is encoded to the same bytes', () => {
  fc.assert(
    fc.property(withValues(JSON_NATIVES, false), ([type, bytes]) => {
      if (type.kind === 'composite') return;
      const json = jsonOfValue(type, bytes);
      JSON.parse(json);
      const encoded = rightOf(encodeJson(type, rightOf(parseExactJson(json))));
      assert.is(comparatorOf(type)(encoded, bytes), 0, `${typeString(type)} ${json}`);
      if (type.kind !== 'tuple') assert.is(jsonOfValue(type, encoded), json);
    }),
    { numRuns: 3000, seed: 22 },
  );
});

const LOSSY_TEXT: readonly NativeName[] = ['counter', 'empty', 'timestamp', 'legacyDate', 'inet'];

for (const name of NATIVES.filter((one) => !LOSSY_TEXT.includes(one))) {
  test(`${name}: its plain text is encoded to the same bytes`, () => {
    const type = nativeType(name);
    fc.assert(
      fc.property(valuesOf(type, { empty: true }), (bytes) => {
        const text = textOfValue(type, bytes);
        assert.is(hexOf(rightOf(encodeText(type, text))), hexOf(bytes), text);
      }),
      { numRuns: 300, seed: 23 },
    );
  });
}

test('composites as text are encoded to the same bytes', () => {
  const natives = JSON_NATIVES.filter((name) => name !== 'duration');
  const cases = fc
    .array(fc.constantFrom(...natives).map(nativeType), { minLength: 1, maxLength: 3 })
    .chain((components) => {
      const type: CqlType = { kind: 'composite', components };
      return fc.tuple(fc.constant(type), valuesOf(type, { empty: false }));
    });
  fc.assert(
    fc.property(cases, ([type, bytes]) => {
      const text = textOfValue(type, bytes);
      // a composite of one empty text has the same text as an empty composite
      if (text === '') return;
      assert.is(
        hexOf(rightOf(encodeText(type, text))),
        hexOf(bytes),
        `${typeString(type)} ${text}`,
      );
    }),
    { numRuns: 1000, seed: 24 },
  );
});

test('any bytes are printed, as JSON that a parser reads', () => {
  const cases = types({ natives: NATIVES, depth: 2, tops: true }).chain((type) =>
    fc.tuple(fc.constant(type), fc.uint8Array({ maxLength: 40, max: 20 })),
  );
  fc.assert(
    fc.property(cases, ([type, bytes]) => {
      assert.type(textOfValue(type, bytes), 'string');
      JSON.parse(jsonOfValue(type, bytes));
      const decoded = decodeValue(type, bytes);
      if (decoded._tag === 'Left') assert.is(decoded.left.code, 'SCM_VALUE_MALFORMED');
    }),
    { numRuns: 3000, seed: 25 },
  );
});

test('anything at all is encoded or refused with its place', () => {
  const cases = fc.tuple(types({ natives: NATIVES, depth: 2, tops: true }), fc.anything());
  fc.assert(
    fc.property(cases, ([type, value]) => {
      for (const result of [encodeJson(type, value), encodeValue(type, value as never)])
        if (result._tag === 'Left') assert.match(result.left.code, /^SCM_VALUE_/);
      if (typeof value === 'string') encodeText(type, value);
    }),
    { numRuns: 3000, seed: 26 },
  );
});

test.run();
