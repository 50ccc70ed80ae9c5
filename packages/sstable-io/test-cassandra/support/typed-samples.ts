// Control plane. Values of every CQL type in the forms in which rows are written: as a CQL literal, as JavaScript has it, and as INSERT JSON takes it.
// Data only; called by cql-writer.test.ts.
import type { CqlValue } from '@scamander/cql-types';

/** One value. */
export interface SampleValue {
  readonly literal: string;
  readonly typed: CqlValue;
  /** The text of a JSON value. */
  readonly json: string;
}

/** One type with some of its values. */
export interface SampleType {
  readonly cql: string;
  /** Whether it may be a clustering column. */
  readonly isOrdered: boolean;
  readonly values: readonly SampleValue[];
}

const value = (literal: string, typed: CqlValue, json: string): SampleValue => ({
  literal,
  typed,
  json,
});
/** Written alike in all forms but JavaScript's. */
const same = (text: string, typed: CqlValue): SampleValue => value(text, typed, text);
/** Quoted in CQL and JSON. */
const quoted = (text: string, typed: CqlValue = text): SampleValue =>
  value(`'${text.replaceAll("'", "''")}'`, typed, JSON.stringify(text));
/** Bare in CQL, a string in JSON. */
const bare = (text: string, typed: CqlValue = text): SampleValue =>
  value(text, typed, JSON.stringify(text));
const type = (cql: string, values: readonly SampleValue[], isOrdered = true): SampleType => ({
  cql,
  isOrdered,
  values,
});

const whole = (cql: string, ...numbers: readonly number[]): SampleType =>
  type(
    cql,
    numbers.map((number) => same(String(number), number)),
  );
const large = (cql: string, ...numbers: readonly bigint[]): SampleType =>
  type(
    cql,
    numbers.map((number) => same(String(number), number)),
  );
const floating = (cql: string, ...numbers: readonly number[]): SampleType =>
  type(
    cql,
    [
      ...numbers.map((number) => same(Object.is(number, -0) ? '-0.0' : String(number), number)),
      value('NaN', Number.NaN, '"NaN"'),
      value('-Infinity', Number.NEGATIVE_INFINITY, '"-Infinity"'),
    ],
    false,
  );
const bytes = (hex: string): SampleValue =>
  value(`0x${hex}`, new Uint8Array(Buffer.from(hex, 'hex')), `"0x${hex}"`);

const natives: readonly SampleType[] = [
  type('ascii', [quoted(''), quoted("it's"), quoted('a "b" {c}')]),
  type('text', [quoted(''), quoted('zwölf 十二 🂡'), quoted('null'), quoted("'")]),
  type('blob', [bytes(''), bytes('00ff10'), bytes('abcdef')]),
  type('boolean', [same('true', true), same('false', false)]),
  whole('tinyint', 0, -128, 127),
  whole('smallint', -1, -32768, 32767),
  whole('int', 0, -2147483648, 2147483647),
  large('bigint', 0n, -9223372036854775808n, 9223372036854775807n, 9007199254740993n),
  large('varint', 0n, -129n, 128n, 123456789012345678901234567890n),
  // Cassandra takes numbers of JSON for doubles, we keep their digits: as strings they are the same to both
  type(
    'decimal',
    ['0', '-1.50', '0.000', '12345678901234567890.123456789', '1E+10'].map((text) => bare(text)),
  ),
  floating('float', 0, -0, 1.5, -3.4028234663852886e38, 1e-45),
  floating('double', 0, -0, 0.1, 1.7976931348623157e308, 5e-324),
  type('timestamp', [
    // numbers that fit into 32 bits are none of JSON's timestamps
    value('0', 0n, '"1970-01-01T00:00:00Z"'),
    value('1583020799999', 1583020799999n, '1583020799999'),
    value("'2020-02-29T23:59:59.999Z'", 1583020799999n, '"2020-02-29 23:59:59.999Z"'),
    value('-1', -1n, '"1969-12-31 23:59:59.999Z"'),
    value("'1969-12-31 00:00+0100'", -90000000n, '"1969-12-31 00:00+0100"'),
  ]),
  type('date', [
    quoted('1970-01-01'),
    quoted('2024-02-29'),
    quoted('1969-12-31'),
    quoted('0001-01-01'),
  ]),
  type('time', [
    quoted('00:00:00', 0n),
    quoted('23:59:59.999999999', 86399999999999n),
    quoted('01:02:03.000000004', 3723000000004n),
  ]),
  type('uuid', [
    bare('00000000-0000-4000-8000-000000000001'),
    bare('ffffffff-ffff-4fff-bfff-ffffffffffff'),
  ]),
  type('timeuuid', [
    bare('5ca3a000-0000-11ee-8000-000000000001'),
    bare('5ca3a000-0000-11ee-7fff-000000000001'),
  ]),
  type('inet', [quoted('127.0.0.1'), quoted('fe80::1'), quoted('::'), quoted('255.255.255.255')]),
  type(
    'duration',
    [
      bare('1mo2d3ns', { months: 1, days: 2, nanoseconds: 3n }),
      bare('-1y2w5h', { months: -12, days: -14, nanoseconds: -18_000_000_000_000n }),
      bare('P1Y2M3DT4H5M6S', { months: 14, days: 3, nanoseconds: 14_706_000_000_000n }),
      bare('12h30m1s500ms7us', { months: 0, days: 0, nanoseconds: 45_001_500_007_000n }),
    ],
    false,
  ),
];

const frozen: readonly SampleType[] = [
  type('frozen<list<int>>', [same('[1, -2, 3]', [1, -2, 3]), same('[]', [])]),
  type('frozen<set<text>>', [
    value("{'b', 'a', 'ä'}", new Set(['b', 'a', 'ä']), '["b", "a", "ä"]'),
    value('{}', new Set(), '[]'),
  ]),
  type('frozen<map<int, frozen<list<text>>>>', [
    value(
      "{2: ['x', 'y'], -1: []}",
      new Map<CqlValue, CqlValue>([
        [2, ['x', 'y']],
        [-1, []],
      ]),
      '{"2": ["x", "y"], "-1": []}',
    ),
  ]),
  type('frozen<tuple<int, text, frozen<set<int>>>>', [
    value("(1, 'x', {2, 1})", [1, 'x', new Set([2, 1])], '[1, "x", [2, 1]]'),
    value("(null, 'x', null)", [null, 'x', null], '[null, "x", null]'),
  ]),
  type('frozen<place>', [
    value(
      "{street: 'Any', \"No\": 7, tags: {'t'}}",
      { street: 'Any', No: 7, tags: new Set(['t']) },
      '{"street": "Any", "\\"No\\"": 7, "tags": ["t"]}',
    ),
    value(
      '{street: null, tags: {}}',
      { street: null, tags: new Set() },
      '{"street": null, "tags": []}',
    ),
  ]),
];

const vectors: readonly SampleType[] = [
  type('vector<float, 3>', [same('[0.5, -1.0, 2.25]', [0.5, -1, 2.25])], false),
  type('vector<text, 2>', [value("['a', 'bc']", ['a', 'bc'], '["a", "bc"]')], false),
];

/** The user type that samples need. */
export const createPlace = (keyspace: string): string =>
  `CREATE TYPE ${keyspace}.place (street text, "No" int, tags frozen<set<text>>)`;

/** All types of a release; vectors came with 5.0. */
export const sampleTypes = (hasVectors: boolean): readonly SampleType[] => [
  ...natives,
  ...frozen,
  ...(hasVectors ? vectors : []),
];

/** Collections and user types whose elements are cells of their own. */
export const manyCells: readonly SampleType[] = [
  type('list<int>', [same('[3, 1, 3]', [3, 1, 3]), same('[]', [])], false),
  type(
    'set<timestamp>',
    [
      value(
        "{'2020-01-01T00:00:00Z', 0}",
        new Set([1577836800000n, 0n]),
        '["2020-01-01T00:00:00Z", "1970-01-01T00:00:00Z"]',
      ),
    ],
    false,
  ),
  type(
    'map<text, frozen<list<int>>>',
    [
      value(
        "{'b': [1], 'a': []}",
        new Map<CqlValue, CqlValue>([
          ['b', [1]],
          ['a', []],
        ]),
        '{"b": [1], "a": []}',
      ),
    ],
    false,
  ),
  type(
    'place',
    [
      value(
        "{street: 'Any', \"No\": 7, tags: {'t'}}",
        { street: 'Any', No: 7, tags: new Set(['t']) },
        '{"street": "Any", "\\"No\\"": 7, "tags": ["t"]}',
      ),
      value("{street: 'Any'}", { street: 'Any' }, '{"street": "Any"}'),
    ],
    false,
  ),
];
