import {
  type CqlType,
  cqlName,
  nativeType,
  parseCqlName,
  resolveUdts,
  sameType,
  TYPE_DEPTH_MAX,
  type UdtType,
} from '@scamander/cql-types';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { typeOf } from './matrices.ts';

const int = nativeType('int');
const text = nativeType('text');

const udts = (): ReadonlyMap<string, UdtType> => {
  const resolved = resolveUdts('ks', [
    { name: 'geo', fieldNames: ['lat', 'home'], fieldTypes: ['double', 'frozen<addr>'] },
    { name: 'addr', fieldNames: ['tags'], fieldTypes: ['frozen<set<text>>'] },
    { name: 'Odd "one"', fieldNames: ['x'], fieldTypes: ['int'] },
  ]);
  if (isLeft(resolved)) throw resolved.left;
  return resolved.right;
};

const addr = (frozen: boolean): UdtType => ({
  kind: 'udt',
  keyspace: 'ks',
  name: 'addr',
  fields: [{ name: 'tags', type: { kind: 'set', element: text, frozen: true } }],
  frozen,
});

const fromCql = (name: string): CqlType => {
  const type = parseCqlName(name, udts());
  if (isLeft(type)) throw type.left;
  return type.right;
};

/** CQL text and type. */
const rows: readonly (readonly [string, CqlType])[] = [
  ['int', int],
  ['counter', nativeType('counter')],
  ['empty', nativeType('empty')],
  ['list<text>', { kind: 'list', element: text, frozen: false }],
  ['frozen<list<int>>', { kind: 'list', element: int, frozen: true }],
  ['map<int, text>', { kind: 'map', key: int, value: text, frozen: false }],
  [
    'frozen<map<text, frozen<list<int>>>>',
    { kind: 'map', key: text, value: { kind: 'list', element: int, frozen: true }, frozen: true },
  ],
  [
    'list<frozen<set<int>>>',
    { kind: 'list', element: { kind: 'set', element: int, frozen: true }, frozen: false },
  ],
  ['frozen<tuple<int, text>>', { kind: 'tuple', components: [int, text] }],
  ['vector<float, 3>', { kind: 'vector', element: nativeType('float'), dimension: 3 }],
  ['addr', addr(false)],
  ['frozen<addr>', addr(true)],
  ['list<frozen<addr>>', { kind: 'list', element: addr(true), frozen: false }],
  [
    'frozen<"Odd ""one""">',
    {
      kind: 'udt',
      keyspace: 'ks',
      name: 'Odd "one"',
      fields: [{ name: 'x', type: int }],
      frozen: true,
    },
  ],
  [
    "'org.apache.cassandra.db.marshal.CompositeType(org.apache.cassandra.db.marshal.Int32Type)'",
    { kind: 'composite', components: [int] },
  ],
  ["'org.apache.cassandra.db.marshal.LexicalUUIDType'", nativeType('lexicalUuid')],
  [
    "'com.example.Point(1)'",
    { kind: 'custom', className: 'com.example.Point', argumentsText: '1' },
  ],
];

for (const [name, type] of rows) {
  test(name, () => {
    assert.equal(fromCql(name), type);
    assert.is(cqlName(type), name);
  });
}

test('as people write them', () => {
  assert.equal(fromCql('VARCHAR'), text);
  assert.equal(fromCql(' map < Int,text > '), fromCql('map<int, text>'));
  assert.equal(fromCql('tuple<int, text>'), fromCql('frozen<tuple<int, text>>'));
  assert.equal(fromCql('ks.addr'), addr(false));
  assert.equal(fromCql('frozen<ks."addr">'), addr(true));
  assert.equal(fromCql('list<addr>'), fromCql('list<frozen<addr>>'));
});

test('what stands in a frozen user type is frozen', () => {
  const resolved = resolveUdts('ks', [{ name: 't', fieldNames: ['a'], fieldTypes: ['list<int>'] }]);
  if (isLeft(resolved)) throw resolved.left;
  const type = parseCqlName('frozen<t>', resolved.right);
  assert.ok(isRight(type));
  assert.ok(sameType(type.right, typeOf('FrozenType(UserType(ks,74,61:ListType(Int32Type)))')));
});

test('names of types that CQL shows under another one', () => {
  assert.is(cqlName(typeOf('ReversedType(Int32Type)')), 'int');
  assert.is(cqlName(typeOf('DateType')), 'timestamp');
  assert.is(cqlName(typeOf('LegacyTimeUUIDType')), 'timeuuid');
});

const refused: readonly (readonly [string, string])[] = [
  ['', 'SCM_TYPE_SYNTAX'],
  ['list', 'SCM_TYPE_UNKNOWN'],
  ['list<>', 'SCM_TYPE_SYNTAX'],
  ['list<int', 'SCM_TYPE_SYNTAX'],
  ['list<int>>', 'SCM_TYPE_SYNTAX'],
  ['map<int>', 'SCM_TYPE_SYNTAX'],
  ['vector<int>', 'SCM_TYPE_SYNTAX'],
  ['vector<int, 0>', 'SCM_TYPE_SYNTAX'],
  ['addr<int>', 'SCM_TYPE_SYNTAX'],
  ['nowhere', 'SCM_TYPE_UNKNOWN'],
  ['other.addr', 'SCM_TYPE_UNKNOWN'],
  ['"INT"', 'SCM_TYPE_UNKNOWN'],
  ["'ListType('", 'SCM_TYPE_SYNTAX'],
  [`${'list<'.repeat(TYPE_DEPTH_MAX + 1)}int`, 'SCM_TYPE_TOO_DEEP'],
];

for (const [name, code] of refused) {
  test(`"${name.slice(0, 40)}" is refused: ${code}`, () => {
    const type = parseCqlName(name, udts());
    assert.ok(isLeft(type));
    assert.is(type.left.code, code);
  });
}

test('user types in any order, nested, and none that contains itself', () => {
  assert.equal([...udts().keys()].sort(), ['Odd "one"', 'addr', 'geo']);
  assert.equal(udts().get('geo')?.fields[1]?.type, addr(true));
  const cycle = resolveUdts('ks', [
    { name: 'a', fieldNames: ['b'], fieldTypes: ['frozen<b>'] },
    { name: 'b', fieldNames: ['a'], fieldTypes: ['frozen<a>'] },
  ]);
  assert.ok(isLeft(cycle));
  assert.is(cycle.left.code, 'SCM_TYPE_CYCLE');
  const missing = resolveUdts('ks', [{ name: 'a', fieldNames: ['b'], fieldTypes: ['frozen<b>'] }]);
  assert.ok(isLeft(missing));
  assert.is(missing.left.code, 'SCM_TYPE_UNKNOWN');
});

test.run();
