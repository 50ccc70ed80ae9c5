// Predicates as text: what they are, and where a text stops making sense.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ParsedPredicate, parseWhere } from '../../src/dump/where-parser.ts';

const good: readonly [string, readonly ParsedPredicate[]][] = [
  ['a = 1', [{ column: 'a', operator: '=', literals: ['1'] }]],
  ['A=1', [{ column: 'a', operator: '=', literals: ['1'] }]],
  ["\"A b\"!='it''s'", [{ column: 'A b', operator: '!=', literals: ["'it''s'"] }]],
  ['"say ""so""" <= 2', [{ column: 'say "so"', operator: '<=', literals: ['2'] }]],
  [
    "a >= -1.5 and b < 0xca AND c > 'and'",
    [
      { column: 'a', operator: '>=', literals: ['-1.5'] },
      { column: 'b', operator: '<', literals: ['0xca'] },
      { column: 'c', operator: '>', literals: ["'and'"] },
    ],
  ],
  ['a in (1,2 , 3)', [{ column: 'a', operator: 'IN', literals: ['1', '2', '3'] }]],
  [
    "a IN ('x, y', (1, ')'), {'k': [1]})",
    [{ column: 'a', operator: 'IN', literals: ["'x, y'", "(1, ')')", "{'k': [1]}"] }],
  ],
  ['a is null', [{ column: 'a', operator: 'IS NULL', literals: [] }]],
  ['a IS NOT NULL', [{ column: 'a', operator: 'IS NOT NULL', literals: [] }]],
  ["m = {'a': '}'}", [{ column: 'm', operator: '=', literals: ["{'a': '}'}"] }]],
  [
    't = 2021-01-01T00:00:00Z',
    [{ column: 't', operator: '=', literals: ['2021-01-01T00:00:00Z'] }],
  ],
];

for (const [text, expected] of good) {
  test(text, () => {
    assert.equal(parseWhere(text), { _tag: 'Right', right: expected });
  });
}

const bad: readonly [string, number, string][] = [
  ['', 0, 'a column name'],
  ['= 1', 0, 'a column name'],
  ['a', 1, 'one of != <= >= = < > IN IS'],
  ['a =', 3, 'a value'],
  ['a = 1 and', 9, 'a column name'],
  ['a = 1 or b = 2', 6, 'AND or the end'],
  ["a = 'x", 4, 'a closing quote'],
  ['a = [1', 6, ']'],
  ['a in 1', 5, '('],
  ['a in (1', 7, ') or a comma'],
  ['a is 1', 5, 'NULL'],
];

for (const [text, offset, expected] of bad) {
  test(`${text === '' ? 'nothing' : text}: expected ${expected}`, () => {
    assert.equal(parseWhere(text), {
      _tag: 'Left',
      left: { code: 'SCM_SELECT_SYNTAX', text, offset, expected },
    });
  });
}

test('a text that is too long, and too many predicates', () => {
  assert.is(parseWhere(`a = ${'1'.repeat(100_000)}`)._tag, 'Left');
  const many = Array.from({ length: 101 }, () => 'a = 1').join(' and ');
  assert.is(parseWhere(many)._tag, 'Left');
});

test('any text is parsed or refused, never thrown on', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(...'ab=<>!\'"(){}[],. isnulland'.split('')),
        maxLength: 40,
      }),
      (text) => {
        const parsed = parseWhere(text);
        if (parsed._tag === 'Left') assert.ok(parsed.left.code === 'SCM_SELECT_SYNTAX');
      },
    ),
  );
});

test.run();
