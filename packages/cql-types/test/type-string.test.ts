import {
  type CqlType,
  MARSHAL_PACKAGE,
  NATIVE_TYPES,
  type NativeName,
  nativeType,
  parseType,
  sameType,
  TYPE_DEPTH_MAX,
  TYPE_TEXT_LENGTH_MAX,
  typeString,
} from '@scamander/cql-types';
import { sharedTest } from '@scamander-tools/testing';
import { isLeft } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readMatrices, releases, typeOf } from './matrices.ts';

const int = nativeType('int');
const text = nativeType('text');
const udt = (frozen: boolean, type: CqlType = int): CqlType => ({
  kind: 'udt',
  keyspace: 'ks',
  name: 't',
  fields: [{ name: 'a', type }],
  frozen,
});
const list = (element: CqlType, frozen: boolean): CqlType => ({ kind: 'list', element, frozen });

/** String (class names without their package), type, and the canonical string where it is another one (spec: sstable-data §7). */
const rows: readonly (readonly [string, CqlType, string?])[] = [
  ['', nativeType('blob'), 'BytesType'],
  [' \n\t', nativeType('blob'), 'BytesType'],
  ['Int32Type', int],
  ['  Int32Type ', int, 'Int32Type'],
  ['Int32Type()', int, 'Int32Type'],
  ['Int32Type(reversed=true)', { kind: 'reversed', base: int }, 'ReversedType(Int32Type)'],
  ['Int32Type ( reversed )', { kind: 'reversed', base: int }, 'ReversedType(Int32Type)'],
  ['Int32Type(reversed=false, other=1)', int, 'Int32Type'],
  ['ReversedType(Int32Type)', { kind: 'reversed', base: int }],
  ['ListType(Int32Type)', list(int, false)],
  ['ListType ( Int32Type )', list(int, false), 'ListType(Int32Type)'],
  ['FrozenType(ListType(Int32Type))', list(int, true)],
  ['FrozenType(Int32Type)', int, 'Int32Type'],
  ['SetType(UTF8Type)', { kind: 'set', element: text, frozen: false }],
  ['MapType(UTF8Type,Int32Type)', { kind: 'map', key: text, value: int, frozen: false }],
  ['FrozenType(ListType(ListType(Int32Type)))', list(list(int, true), true)],
  ['ListType(FrozenType(ListType(Int32Type)))', list(list(int, true), false)],
  [
    'ListType(ListType(Int32Type))',
    list(list(int, true), false),
    'ListType(FrozenType(ListType(Int32Type)))',
  ],
  [
    'FrozenType(ListType(FrozenType(ListType(Int32Type))))',
    list(list(int, true), true),
    'FrozenType(ListType(ListType(Int32Type)))',
  ],
  ['TupleType(Int32Type,UTF8Type)', { kind: 'tuple', components: [int, text] }],
  [
    'FrozenType(TupleType(Int32Type,UTF8Type))',
    { kind: 'tuple', components: [int, text] },
    'TupleType(Int32Type,UTF8Type)',
  ],
  [
    'TupleType(FrozenType(ListType(Int32Type)))',
    { kind: 'tuple', components: [list(int, true)] },
    'TupleType(ListType(Int32Type))',
  ],
  ['UserType(ks,74,61:Int32Type)', udt(false)],
  ['FrozenType(UserType(ks,74,61:Int32Type))', udt(true)],
  ['UserType(ks,74,61:ListType(Int32Type))', udt(false, list(int, false))],
  ['UserType(ks,74,61:FrozenType(ListType(Int32Type)))', udt(false, list(int, true))],
  ['FrozenType(UserType(ks,74,61:ListType(Int32Type)))', udt(true, list(int, true))],
  [
    'MapType(UTF8Type,FrozenType(UserType(ks,74,61:Int32Type)))',
    { kind: 'map', key: text, value: udt(true), frozen: false },
  ],
  [
    'UserType( ks , C3A9 )',
    { kind: 'udt', keyspace: 'ks', name: 'é', fields: [], frozen: false },
    'UserType(ks,c3a9)',
  ],
  ['VectorType(FloatType , 3)', { kind: 'vector', element: nativeType('float'), dimension: 3 }],
  [
    'VectorType(Int32Type,2)',
    { kind: 'vector', element: int, dimension: 2 },
    'VectorType(Int32Type , 2)',
  ],
  [
    'VectorType(FrozenType(ListType(Int32Type)) , 2)',
    { kind: 'vector', element: list(int, true), dimension: 2 },
  ],
  ['CompositeType(Int32Type,UTF8Type)', { kind: 'composite', components: [int, text] }],
  [
    'DynamicCompositeType(b=>UTF8Type,a=>Int32Type)',
    {
      kind: 'dynamicComposite',
      aliases: [
        { alias: 'a', type: int },
        { alias: 'b', type: text },
      ],
    },
    'DynamicCompositeType(a=>Int32Type,b=>UTF8Type)',
  ],
  [
    'PartitionerDefinedOrder(org.apache.cassandra.dht.Murmur3Partitioner)',
    {
      kind: 'partitionerOrder',
      partitionerClass: 'org.apache.cassandra.dht.Murmur3Partitioner',
      base: undefined,
    },
  ],
  [
    'PartitionerDefinedOrder(org.apache.cassandra.dht.Murmur3Partitioner:Int32Type)',
    {
      kind: 'partitionerOrder',
      partitionerClass: 'org.apache.cassandra.dht.Murmur3Partitioner',
      base: int,
    },
  ],
];

/** Puts Cassandra's package in front of every class name that has none. */
const full = (short: string): string =>
  short.replace(/(?<![.\w])([A-Z]\w*Type|PartitionerDefinedOrder)\b/g, `${MARSHAL_PACKAGE}$1`);

for (const [short, type, canonical] of rows) {
  test(JSON.stringify(short), () => {
    for (const string of [short, full(short)]) {
      const parsed = parseType(string);
      if (isLeft(parsed)) throw parsed.left;
      assert.equal(parsed.right, type);
      assert.ok(sameType(parsed.right, type));
    }
    assert.is(typeString(type), full(canonical ?? short));
  });
}

test('every type without arguments', () => {
  for (const name of Object.keys(NATIVE_TYPES) as NativeName[]) {
    const { className } = NATIVE_TYPES[name];
    assert.equal(typeOf(className), nativeType(name));
    assert.is(typeString(nativeType(name)), `${MARSHAL_PACKAGE}${className}`);
  }
});

test('unknown classes are kept letter by letter', () => {
  for (const string of [
    'com.example.Point',
    'com.example.Point(2, x=>(y))',
    `${MARSHAL_PACKAGE}ColumnToCollectionType(6c:${MARSHAL_PACKAGE}ListType(x))`,
  ]) {
    assert.is(typeOf(string).kind, 'custom');
    assert.is(typeString(typeOf(string)), string);
    assert.ok(sameType(typeOf(string), typeOf(` ${string} `)));
  }
  assert.is(typeString(typeOf('NewType')), `${MARSHAL_PACKAGE}NewType`);
  const nested = typeOf('ListType(com.example.Point(1))');
  assert.is(typeString(nested), `${MARSHAL_PACKAGE}ListType(com.example.Point(1))`);
});

const refused: readonly (readonly [string, string, number])[] = [
  ['ListType', "'('", 8],
  ['ListType()', 'a class name', 9],
  ['ListType(Int32Type', "')'", 18],
  ['ListType(Int32Type,Int32Type)', "')'", 18],
  ['MapType(Int32Type)', "','", 17],
  ['MapType(Int32Type,,Int32Type)', 'a class name', 18],
  ['Int32Type)', 'nothing more', 9],
  ['Int32Type Int32Type', 'nothing more', 10],
  ['(Int32Type)', 'a class name', 0],
  ['UserType(ks,7,61:Int32Type)', 'the name of a user type in hex', 12],
  ['UserType(ks,74,6:Int32Type)', 'the name of a field in hex', 15],
  ['UserType(ks,74,61=Int32Type)', "':'", 17],
  ['UserType(ks,ff)', 'the name of a user type in hex of UTF-8 before this place', 14],
  ['VectorType(FloatType)', "','", 20],
  ['VectorType(FloatType , 0)', 'a dimension of 1 to 2147483647 before this place', 24],
  ['VectorType(FloatType , 2147483648)', 'a dimension of 1 to 2147483647 before this place', 33],
  ['DynamicCompositeType(ab=>Int32Type)', "'=>'", 22],
  ['DynamicCompositeType(a=>Int32Type,a=>UTF8Type)', 'one type for alias a', 37],
  ['com.example.Point(1', "')'", 19],
  ['Foo$Bar', 'nothing more', 3],
];

for (const [string, expected, offset] of refused) {
  test(`"${string}" is refused`, () => {
    const parsed = parseType(string);
    assert.ok(isLeft(parsed));
    const { detail } = parsed.left;
    assert.is(detail.code, 'SCM_TYPE_SYNTAX');
    if (detail.code === 'SCM_TYPE_SYNTAX')
      assert.equal([detail.expected, detail.offset], [expected, offset]);
    assert.ok(parsed.left.message.includes(expected));
  });
}

const codeOf = (string: string): string => {
  const parsed = parseType(string);
  return isLeft(parsed) ? parsed.left.code : 'parsed';
};

test('depth and length have their limits', () => {
  const nested = (depth: number): string =>
    `${'ListType('.repeat(depth - 1)}Int32Type${')'.repeat(depth - 1)}`;
  assert.is(codeOf(nested(TYPE_DEPTH_MAX)), 'parsed');
  assert.is(codeOf(nested(TYPE_DEPTH_MAX + 1)), 'SCM_TYPE_TOO_DEEP');
  assert.is(codeOf(nested(20_000)), 'SCM_TYPE_TOO_DEEP');
  assert.is(codeOf('x'.repeat(TYPE_TEXT_LENGTH_MAX)), 'parsed');
  assert.is(codeOf('x'.repeat(TYPE_TEXT_LENGTH_MAX + 1)), 'SCM_TYPE_TOO_LONG');
  assert.is(codeOf(`com.x.Y(${'('.repeat(TYPE_TEXT_LENGTH_MAX - 100)}`), 'SCM_TYPE_SYNTAX');
});

test('no prefix of a valid string is anything but a type or a typed error', () => {
  for (const [short] of rows)
    for (let length = 0; length < short.length; length++) codeOf(short.slice(0, length));
});

for (const release of releases) {
  sharedTest(test, `every type of the ${release} matrices is written back letter by letter`, () => {
    const matrices = readMatrices(release);
    const strings = new Set([
      ...matrices.primitive_types,
      ...Object.keys(matrices.value_compatible_types),
    ]);
    for (const string of strings) assert.is(typeString(typeOf(string)), string);
  });

  sharedTest(test, `${release} knows no class that is unknown here`, () => {
    const unknown = readMatrices(release).known_types.filter((className) => {
      const bare = parseType(className);
      return !className.includes('$') && !isLeft(bare) && bare.right.kind === 'custom';
    });
    assert.equal(unknown, []);
  });
}

test.run();
