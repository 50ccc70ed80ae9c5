import { inspect } from 'node:util';
import { types } from 'cassandra-driver';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalValue } from '../../src/cql/canonical-value.ts';

const bytesOf = (...values: readonly unknown[]): string => {
  const parts: Buffer[] = [];
  const sink = { update: (data: string | Uint8Array) => parts.push(Buffer.from(data as string)) };
  for (const value of values) canonicalValue(sink, value);
  return Buffer.concat(parts).toString('hex');
};

/** Values as the driver decodes them; all of them differ. */
const DIFFERENT: readonly unknown[] = [
  null,
  '',
  'a',
  '1',
  1,
  -1,
  0.5,
  Number.NaN,
  1n,
  true,
  false,
  Buffer.from('a'),
  Buffer.alloc(0),
  new Date(1),
  new Date(2),
  types.Long.fromNumber(1),
  types.Long.fromString('9223372036854775807'),
  types.Integer.fromNumber(1),
  types.BigDecimal.fromString('1.0'),
  types.BigDecimal.fromString('1.00'),
  types.Uuid.fromString('00000000-0000-4000-8000-000000000001'),
  types.InetAddress.fromString('10.0.0.1'),
  types.LocalDate.fromString('2020-01-01'),
  types.LocalTime.fromString('01:02:03'),
  types.Duration.fromString('1mo3d'),
  [],
  ['a'],
  ['a', 'b'],
  [['a'], 'b'],
  [null],
  { a: 'b' },
  { a: 'c' },
  { b: 'b' },
  {},
  new types.Tuple('a', 'b'),
  new types.Tuple('a', null),
];

test('values that differ have different bytes', () => {
  const seen = new Map<string, unknown>();
  for (const value of DIFFERENT) {
    const bytes = bytesOf(value);
    assert.not.ok(seen.has(bytes), `${inspect(value)} and ${inspect(seen.get(bytes))}`);
    seen.set(bytes, value);
  }
});

test('values that are equal have the same bytes', () => {
  for (const [one, other] of [
    [types.Long.fromNumber(7), types.Long.fromString('7')],
    [new types.Tuple('a', 1), new types.Tuple('a', 1)],
    [{ a: [1, 'x'] }, { a: [1, 'x'] }],
    [null, undefined],
    [Buffer.from('ab'), new Uint8Array([97, 98])],
  ])
    assert.is(bytesOf(one), bytesOf(other));
});

test('values that stand side by side do not run together', () => {
  assert.is.not(bytesOf('ab', 'c'), bytesOf('a', 'bc'));
  assert.is.not(bytesOf(['a'], 'b'), bytesOf(['a', 'b']));
  assert.is.not(bytesOf(null, 'a'), bytesOf('a', null));
  assert.is.not(
    bytesOf(Buffer.from('a'), Buffer.alloc(0)),
    bytesOf(Buffer.alloc(0), Buffer.from('a')),
  );
});

test.run();
