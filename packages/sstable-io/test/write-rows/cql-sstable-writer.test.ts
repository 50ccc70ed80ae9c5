import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema } from '@scamander/cql-types';
import { rejects, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SSTableError } from '../../src/errors.ts';
import { CqlSSTableWriter } from '../../src/write-rows/cql-sstable-writer.ts';
import { withSSTable } from '../rows/reading.ts';
import { linesOf, tableOf, withWriter, written } from './writing.ts';

const TABLE = `CREATE TYPE addr (street text, zip int);
  CREATE TABLE t (pk int, c int, d text, st text static, sm map<int, text> static, v int, w text,
    l list<int>, s set<text>, m map<text, int>, u addr, fu frozen<addr>, PRIMARY KEY (pk, c, d))
    WITH CLUSTERING ORDER BY (c DESC, d ASC)`;
const KEY = { pk: 1, c: 2, d: 'x' };
const PARTITION = 'partition 00000001 -';
const ROW = 'row 00000002:78';

/** Statements, and the lines below the partition (spec: sstable-data §4.11). */
const CASES: readonly (readonly [
  name: string,
  statements: (writer: CqlSSTableWriter) => Promise<void> | undefined | void,
  lines: readonly string[],
])[] = [
  [
    'an INSERT of a key alone is a row that lives',
    (writer) => writer.insert(KEY),
    [PARTITION, `${ROW} | live 1000 ttl 0 | -`],
  ],
  [
    'an UPDATE is cells alone',
    (writer) => writer.update({ ...KEY, v: 5 }),
    [PARTITION, `${ROW} | - | - | v: - [1000 ttl 0 undefined = 00000005]`],
  ],
  [
    'null is a tombstone, undefined and missing are nothing',
    (writer) => writer.insert({ ...KEY, v: null, w: undefined }),
    [PARTITION, `${ROW} | live 1000 ttl 0 | - | v: - [1000 ttl 0 tombstone undefined = ]`],
  ],
  [
    'timestamp and TTL of a statement',
    (writer) => writer.insert({ ...KEY, v: 1, w: null }, { timestampMicros: -7n, ttlSeconds: 60 }),
    [
      PARTITION,
      `${ROW} | live -7 ttl 60 | - | v: - [-7 ttl 60 undefined = 00000001] | w: - [-7 ttl 0 tombstone undefined = ]`,
    ],
  ],
  [
    'whole collections take the place of what was there',
    (writer) =>
      writer.update({ ...KEY, l: [1, 2], s: new Set(['b', 'a']), m: new Map([['k', 7]]) }),
    [
      PARTITION,
      `${ROW} | - | - | l: deleted 999 [1000 ttl 0 list = 00000001, 1000 ttl 0 list = 00000002] | m: deleted 999 [1000 ttl 0 6b = 00000007] | s: deleted 999 [1000 ttl 0 61 = , 1000 ttl 0 62 = ]`,
    ],
  ],
  [
    'appended ones are added to it',
    (writer) => writer.update({ ...KEY, s: ['z'], m: { k: 7 } }, { collections: 'append' }),
    [PARTITION, `${ROW} | - | - | m: - [1000 ttl 0 6b = 00000007] | s: - [1000 ttl 0 7a = ]`],
  ],
  [
    'elements are put before and behind a list',
    async (writer) => {
      // 2023: what is put before a list gets times before 2010
      const append = { collections: 'append', timestampMicros: 1_700_000_000_000_000n } as const;
      const prepend = { ...append, collections: 'prepend' } as const;
      await writer.update({ ...KEY, l: [3] }, append);
      await writer.update({ ...KEY, l: [4] }, append);
      await writer.update({ ...KEY, l: [1, 2] }, prepend);
      await writer.update(
        { ...KEY, l: [0] },
        { ...prepend, timestampMicros: 1_700_000_000_000_009n },
      );
    },
    [
      PARTITION,
      `${ROW} | - | - | l: - [${[
        '1700000000000009 ttl 0 list = 00000000',
        '1700000000000000 ttl 0 list = 00000001',
        '1700000000000000 ttl 0 list = 00000002',
        '1700000000000000 ttl 0 list = 00000003',
        '1700000000000000 ttl 0 list = 00000004',
      ].join(', ')}]`,
    ],
  ],
  [
    'an empty collection, and null, delete it as of before the statement',
    (writer) => writer.update({ ...KEY, l: [], m: null }),
    [PARTITION, `${ROW} | - | - | l: deleted 999 [] | m: deleted 999 []`],
  ],
  [
    'a user type that is not frozen is a cell for each field that it has',
    (writer) =>
      writer.update({ ...KEY, u: { street: 'x', zip: null }, fu: { street: 'y', zip: 3 } }),
    [
      PARTITION,
      `${ROW} | - | - | fu: - [1000 ttl 0 undefined = 00000001790000000400000003] | u: deleted 999 [1000 ttl 0 0000 = 78]`,
    ],
  ],
  [
    'static columns need no clustering values, and stand in the static row',
    (writer) => writer.insert({ pk: 1, st: 'a', sm: new Map([[1, 'x']]) }),
    [
      PARTITION,
      'static row  | - | - | st: - [1000 ttl 0 undefined = 61] | sm: deleted 999 [1000 ttl 0 00000001 = 78]',
    ],
  ],
  [
    'with clustering values both rows are written',
    (writer) => writer.insert({ ...KEY, st: 'a', v: 1 }),
    [
      PARTITION,
      'static row  | - | - | st: - [1000 ttl 0 undefined = 61]',
      `${ROW} | live 1000 ttl 0 | - | v: - [1000 ttl 0 undefined = 00000001]`,
    ],
  ],
  [
    'a partition is deleted, and what is newer stays',
    async (writer) => {
      await writer.insert({ ...KEY, v: 1 }, { timestampMicros: 10n });
      await writer.insert({ ...KEY, d: 'y', v: 1 }, { timestampMicros: 30n });
      await writer.delete({ pk: 1 }, { timestampMicros: 20n });
    },
    [
      'partition 00000001 deleted 20',
      'row 00000002:79 | live 30 ttl 0 | - | v: - [30 ttl 0 undefined = 00000001]',
    ],
  ],
  ['a row is deleted', (writer) => writer.delete(KEY), [PARTITION, `${ROW} | - | deleted 1000`]],
  [
    'rows that begin with some clustering values are deleted',
    (writer) => writer.delete({ pk: 1, c: 2 }),
    [
      PARTITION,
      'INCL_START_BOUND 00000002 - deleted 1000',
      'INCL_END_BOUND 00000002 deleted 1000 -',
    ],
  ],
  [
    'a range is deleted, in the order of the rows: c counts down',
    (writer) =>
      writer.deleteRange(
        { pk: 1 },
        { from: { values: [9], isInclusive: false }, to: { values: [2, 'x'], isInclusive: true } },
      ),
    [
      PARTITION,
      'EXCL_START_BOUND 00000009 - deleted 1000',
      'INCL_END_BOUND 00000002:78 deleted 1000 -',
    ],
  ],
  [
    'a range that holds nothing is nothing',
    async (writer) => {
      await writer.insert({ ...KEY });
      await writer.deleteRange(
        { pk: 1 },
        { from: { values: [2], isInclusive: false }, to: { values: [9], isInclusive: true } },
      );
    },
    [PARTITION, `${ROW} | live 1000 ttl 0 | -`],
  ],
  [
    'columns and elements are deleted',
    (writer) =>
      writer.delete(KEY, {
        columns: [
          'v',
          'l',
          { column: 'm', element: 'k' },
          { column: 's', element: 'e' },
          { column: 'u', element: 'zip' },
          'st',
        ],
      }),
    [
      PARTITION,
      'static row  | - | - | st: - [1000 ttl 0 tombstone undefined = ]',
      `${ROW} | - | - | v: - [1000 ttl 0 tombstone undefined = ] | l: deleted 1000 [] | m: - [1000 ttl 0 tombstone 6b = ] | s: - [1000 ttl 0 tombstone 65 = ] | u: - [1000 ttl 0 tombstone 0001 = ]`,
    ],
  ],
  [
    'rows are sorted, and those of the same place reconciled',
    async (writer) => {
      await writer.insert({ pk: 2, c: 0, d: '', v: 1 });
      await writer.insert({ pk: 1, c: 1, d: 'b', v: 1 });
      await writer.insert({ pk: 1, c: 2, d: 'b', v: 1 });
      await writer.insert({ pk: 1, c: 1, d: 'a', v: 1 });
      await writer.insert({ pk: 1, c: 1, d: 'a', v: 3, w: 'old' }, { timestampMicros: 999n });
      await writer.insert({ pk: 1, c: 1, d: 'a', v: 2 });
    },
    [
      PARTITION,
      'row 00000002:62 | live 1000 ttl 0 | - | v: - [1000 ttl 0 undefined = 00000001]',
      'row 00000001:61 | live 1000 ttl 0 | - | v: - [1000 ttl 0 undefined = 00000002] | w: - [999 ttl 0 undefined = 6f6c64]',
      'row 00000001:62 | live 1000 ttl 0 | - | v: - [1000 ttl 0 undefined = 00000001]',
      'partition 00000002 -',
      'row 00000000: | live 1000 ttl 0 | - | v: - [1000 ttl 0 undefined = 00000001]',
    ],
  ],
];

for (const [name, statements, lines] of CASES)
  test(name, async () => {
    assert.equal(
      await written(TABLE, async (writer) => {
        await statements(writer);
      }),
      lines,
    );
  });

test('the three forms of a row give the same bytes', async () => {
  const typed = await written(TABLE, async (writer) => {
    await writer.insert({ ...KEY, w: 'it', m: new Map([['a', 1]]), fu: { street: 's', zip: 1 } });
  });
  const json = await written(TABLE, async (writer) => {
    await writer.insert(
      { ...KEY, w: 'it', m: { a: 1 }, fu: { street: 's', zip: '1' } },
      { form: 'json' },
    );
  });
  const text = await written(TABLE, async (writer) => {
    await writer.insert(
      { pk: '1', c: '2', d: 'x', w: 'it', m: "{'a': 1}", fu: "{street: 's', zip: 1}" },
      { form: 'text' },
    );
  });
  assert.equal(json, typed);
  assert.equal(text, typed);
});

test('the TTL of a table is that of rows that have none', async () => {
  const cql = 'CREATE TABLE t (pk int PRIMARY KEY, v int) WITH default_time_to_live = 90';
  const lines = await written(cql, async (writer) => {
    await writer.insert({ pk: 1 });
    await writer.insert({ pk: 2 }, { ttlSeconds: 0 });
  });
  assert.equal(
    lines.filter((line) => line.startsWith('row')),
    ['row  | live 1000 ttl 90 | -', 'row  | live 1000 ttl 0 | -'],
  );
});

test('compact tables exist by their cells (UpdateStatement, UpdateParameters)', async () => {
  const dense = 'CREATE TABLE t (k int, c int, v int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE';
  assert.equal(
    await written(dense, async (writer) => {
      await writer.insert({ k: 1, c: 1, v: 5 });
      await writer.delete({ k: 1, c: 2 });
    }),
    [
      PARTITION,
      'row 00000001 | - | - | v: - [1000 ttl 0 undefined = 00000005]',
      'row 00000002 | - | - | v: - [1000 ttl 0 tombstone undefined = ]',
    ],
  );
  const keyOnly = 'CREATE TABLE t (k int, c int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE';
  assert.equal(
    await written(keyOnly, async (writer) => {
      await writer.insert({ k: 1, c: 1 });
    }),
    [PARTITION, 'row 00000001 | - | - | value: - [1000 ttl 0 undefined = ]'],
  );
  const noClustering = 'CREATE TABLE t (k int PRIMARY KEY, v int) WITH COMPACT STORAGE';
  assert.equal(
    await written(noClustering, async (writer) => {
      await writer.insert({ k: 1, v: 5 });
    }),
    [PARTITION, 'static row  | - | - | v: - [1000 ttl 0 undefined = 00000005]'],
  );
});

/** Statements that are refused, and why. */
const REFUSED: readonly (readonly [(writer: CqlSSTableWriter) => unknown, string])[] = [
  [(w) => w.insert({ pk: 1, c: 2 }), 'ks.t: column "d": it is part of the primary key and missing'],
  [
    (w) => w.insert({ c: 2, d: '' }),
    'ks.t: column "pk": it is part of the primary key and can\'t be missing',
  ],
  [
    (w) => w.insert({ ...KEY, pk: null }),
    'ks.t: column "pk": it is part of the primary key and can\'t be null',
  ],
  [(w) => w.insert({ pk: 1, d: 'x' }), 'ks.t: column "c": it is missing, but d is there'],
  [(w) => w.insert({ pk: 1, v: 3 }), 'ks.t: column "c": it is part of the primary key and missing'],
  [(w) => w.insert({ ...KEY, nope: 1 }), 'ks.t: column "nope": ks.t has no such column'],
  [
    (w) => w.insert({ ...KEY, v: 'x' }, { source: 'rows.csv, line 3' }),
    'rows.csv, line 3: column "v": a value of int: expected ',
  ],
  [
    (w) => w.insert(KEY, { ttlSeconds: 630_720_001 }),
    'ks.t: a TTL of 630720001 seconds, at most 630720000',
  ],
  [
    (w) => w.insert(KEY, { timestampMicros: -(2n ** 63n) }),
    'ks.t: a timestamp of -9223372036854775808',
  ],
  [(w) => w.insert(KEY, { nowSeconds: -1 }), 'ks.t: -1 as the present second'],
  [
    (w) => w.delete({ ...KEY, v: 1 }),
    'ks.t: column "v": a deletion takes values of the primary key only',
  ],
  [
    (w) => w.delete(KEY, { columns: ['pk'] }),
    'ks.t: column "pk": it is no column that a row can lose',
  ],
  [
    (w) => w.delete({ pk: 1 }, { columns: ['v'] }),
    'ks.t: column "c": it is part of the primary key and missing',
  ],
  [
    (w) => w.delete(KEY, { columns: [{ column: 'l', element: 1 }] }),
    'ks.t: column "l": elements of its type can not be deleted by themselves',
  ],
  [
    (w) => w.delete(KEY, { columns: [{ column: 'u', element: 'city' }] }),
    'ks.t: column "u": it has no field city',
  ],
  [
    (w) => w.deleteRange(KEY, { from: { values: [1], isInclusive: true } }),
    'ks.t: a range has more values than there are clustering columns',
  ],
  [
    (w) => w.insert({ ...KEY, d: 'x'.repeat(65_536) }),
    'ks.t: column "d": 65536 bytes, at most 65535 fit into a key',
  ],
];

test('a row that does not fit is refused with column and reason, and changes nothing', async () => {
  const lines = await written(TABLE, async (writer) => {
    await writer.insert(KEY);
    for (const [statement, message] of REFUSED) {
      let found = 'nothing';
      try {
        statement(writer);
      } catch (error) {
        assert.ok(error instanceof SSTableError && error.code === 'SCM_SSTABLE_ROW', String(error));
        found = error.message;
      }
      assert.is(found.slice(0, message.length), message);
    }
  });
  assert.equal(lines, [PARTITION, `${ROW} | live 1000 ttl 0 | -`]);
});

test('an empty partition key is refused, unless it is one of several', async () => {
  await withWriter('CREATE TABLE t (k text PRIMARY KEY)', async (writer) => {
    assert.throws(() => writer.insert({ k: '' }), /a partition key can't be empty/);
  });
  const lines = await written(
    'CREATE TABLE t (k text, l text, PRIMARY KEY ((k, l)))',
    async (writer) => {
      await writer.insert({ k: '', l: '' });
    },
  );
  assert.equal(lines[0], 'partition 000000000000 -');
});

const saying =
  (pattern: RegExp) =>
  (error: Error): boolean =>
    pattern.test(error.message);

test('tables of counters and views are refused with the reason', async () => {
  const base = 'CREATE TABLE t (k int PRIMARY KEY, v int);';
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['CREATE TABLE t (k int PRIMARY KEY, n counter)', 0, /a count belongs to the node/],
    [
      `${base} CREATE MATERIALIZED VIEW mv AS SELECT * FROM t WHERE v IS NOT NULL PRIMARY KEY (v, k)`,
      1,
      /nodes make them of its table/,
    ],
  ];
  for (const [cql, index, reason] of cases) {
    const schema = parseSchema(cql, { keyspace: 'ks' });
    if (schema._tag === 'Left') throw schema.left;
    const table = schema.right.tables[index];
    if (table === undefined) throw new Error('no table');
    await rejects(
      CqlSSTableWriter.create({ schema: table, directory: '/nowhere' }),
      saying(reason),
    );
  }
});

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

test('no rows make no SSTable, an aborted writer leaves nothing, an ended one takes nothing', () =>
  withWriter(TABLE, async (writer, directory) => {
    assert.equal(await writer.finish(), []);
    assert.throws(() => writer.insert(KEY), /the writer has ended/);
    await rejects(writer.finish(), saying(/the writer has ended/));
    const other = await CqlSSTableWriter.create({
      schema: tableOf(TABLE),
      directory,
      bufferBytesMax: 1,
    });
    await other.insert(KEY);
    assert.ok(filesBelow(directory).length > 0, 'a run');
    await other.abort();
    assert.equal(filesBelow(directory), []);
  }));

test('every component is what it is without runs, whatever the budget', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => ({
    pk: (i * 7) % 40,
    c: i % 5,
    d: String(i % 3),
    v: i,
    w: i % 4 === 0 ? null : `text ${i}`,
    l: [i, i + 1],
    st: `static ${i}`,
  }));
  const made = async (bufferBytesMax: number): Promise<Map<string, string>> => {
    const bytes = new Map<string, string>();
    await withWriter(
      TABLE,
      async (writer) => {
        for (const [i, row] of rows.entries()) {
          await writer.insert(row, { timestampMicros: BigInt(1000 + (i % 7)) });
          if (i % 50 === 0)
            await writer.delete({ pk: row.pk, c: row.c }, { timestampMicros: 1003n });
          if (i % 90 === 0) await writer.delete({ pk: row.pk }, { timestampMicros: 1001n });
        }
        const [files] = await writer.finish();
        if (files === undefined) throw new Error('no SSTable');
        const { directory, prefix } = files.descriptor;
        for (const name of files.components.keys())
          bytes.set(name, readFileSync(join(directory, `${prefix}${name}`)).toString('hex'));
      },
      { bufferBytesMax, compression: 'none' },
    );
    return bytes;
  };
  const inMemory = await made(64 * 1024 * 1024);
  assert.ok(inMemory.size >= 8, [...inMemory.keys()].join());
  for (const budget of [1, 5000, 100_000]) {
    const sorted = await made(budget);
    for (const [name, bytes] of inMemory)
      assert.is(sorted.get(name), bytes, `${name} with a budget of ${budget} bytes`);
  }
});

test('SSTables of a size: all rows, in order, under ids behind those that are there', () =>
  withWriter(
    'CREATE TABLE t (pk int PRIMARY KEY, v text)',
    async (writer, directory) => {
      for (let pk = 0; pk < 2000; pk++) await writer.insert({ pk, v: 'x'.repeat(200) });
      const sstables = await writer.finish();
      assert.ok(sstables.length > 4, `${sstables.length}`);
      assert.equal(
        sstables.map(({ descriptor }) => descriptor.id),
        sstables.map((_, index) => String(index + 1)),
      );
      const lines: string[] = [];
      for (const files of sstables) {
        const { size } = statSync(join(directory, `${files.descriptor.prefix}Data.db`));
        assert.ok(size < 160 * 1024, `${size}`);
        lines.push(...(await linesOf(files)));
        const report = await withSSTable(files, (sstable) => sstable.verify('deep'));
        assert.equal(report.errors, []);
      }
      assert.is(lines.length, 4000);
      const more = await CqlSSTableWriter.create({
        schema: tableOf('CREATE TABLE t (pk int PRIMARY KEY, v text)'),
        directory,
      });
      await more.insert({ pk: 1 });
      const [last] = await more.finish();
      assert.is(last?.descriptor.id, String(sstables.length + 1));
    },
    { sstableBytesMax: 64 * 1024, compression: 'none' },
  ));

test('what the version can not hold is refused, and leaves nothing', () =>
  withTempFolder(async (directory) => {
    const writer = await CqlSSTableWriter.create({
      schema: tableOf('CREATE TABLE t (pk int PRIMARY KEY, v int)'),
      directory,
      version: 'nb',
      nowSeconds: 2 ** 31,
    });
    await writer.insert({ pk: 1, v: null });
    await rejects(writer.finish(), saying(/2147483648/));
    assert.equal(filesBelow(directory), []);
  }));

test.run();
