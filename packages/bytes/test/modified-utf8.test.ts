import {
  decodeModifiedUtf8,
  encodeModifiedUtf8,
  MalformedBytes,
  modifiedUtf8Length,
} from '@scamander/bytes';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from './hex.ts';

/** java.io.DataInput, "Modified UTF-8": NUL takes two bytes, a pair of surrogates six. */
const rows: readonly (readonly [string, string])[] = [
  ['', ''],
  ['Bulk Load', '42756c6b204c6f6164'],
  ['\0', 'c080'],
  ['\x01\x7f', '017f'],
  ['\x80', 'c280'],
  ['é', 'c3a9'],
  ['\u07ff', 'dfbf'],
  ['\u0800', 'e0a080'],
  ['€', 'e282ac'],
  ['😀', 'eda0bdedb880'],
  ['\ud83d', 'eda0bd'],
  ['\uffff', 'efbfbf'],
];

for (const [text, hex] of rows) {
  test(`${JSON.stringify(text)} is ${hex}`, () => {
    assert.is(toHex(encodeModifiedUtf8(text)), hex);
    assert.is(modifiedUtf8Length(text), hex.length / 2);
    assert.is(decodeModifiedUtf8(fromHex(hex)), text);
  });
}

test('reads what DataInputStream.readUTF reads', () => {
  assert.is(decodeModifiedUtf8(fromHex('00')), '\0');
  assert.is(decodeModifiedUtf8(fromHex('c181')), 'A');
});

test('refuses what DataInputStream.readUTF refuses, and says where', () => {
  const bad: [string, number][] = [
    ['80', 0],
    ['61bf', 1],
    ['f09f9880', 0],
    ['c3', 1],
    ['61c328', 2],
    ['e282', 2],
    ['e2', 1],
    ['e22882', 1],
    ['e28228', 2],
  ];
  for (const [hex, offset] of bad)
    assert.throws(
      () => decodeModifiedUtf8(fromHex(hex)),
      (error: unknown) => error instanceof MalformedBytes && error.offset === offset,
    );
});

test('every string of UTF-16 code units comes back', () => {
  const text = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 })
    .map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(text, (value) => {
      const bytes = encodeModifiedUtf8(value);
      assert.is(bytes.length, modifiedUtf8Length(value));
      assert.is(decodeModifiedUtf8(bytes), value);
    }),
  );
});

test.run();
