// Doubles of a dump, which mostly do not go through the printer of general use, against that printer.
import { jsonOfValue, nativeType } from '@scamander/cql-types';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TextBuffer } from '../../src/dump/text-buffer.ts';
import { jsonValueWriter } from '../../src/dump/value-writers.ts';

const type = nativeType('double');
const write = jsonValueWriter(type);

const bytesOf = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
};

const printed = (value: Uint8Array): string => {
  const out = new TextBuffer();
  write(out, value);
  return Buffer.from(out.take()).toString('latin1');
};

/** Double#toString of Java. */
const known: readonly [number, string][] = [
  [0.001, '0.001'],
  [0.0015, '0.0015'],
  [0.05, '0.05'],
  [0.1, '0.1'],
  [-0.25, '-0.25'],
  [1.5, '1.5'],
  [-728.598970221364, '-728.598970221364'],
  [1_234_567.890625, '1234567.890625'],
  [9_999_999.999999998, '9999999.999999998'],
  [1e7, '1.0E7'],
  [0.000999, '9.99E-4'],
];

for (const [value, text] of known)
  test(`${text}`, () => {
    assert.is(printed(bytesOf(value)), text);
  });

test('any double, and many between a thousandth and ten million', () => {
  const near = fc
    .tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -4, max: 8 }))
    .map(([digits, exponent]) => digits * 10 ** exponent);
  const short = fc
    .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 8 }))
    .map(([digits, places]) => digits / 10 ** places);
  fc.assert(
    fc.property(fc.oneof(fc.double(), near, short), (value) => {
      assert.is(printed(bytesOf(value)), jsonOfValue(type, bytesOf(value)));
    }),
    { numRuns: 5_000 },
  );
});

test('a value of another length is left to the printer', () => {
  assert.is(printed(new Uint8Array(0)), jsonOfValue(type, new Uint8Array(0)));
});

test.run();
