import {
  type CqlType,
  comparableEncoder,
  comparatorOf,
  NATIVE_TYPES,
  type NativeName,
  typeString,
} from '@scamander/cql-types';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { types, valuesOf } from '../arbitrary-values.ts';
import { ASCENDING } from '../ascending.ts';
import { typeOf } from '../matrices.ts';

/** Counters have no form; NaNs stand elsewhere; elements of the empty type have neither form nor order. */
const NATIVES = (Object.keys(NATIVE_TYPES) as NativeName[]).filter(
  (name) => name !== 'counter' && name !== 'empty',
);

/** The form as a clustering of one value has it: a marker in front, and the byte of rows at the end. */
const componentForm = (type: CqlType, value: Uint8Array): Uint8Array => {
  const out: number[] = [0x40];
  const encode = comparableEncoder(type);
  if (encode === undefined) throw new Error(`no form of ${typeString(type)}`);
  if (!encode(out, value)) out[0] = type.kind === 'reversed' ? 0x41 : 0x3f;
  return Uint8Array.from([...out, 0x38]);
};

const order = (a: number): number => Math.sign(a) + 0;

const NANS = /^(7fc00000|7f800001|ffc0|7ff8|fff8|7ff0000000000001)/;

/** NaNs, and empty values inside others: where the forms are known to differ from the order. */
const standsElsewhere = (type: string, hex: string): boolean =>
  NANS.test(hex) || (type.startsWith('TupleType') && /^00000000(ffffffff)?$/.test(hex));

for (const { type, values } of ASCENDING) {
  if (comparableEncoder(typeOf(type)) === undefined) continue;
  test(`${type}: forms of known values in ascending order`, () => {
    const flat = values.flatMap((equal, rank) => [equal].flat().map((hex) => ({ hex, rank })));
    const forms = flat
      .filter(({ hex }) => !standsElsewhere(type, hex))
      .map(({ hex, rank }) => ({
        rank,
        hex,
        form: componentForm(typeOf(type), Buffer.from(hex, 'hex')),
      }));
    for (const a of forms)
      for (const b of forms) {
        const found = order(Buffer.compare(a.form, b.form));
        assert.is(found, order(a.rank - b.rank), `${type}: ${a.hex} and ${b.hex}`);
      }
  });
}

const isNumber = (name: NativeName): boolean => name !== 'float' && name !== 'double';

const sameOrder = (type: CqlType, a: Uint8Array, b: Uint8Array): void => {
  const found = order(Buffer.compare(componentForm(type, a), componentForm(type, b)));
  assert.is(found, order(comparatorOf(type)(a, b)), typeString(type));
};

test('forms order like values, for random types', () => {
  const natives = NATIVES.filter(isNumber);
  const cases = types({ natives, depth: 2, tops: true }).chain((type) => {
    const values = valuesOf(type, { empty: false });
    return fc.tuple(fc.constant(type), values, values);
  });
  fc.assert(
    fc.property(cases, ([type, a, b]) => sameOrder(type, a, b)),
    { numRuns: 2000, seed: 11 },
  );
});

const isNan = (value: Uint8Array): boolean => {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return Number.isNaN(value.length === 4 ? view.getFloat32(0) : view.getFloat64(0));
};

for (const name of NATIVES) {
  test(`forms of ${name} order like its values, also empty ones`, () => {
    const type: CqlType = { kind: 'native', name };
    const values = valuesOf(type, { empty: true }).filter(
      (value) => isNumber(name) || value.length === 0 || !isNan(value),
    );
    fc.assert(
      fc.property(values, values, (a, b) => {
        sameOrder(type, a, b);
        sameOrder({ kind: 'reversed', base: type }, a, b);
      }),
      { numRuns: 300, seed: 12 },
    );
  });
}

test('no form of counters, dynamic composites and classes that are not known', () => {
  for (const text of ['CounterColumnType', 'DynamicCompositeType(i=>Int32Type)', 'com.example.X'])
    for (const around of [text, `ReversedType(${text})`, `FrozenType(ListType(${text}))`])
      assert.is(comparableEncoder(typeOf(around)), undefined, around);
});

test.run();
