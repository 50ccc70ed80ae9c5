import {
  cqlName,
  parseSchema,
  SCHEMA_TEXT_LENGTH_MAX,
  type SchemaColumn,
  typeString,
} from '@scamander/cql-types';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parsed, parsedTable } from './parsed.ts';

const texts = (columns: readonly SchemaColumn[]): string[] =>
  columns.map(({ name, type }) => `${name} ${cqlName(type)}`);

const lineOf = (text: string, part: string): number =>
  text.slice(0, text.indexOf(part)).split('\n').length;

// As SchemaCQLHelper of 4.1 writes it into a snapshot.
const SNAPSHOT = `CREATE TYPE IF NOT EXISTS shop.money (
    amount decimal,
    currency text
);
CREATE TABLE IF NOT EXISTS shop.orders (
    shop_id uuid,
    day date,
    "At" timestamp,
    seq int,
    note text static,
    lines list<frozen<money>>,
    old_total varint,
    total frozen<money>,
    PRIMARY KEY ((shop_id, day), "At", seq)
) WITH ID = 5A1C395E-b41f-11e5-9f22-ba0be0483c18
    AND CLUSTERING ORDER BY ("At" DESC, seq ASC)
    AND additional_write_policy = '99p'
    AND bloom_filter_fp_chance = 0.1
    AND caching = {'keys': 'ALL', 'rows_per_partition': 'NONE'}
    AND cdc = false
    AND comment = 'it''s "quoted"; not ended'
    AND compaction = {'class': 'org.apache.cassandra.db.compaction.LeveledCompactionStrategy', 'max_threshold': '32'}
    AND compression = {'chunk_length_in_kb': '32', 'class': 'org.apache.cassandra.io.compress.ZstdCompressor', 'compression_level': '5', 'min_compress_ratio': '1.1'}
    AND crc_check_chance = 1.0
    AND default_time_to_live = 3600
    AND extensions = {'a': 0x01ff}
    AND gc_grace_seconds = 864000
    AND max_index_interval = 2048
    AND min_index_interval = 64
    AND speculative_retry = '99p';
ALTER TABLE shop.orders DROP old_total USING TIMESTAMP 1600000000000000;
ALTER TABLE shop.orders ADD old_total varint;
CREATE INDEX orders_total ON shop.orders (total);
`;

test('a table of a snapshot: keys, order, options, dropped columns, user types', () => {
  const schema = parsed(SNAPSHOT);
  const [table] = schema.tables;
  assert.ok(table !== undefined);
  assert.is(`${table.keyspace}.${table.table}`, 'shop.orders');
  assert.is(table.id, '5a1c395e-b41f-11e5-9f22-ba0be0483c18');
  assert.equal(texts(table.partitionKey), ['shop_id uuid', 'day date']);
  assert.equal(
    table.clustering.map(({ name, type }) => `${name} ${typeString(type)}`),
    [
      'At org.apache.cassandra.db.marshal.ReversedType(org.apache.cassandra.db.marshal.TimestampType)',
      'seq org.apache.cassandra.db.marshal.Int32Type',
    ],
  );
  assert.equal(texts(table.staticColumns), ['note text']);
  assert.equal(texts(table.regularColumns), [
    'lines list<frozen<money>>',
    'total frozen<money>',
    'old_total varint',
  ]);
  assert.equal(table.dropped, [
    {
      name: 'old_total',
      type: { kind: 'native', name: 'varint' },
      isStatic: false,
      droppedAtMicros: 1_600_000_000_000_000n,
    },
  ]);
  assert.is(table.isCompactStorage, false);
  assert.is(table.isCompound, true);
  assert.equal(
    [table.isDense, table.isSuper, table.isStaticCompact, table.isCounter, table.isView],
    [false, false, false, false, false],
  );
  assert.equal(
    schema.udts.map(({ keyspace, name, fields }) => [keyspace, name, fields.length]),
    [['shop', 'money', 2]],
  );
  assert.equal(
    schema.ignored.map(({ kind, name, on, line }) => [kind, name, on, line]),
    [['index', 'orders_total', 'orders', lineOf(SNAPSHOT, 'CREATE INDEX')]],
  );
});

test('options have their meaning, and all of them stay as they are written', () => {
  const { options } = parsed(SNAPSHOT).tables[0] as ReturnType<typeof parsedTable>;
  assert.equal(options.compression, {
    compressor: 'ZstdCompressor',
    chunkLengthBytes: 32 * 1024,
    minCompressRatio: 1.1,
    options: [['compression_level', '5']],
  });
  assert.is(options.bloomFilterFpChance, 0.1);
  assert.is(options.minIndexInterval, 64);
  assert.is(options.gcGraceSeconds, 864_000);
  assert.is(options.defaultTimeToLive, 3600);
  assert.is(options.all.get('comment'), 'it\'s "quoted"; not ended');
  assert.equal(options.all.get('extensions'), new Map([['a', '0x01ff']]));
  assert.is(options.all.get('id'), undefined);
});

/** Options of compression, and what becomes of them: compressor and chunk length. */
const compressions: readonly (readonly [string, string | undefined, number | undefined])[] = [
  [
    "{'sstable_compression': 'org.apache.cassandra.io.compress.SnappyCompressor'}",
    'SnappyCompressor',
    undefined,
  ],
  ["{'sstable_compression':'LZ4Compressor','chunk_length_kb':4}", 'LZ4Compressor', 4096],
  ["{'sstable_compression': ''}", undefined, undefined],
  [
    "{'class': 'DeflateCompressor', 'chunk_length_in_kb': '64', 'crc_check_chance': '0.5'}",
    'DeflateCompressor',
    65_536,
  ],
  ["{'enabled': 'false'}", undefined, undefined],
  ['{}', undefined, undefined],
  ["{'class': 'com.example.Own'}", 'com.example.Own', undefined],
];

test('compression in the words of every release', () => {
  for (const [text, compressor, chunkLengthBytes] of compressions) {
    const { options } = parsedTable(
      `CREATE TABLE t (k int PRIMARY KEY) WITH compression = ${text}`,
    );
    assert.is(options.compression?.compressor, compressor, text);
    assert.is(options.compression?.chunkLengthBytes, chunkLengthBytes, text);
    assert.equal(options.compression?.options, [], text);
  }
  assert.is(parsedTable('CREATE TABLE t (k int PRIMARY KEY)').options.compression, undefined);
});

test('statements in any order and any case, with comments wherever blanks may stand', () => {
  const schema = parsed(`-- first line
    create KEYSPACE "Ks" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': '1'} AND durable_writes = true;
    USE "Ks"; // from here on
    CREATE /* a ; b */ COLUMNFAMILY t (k int, -- ends here
      v frozen /* not yet known */ < outer >, PRIMARY KEY (k)) with comment='' and compact storage;
    CREATE TYPE Outer (x "Inner", y frozen<list<frozen<"Inner">>>);
    CREATE TYPE "Inner" (n int);
    CREATE FUNCTION ks.plus (a int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS $$ return a + 1; // it's $$;
    CREATE OR REPLACE AGGREGATE ks.total (int) SFUNC plus STYPE int;
    CREATE TRIGGER tr ON t USING 'com.example.T';
    CREATE CUSTOM INDEX IF NOT EXISTS ON t (KEYS("v")) USING 'StorageAttachedIndex' WITH OPTIONS = {'a': 'b'};
    INSERT INTO t (k, d) VALUES (1, 1mo2d3h) USING TIMESTAMP 5; BEGIN BATCH UPDATE t SET v = v + 'a;b' WHERE k = 0x0f; APPLY BATCH;
    GRANT ALL ON KEYSPACE ks TO someone; CREATE ROLE someone`);
  assert.equal(schema.keyspaces, ['Ks']);
  assert.equal(schema.udts.map(({ keyspace, name }) => `${keyspace}.${name}`).sort(), [
    'Ks.Inner',
    'Ks.outer',
  ]);
  const [table] = schema.tables;
  assert.is(table?.keyspace, 'Ks');
  const type = table?.regularColumns[0]?.type;
  assert.ok(type?.kind === 'udt' && type.frozen && type.fields.length === 2);
  assert.equal(
    schema.ignored.map(({ kind, keyspace, name }) => `${kind} ${keyspace}.${name}`),
    ['function ks.plus', 'aggregate ks.total', 'trigger Ks.tr', 'index Ks.t_v_idx'],
  );
});

test('masks and constraints of 5.0 and later change nothing', () => {
  const table =
    parsedTable(`CREATE TABLE t (k int CHECK k > 0 AND k < (3), c text MASKED WITH mask_inner(1, null) PRIMARY KEY,
    v vector<float, 3> MASKED WITH DEFAULT, w int CHECK NOT NULL) WITH comment = '';
    ALTER TABLE t ALTER v DROP MASKED; ALTER TABLE t ALTER v MASKED WITH mask_null();`);
  assert.equal(texts(table.partitionKey), ['c text']);
  assert.equal(texts(table.regularColumns), ['k int', 'v vector<float, 3>', 'w int']);
});

test('tables are altered and dropped', () => {
  const table =
    parsedTable(`CREATE TABLE t (k int, c int, a text, b text, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC);
    ALTER TABLE t ADD (d set<int>, "E" int static);
    ALTER TABLE t ADD IF NOT EXISTS d list<int>;
    ALTER TABLE IF EXISTS nothing DROP x;
    ALTER TABLE t DROP (a, b) USING TIMESTAMP -7;
    ALTER TABLE t DROP IF EXISTS a;
    ALTER TABLE t RENAME k TO kk AND c TO "C";
    ALTER TABLE t ALTER d TYPE set<varint>;
    ALTER TABLE t WITH gc_grace_seconds = 0 AND comment = 'x';
    CREATE TABLE IF NOT EXISTS t (other int PRIMARY KEY);
    CREATE TABLE gone (k int PRIMARY KEY);
    DROP TABLE gone;
    DROP TABLE IF EXISTS gone;
    CREATE TABLE elsewhere.u (k int PRIMARY KEY);
    DROP KEYSPACE elsewhere;`);
  assert.equal(texts([...table.partitionKey, ...table.clustering]), ['kk int', 'C int']);
  assert.is(table.clustering[0]?.type.kind, 'reversed');
  assert.equal(texts(table.regularColumns), ['d set<varint>']);
  assert.equal(texts(table.staticColumns), ['E int']);
  assert.equal(
    table.dropped.map(({ name, droppedAtMicros }) => [name, droppedAtMicros]),
    [
      ['a', -7n],
      ['b', -7n],
    ],
  );
  assert.is(table.options.gcGraceSeconds, 0);
  assert.is(
    parsedTable('CREATE TABLE t (k int PRIMARY KEY, v int); ALTER TABLE t DROP v;').dropped[0]
      ?.droppedAtMicros,
    undefined,
  );
});

test('user types are altered before they are used', () => {
  const { udts, tables } = parsed(`CREATE TYPE a (x int); CREATE TABLE t (k int PRIMARY KEY, v a);
    ALTER TYPE a ADD y text; ALTER TYPE a RENAME x TO z; ALTER TYPE a ALTER y TYPE blob; ALTER TYPE IF EXISTS b ADD c int;
    CREATE TYPE IF NOT EXISTS a (other int); CREATE TYPE c (d int); DROP TYPE c;`);
  assert.equal(
    udts.map(({ name, fields }) => [
      name,
      fields.map((field) => `${field.name} ${cqlName(field.type)}`),
    ]),
    [['a', ['z int', 'y blob']]],
  );
  assert.equal(tables[0]?.regularColumns[0]?.type, udts[0]);
});

test('a view becomes a table, unless its columns are not those of a table', () => {
  const { tables, ignored } =
    parsed(`CREATE TABLE base (pk int, c int, v int, w text, PRIMARY KEY (pk, c)) WITH CLUSTERING ORDER BY (c DESC);
    CREATE MATERIALIZED VIEW all_of AS SELECT * FROM base WHERE pk IS NOT NULL AND c IS NOT NULL AND v IS NOT NULL
      PRIMARY KEY (v, c, pk) WITH CLUSTERING ORDER BY (c ASC, pk DESC) AND comment = 'x';
    CREATE MATERIALIZED VIEW some AS SELECT w FROM base WHERE pk > 0 PRIMARY KEY ((v, pk), c);
    CREATE MATERIALIZED VIEW odd AS SELECT writetime(w) FROM base WHERE pk > 0 PRIMARY KEY ((v, pk), c);
    CREATE MATERIALIZED VIEW lost AS SELECT * FROM elsewhere.base WHERE pk > 0 PRIMARY KEY (v, pk);
    ALTER TABLE base ADD added int;`);
  const [, allOf, some] = tables;
  assert.is(tables.length, 3);
  assert.ok(allOf?.isView === true && some?.isView === true);
  assert.equal(texts([...allOf.partitionKey, ...allOf.clustering]), ['v int', 'c int', 'pk int']);
  assert.equal(
    allOf.clustering.map(({ type }) => type.kind),
    ['native', 'reversed'],
  );
  assert.equal(texts(allOf.regularColumns), ['w text', 'added int']);
  assert.equal(texts(some.partitionKey), ['v int', 'pk int']);
  assert.equal(texts(some.regularColumns), ['w text']);
  assert.equal(
    ignored.map(({ kind, name, on }) => [kind, name, on]),
    [
      ['view', 'odd', 'base'],
      ['view', 'lost', 'base'],
    ],
  );
});

// As TableCQLHelper of 3.11 writes it into a snapshot; the second one has no form in CQL.
const THRIFT = `/*
Warning: Table ks.sup omitted because it has constructs not compatible with CQL (was created via legacy API).

Approximate structure, for reference:
(this should not be used to reproduce this schema)

CREATE TABLE IF NOT EXISTS ks.sup (
	key blob,
	column1 text,
	"" map<bigint, blob>,
	PRIMARY KEY (key, column1))
	WITH COMPACT STORAGE
	AND comment = '';
*/
/* Warning: Table ks.mixed omitted because it has constructs not compatible with CQL (was created via legacy API).
CREATE TABLE ks.mixed (key blob, column1 text, a int, b int, PRIMARY KEY (key, column1)) WITH COMPACT STORAGE;
*/
/* Warning: Table ks.odd omitted because it has constructs not compatible with CQL
CREATE TABLE ks.odd (key blob, ?);
*/
CREATE TABLE ks.plain (k int PRIMARY KEY);`;

test('a table of Thrift is read from its comment where CQL can tell it', () => {
  const { tables, ignored } = parsed(THRIFT);
  assert.equal(
    tables.map(({ table }) => table),
    ['sup', 'plain'],
  );
  assert.ok(tables[0]?.isSuper);
  assert.is(tables[0]?.isDense, true);
  assert.equal(
    ignored.map(({ kind, line }) => [kind, line]),
    [
      ['table', lineOf(THRIFT, 'CREATE TABLE ks.odd')],
      ['table', lineOf(THRIFT, 'CREATE TABLE ks.mixed')],
    ],
  );
});

/** A schema, and what the error says. */
const wrong: readonly (readonly [string, string])[] = [
  [
    'CRAETE TABLE t (k int PRIMARY KEY)',
    "line 1, column 1: expected CREATE, ALTER, DROP, USE or another statement, found 'CRAETE'",
  ],
  [
    'CREATE TABLE t (\n  k int PRIMARY KEY,\n  v in t\n)',
    "line 3, column 8: expected ')', found 't'",
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY) WIHT x = 1',
    "line 1, column 36: expected WITH or ';', found 'WIHT'",
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY) WITH x = {1: }',
    "line 1, column 49: expected a value, found '}'",
  ],
  ['CREATE TABLE t (k int PRIMARY KEY', "line 1, column 34: expected ')', found the end"],
  ['CREATE TABLE t (k list<int PRIMARY KEY)', "line 1, column 40: expected '>', found the end"],
  [
    "CREATE TABLE t (k int PRIMARY KEY) WITH comment = 'x",
    "line 1, column 51: expected the quote ' that ends what begins here, found ''x'",
  ],
  ['/* open', "line 1, column 8: expected '*/', found the end"],
  [
    'USE ks;\nCREATE TABLE 2t (k int PRIMARY KEY)',
    "line 2, column 14: expected the name of a table, found '2t'",
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY, v lst<int>)',
    'line 1, column 38: type "lst < int >", character 5: expected frozen, list, set, map, tuple or vector before this place, found \' \'',
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY,\n v addr)',
    'line 2, column 4: type "addr": there is no type named addr',
  ],
  [
    'CREATE TYPE b (x int);\nCREATE TYPE a (x frozen<nope>)',
    'line 2, column 18: type "frozen < nope >": there is no type named nope',
  ],
  ['CREATE TYPE a (x frozen<a>)', 'line 1, column 13: user type a contains itself'],
  ['CREATE TABLE t (k int)', 'line 1, column 14: table t has no primary key'],
  [
    'CREATE TABLE t (k int PRIMARY KEY, PRIMARY KEY (k))',
    'line 1, column 36: table t has two primary keys',
  ],
  ['CREATE TABLE t (k int PRIMARY KEY, k int)', 'line 1, column 36: there is already a column k'],
  [
    'CREATE TABLE t (k int, PRIMARY KEY (k, c))',
    'line 1, column 14: the primary key of t names c, which is no column',
  ],
  [
    'CREATE TABLE t (k int, PRIMARY KEY (k, k))',
    'line 1, column 14: the primary key of t names k twice',
  ],
  [
    'CREATE TABLE t (k set<int> PRIMARY KEY)',
    "line 1, column 19: k can't be part of a primary key",
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY, s int static)',
    'line 1, column 14: table t has static columns without clustering columns',
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY, a counter, b int)',
    'line 1, column 14: table t has counters beside b, which is none',
  ],
  [
    'CREATE TABLE t (k int, c int, a int, b int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE',
    'line 1, column 14: table t has COMPACT STORAGE, clustering columns and more than one other column',
  ],
  [
    'CREATE TABLE t (k int, c int, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (k DESC)',
    'line 1, column 77: the order of t names k where c is due',
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY); CREATE TABLE t (k int PRIMARY KEY)',
    'line 1, column 50: there is already a table t',
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY) WITH bloom_filter_fp_chance = 2',
    "line 1, column 14: bloom_filter_fp_chance can't be 2",
  ],
  [
    "CREATE TABLE t (k int PRIMARY KEY) WITH compression = {'chunk_length_in_kb': 3}",
    "line 1, column 14: chunk_length_in_kb can't be 3",
  ],
  ['ALTER TABLE t DROP v', 'line 1, column 13: there is no table ks.t'],
  [
    'CREATE TABLE t (k int PRIMARY KEY); ALTER TABLE t DROP v',
    'line 1, column 56: there is no column v',
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY); ALTER TABLE t DROP k',
    'line 1, column 56: k is part of the primary key',
  ],
  [
    'CREATE TABLE t (k int PRIMARY KEY, v int); ALTER TABLE t DROP v USING TIMESTAMP x',
    "line 1, column 81: expected a timestamp in microseconds, found 'x'",
  ],
];

test('errors say where they are, what stood there and what was expected', () => {
  for (const [cql, message] of wrong) {
    const schema = parseSchema(cql, { keyspace: 'ks' });
    assert.is(schema._tag === 'Left' ? schema.left.message : 'no error', message, cql);
  }
  const lost = parseSchema('CREATE TABLE t (k int PRIMARY KEY)');
  assert.ok(lost._tag === 'Left');
  assert.is(lost.left.message, 'line 1, column 14: t has no keyspace, and none is in use');
  const long = parseSchema(' '.repeat(SCHEMA_TEXT_LENGTH_MAX + 1));
  assert.ok(long._tag === 'Left' && long.left.code === 'SCM_SCHEMA_TOO_LONG');
});

test('a text that is cut anywhere gives a schema or an error, never anything else', () => {
  for (const text of [SNAPSHOT, THRIFT])
    for (let end = 0; end < text.length; end += 3) parseSchema(text.slice(0, end));
});

test.run();
