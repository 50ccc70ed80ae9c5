import type { TableSchema } from '@scamander/cql-types';
import { rejects, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SSTableError } from '../../src/errors.ts';
import { openLegacyRowReader } from '../../src/legacy/legacy-row-reader.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import {
  composite,
  deleted,
  int,
  live,
  range,
  readRows,
  row,
  staticComposite,
  utf8,
} from './atom-bytes.ts';
import { legacyFixture, opened, schemaOf, tableOf } from './legacy-fixtures.ts';
import { type PartitionText, readText } from './row-text.ts';

const NONE = new Uint8Array(0);

const fixtureRows = async (table: string, schema?: TableSchema): Promise<PartitionText[]> => {
  const files = legacyFixture(`sstables/ka/legacy_ka_${table}`);
  const sstable = await opened(files);
  const rows = await sstable.rows(schema ?? schemaOf(files));
  if (rows._tag === 'Left') throw rows.left;
  const text = await readText(rows.right);
  await sstable.close();
  return text;
};

/** Lines without values: clustering of rows, markers whole. */
const outline = (partitions: readonly PartitionText[]): string[] =>
  partitions.flatMap(({ lines }) =>
    lines.map((line) => (line.startsWith('row ') ? (line.split(' | ')[0] as string) : line)),
  );

sharedTest(
  test,
  'open tombstones that index blocks repeat, after a flush and after a compaction',
  async () => {
    const before = ['row 00000000,00000000', 'row 00000001,00000001'];
    const after = [
      'row 00000003,00000000',
      'INCL_START_BOUND 00000004 | - | 100@1539612335',
      'INCL_END_BOUND 00000004 | 100@1539612335 | -',
    ];
    assert.equal(outline(await fixtureRows('flushed_multi_block_rt')), [
      ...before,
      'INCL_START_BOUND 00000002 | - | 200@1539612335',
      'row 00000002,00000000',
      'row 00000002,00000001',
      'row 00000002,00000002',
      'INCL_END_BOUND 00000002 | 200@1539612335 | -',
      ...after,
    ]);
    assert.equal(outline(await fixtureRows('compacted_multi_block_rt')), [
      ...before,
      'INCL_START_BOUND 00000002 | - | 200@1539612335',
      'row 00000002,00000000',
      'EXCL_END_INCL_START_BOUNDARY 00000002,00000001 | 200@1539612335 | 250@1539612335',
      'row 00000002,00000001',
      'row 00000002,00000002',
      'row 00000002,00000003',
      'INCL_END_EXCL_START_BOUNDARY 00000002,00000005 | 250@1539612335 | 200@1539612335',
      'INCL_END_BOUND 00000002 | 200@1539612335 | -',
      ...after,
    ]);
    assert.equal(outline(await fixtureRows('repeated_rt')), [
      'INCL_START_BOUND 00000001 | - | 1513015245@1513015263',
      'row 00000001,00000001',
      'row 00000001,00000002',
      'row 00000001,00000003',
      'INCL_END_BOUND 00000001 | 1513015245@1513015263 | -',
    ]);
  },
);

sharedTest(test, 'static cells, descending rows, thousands of rows', async () => {
  const [descending] = await fixtureRows('14873');
  assert.equal(outline([descending as PartitionText]), [
    'static | - | - | sc: - 00000000 1542047735522022 0',
    ...[5, 4, 3, 2, 1].map((value) => `row 0000000${value}`),
  ]);
  const [indexed] = await fixtureRows('indexed_static');
  assert.is(indexed?.lines.length, 5_001);
  assert.is(
    indexed?.lines[0],
    'static | - | - | s1: - 00001387 1494499899292199 0 | s2: - 00001388 1494499899292199 0',
  );
  assert.is((await fixtureRows('indexed'))[0]?.lines.length, 5_000);
});

sharedTest(
  test,
  'cells that are named like a key column make a row where nothing else does',
  async () => {
    assert.equal(await fixtureRows('with_illegal_cell_names_2'), [
      { key: '00000003', lines: ['row 61,6161 | 100 0 | -'] },
    ]);
    const [indexed] = await fixtureRows('with_illegal_cell_names_indexed');
    assert.is(indexed?.lines.length, 11);
    for (const line of indexed?.lines ?? [])
      assert.match(line, / \| - \| - \| c: - (30){100,} 0 0$/);
  },
);

const DROPPED_SET = (timestamp: string) =>
  tableOf(`create table ks.t (k int primary key, v1 set<text>, v2 text);
    alter table ks.t drop v1 using timestamp ${timestamp};
    alter table ks.t add v1 text;`);

sharedTest(
  test,
  'a collection that was dropped, its name then given to another column',
  async () => {
    const [none, one] = await fixtureRows('14912');
    assert.equal(none?.lines, [
      'row  | 1543244999672280 0 | - | v2: - 616263 1543244999672280 0 | v1: 1543244999672279@1543255579 ',
    ]);
    assert.match(
      one?.lines[0] as string,
      /\| v1: 1543244999672279@1543255590 \[616263\] 1543244999672280 0$/,
    );
    for (const timestamp of ['1543244999700000', '1543244999600000']) {
      assert.equal(
        (await fixtureRows('14912', DROPPED_SET(timestamp))).map(({ lines }) => lines),
        [0, 1].map(() => ['row  | 1543244999672280 0 | - | v2: - 616263 1543244999672280 0']),
      );
    }
  },
);

const collections = tableOf(
  'create table ks.t (k int, c int, l map<int, int>, m map<int, int>, v int, s set<int> static, primary key (k, c));',
);
const cellOf = (c: number, column: string, timestamp: bigint, element?: number): Uint8Array => {
  const parts = [int(c), utf8(column)];
  if (element !== undefined) parts.push(int(element));
  return live(composite(parts), timestamp, column === '' ? NONE : int(1));
};

test('a range that tombstones of collections cut covers the row in their middle too', async () => {
  const found = await readRows(collections, [
    row(int(1), [
      cellOf(0, 'v', 60n),
      // a range at 50 over all rows from 1 to 3, cut by two collections of row 2 that were written anew at 70
      range(composite([int(1)], -1), composite([int(2), utf8('l')], -1), 50n, 9),
      cellOf(2, '', 70n),
      range(composite([int(2), utf8('l')], -1), composite([int(2), utf8('l')], 1), 69n, 9),
      cellOf(2, 'l', 70n, 5),
      range(composite([int(2), utf8('l')], 1), composite([int(2), utf8('m')], -1), 50n, 9),
      range(composite([int(2), utf8('m')], -1), composite([int(2), utf8('m')], 1), 69n, 9),
      cellOf(2, 'm', 70n, 6),
      range(composite([int(2), utf8('m')], 1), composite([int(3)], 1), 50n, 9),
      cellOf(2, 'v', 40n),
      cellOf(3, 'v', 60n),
      cellOf(4, 'v', 10n),
    ]),
  ]);
  assert.equal(found[0]?.lines, [
    'row 00000000 | - | - | v: - 00000001 60 0',
    'INCL_START_BOUND 00000001 | - | 50@9',
    'row 00000002 | 70 0 | - | l: 69@9 [00000005]00000001 70 0 | m: 69@9 [00000006]00000001 70 0',
    'row 00000003 | - | - | v: - 00000001 60 0',
    'INCL_END_BOUND 00000003 | 50@9 | -',
    'row 00000004 | - | - | v: - 00000001 10 0',
  ]);
});

test('collections of the static row, and what deletions of row, collection and partition leave', async () => {
  const statics = (end: number) => staticComposite([NONE, utf8('s')], end);
  const found = await readRows(collections, [
    row(int(1), [
      range(statics(-1), statics(1), 20n, 9),
      live(staticComposite([NONE, utf8('s'), int(1)]), 20n, NONE),
      live(staticComposite([NONE, utf8('s'), int(2)]), 21n, NONE),
      range(composite([int(1)], -1), composite([int(1)], 1), 30n, 9),
      cellOf(1, '', 30n),
      range(composite([int(1), utf8('m')], -1), composite([int(1), utf8('m')], 1), 30n, 9),
      cellOf(1, 'm', 31n, 1),
      cellOf(1, 'v', 29n),
      cellOf(2, 'v', 5n),
    ]),
    row(int(2), [cellOf(1, '', 7n), cellOf(1, 'v', 9n)], { timestamp: 8n, seconds: 4 }),
    row(int(3), [cellOf(1, '', 7n)], { timestamp: 8n, seconds: 4 }),
  ]);
  assert.equal(
    found.map(({ lines }) => lines),
    [
      [
        'static | - | - | s: 20@9 [00000002] 21 0',
        'row 00000001 | - | 30@9 | m: - [00000001]00000001 31 0',
        'row 00000002 | - | - | v: - 00000001 5 0',
      ],
      ['deleted 8@4', 'row 00000001 | - | - | v: - 00000001 9 0'],
      ['deleted 8@4'],
    ],
  );
});

test('a row marker that compaction of 2.x made a tombstone expires at once', async () => {
  const found = await readRows(collections, [
    row(int(1), [deleted(composite([int(1), NONE]), 5n, 77), cellOf(1, 'v', 6n)]),
  ]);
  assert.equal(found[0]?.lines, ['row 00000001 | 5 1@77 | - | v: - 00000001 6 0']);
});

test('bounds: exclusive ends, and an end of a prefix that covers nothing longer', async () => {
  const schema = tableOf('create table ks.t (k int, a int, b int, primary key (k, a, b));');
  const found = await readRows(schema, [
    row(int(1), [
      range(composite([int(1)], 1), composite([int(2)], -1), 5n, 9),
      range(composite([int(3)], 0), composite([int(4)], 0), 6n, 9),
      range(composite([int(5), int(1)], -1), NONE, 7n, 9),
    ]),
  ]);
  assert.equal(found[0]?.lines, [
    'EXCL_START_BOUND 00000001 | - | 5@9',
    'EXCL_END_BOUND 00000002 | 5@9 | -',
    'INCL_START_BOUND 00000003 | - | 6@9',
    'EXCL_END_BOUND 00000004, | 6@9 | -',
    'INCL_START_BOUND 00000005,00000001 | - | 7@9',
    'INCL_END_BOUND  | 7@9 | -',
  ]);
});

const staticCompact = tableOf(
  'create table ks.t (k int primary key, b int, y text) with compact storage;',
);

test('a static compact table: declared columns, and the others as rows', async () => {
  const dynamic = (name: string, timestamp: bigint) => live(utf8(name), timestamp, utf8(name));
  const rows = [
    row(int(1), [live(utf8('b'), 3n, int(7)), live(utf8('y'), 4n, utf8('z'))]),
    row(int(2), [
      dynamic('a', 1n),
      live(utf8('b'), 3n, int(8)),
      range(utf8('c'), utf8('e'), 5n, 9),
      dynamic('d', 5n),
      dynamic('e', 6n),
      live(utf8('y'), 4n, utf8('z')),
      dynamic('z', 2n),
    ]),
    row(int(3), [live(utf8('b'), 9n, int(9))], { timestamp: 9n, seconds: 1 }),
  ];
  assert.equal(
    (await readRows(staticCompact, rows)).map(({ lines }) => lines),
    [
      ['static | - | - | b: - 00000007 3 0 | y: - 7a 4 0'],
      [
        'static | - | - | b: - 00000008 3 0 | y: - 7a 4 0',
        'row 61 | - | - | value: - 61 1 0',
        'INCL_START_BOUND 63 | - | 5@9',
        'row 65 | - | - | value: - 65 6 0',
        'INCL_END_BOUND 65 | 5@9 | -',
        'row 7a | - | - | value: - 7a 2 0',
      ],
      ['deleted 9@1'],
    ],
  );
  // bytes that come once only can't be read again
  await rejects(readRows(staticCompact, rows, { isOnce: true }), ({ message }) =>
    /columns that are not declared/.test(message),
  );
  assert.is((await readRows(staticCompact, rows.slice(0, 1), { isOnce: true })).length, 1);
});

test('a super column family: a map, and declared sub-columns', async () => {
  const schema = tableOf(
    'create table ks.s (key blob, column1 blob, age int, "" map<blob, blob>, primary key (key, column1)) with compact storage;',
  );
  const sub = (name: string) => composite([utf8('A'), utf8(name)]);
  const found = await readRows(schema, [
    row(utf8('k'), [
      live(sub('age'), 2n, int(4)),
      live(sub('x'), 3n, utf8('1')),
      deleted(sub('y'), 4n, 8),
    ]),
  ]);
  assert.equal(found[0]?.lines, [
    'row 41 | - | - | age: - 00000004 2 0 | : - [78]31 3 0 [79] 4 0@8',
  ]);
});

test('dense tables: names that end early hold nulls, a table of keys only holds empty values', async () => {
  const wide = tableOf(
    'create table ks.t (k int, a int, b int, v int, primary key (k, a, b)) with compact storage;',
  );
  const [partition] = await readRows(wide, [
    row(int(1), [
      live(composite([int(1)]), 2n, int(1)),
      live(composite([int(1), int(1)]), 2n, int(2)),
    ]),
  ]);
  assert.equal(partition?.lines, [
    'row 00000001,null | - | - | v: - 00000001 2 0',
    'row 00000001,00000001 | - | - | v: - 00000002 2 0',
  ]);
  const keys = tableOf(
    'create table ks.t (k int, a int, primary key (k, a)) with compact storage;',
  );
  assert.equal((await readRows(keys, [row(int(1), [live(int(5), 2n, NONE)])]))[0]?.lines, [
    'row 00000005 | - | - | value: -  2 0',
  ]);
});

const MISFITS: readonly (readonly [string, readonly Uint8Array[], RegExp])[] = [
  [
    'an unknown column',
    [cellOf(1, 'other', 1n)],
    /column other .*uncompressed byte 18, expected a column of ks\.t \(/,
  ],
  [
    'a clustering value of another length',
    [live(composite([utf8('12345678'), utf8('v')]), 1n, int(1))],
    /clustering value of 8 bytes/,
  ],
  [
    'a value of another length',
    [live(composite([int(1), utf8('v')]), 1n, utf8('12345'))],
    /value of 5 bytes in column v/,
  ],
  [
    'an element of another length',
    [live(composite([int(1), utf8('m'), utf8('k')]), 1n, int(1))],
    /element of 1 bytes in column m/,
  ],
  ['an element of a simple column', [cellOf(1, 'v', 1n, 4)], /cell of an element in column v/],
  ['a collection without an element', [cellOf(1, 'm', 1n)], /cell without an element in column m/],
  ['a static column elsewhere', [cellOf(1, 's', 1n, 4)], /column s in a regular row/],
  ['a name that is no composite', [live(utf8('v'), 1n, int(1))], /in the name 76/],
  ['a name with too few parts', [live(composite([int(1)]), 1n, int(1))], /the end in the name/],
  [
    'a name with too many parts',
    [live(composite([int(1), utf8('m'), int(1), int(1)]), 1n, int(1))],
    /bytes behind the last part/,
  ],
  ['rows in another order', [cellOf(2, 'v', 1n), cellOf(1, 'v', 1n)], /ascending clustering order/],
  ['a cell twice', [cellOf(2, 'v', 1n), cellOf(2, 'v', 2n)], /second cell of column v/],
  [
    'a row marker with a value',
    [live(composite([int(1), NONE]), 1n, int(1))],
    /row marker with a value/,
  ],
  [
    'a deletion of a simple column',
    [range(composite([int(1), utf8('v')], -1), composite([int(1), utf8('v')], 1), 1n, 1)],
    /deletion of collection v/,
  ],
  [
    'a range that begins before what precedes it',
    [
      range(composite([int(3)], -1), composite([int(5)], 1), 1n, 1),
      range(composite([int(2)], -1), composite([int(6)], 1), 1n, 1),
    ],
    /begins before what stands before it/,
  ],
];

for (const [what, atoms, message] of MISFITS) {
  test(`refused with the place of the atom: ${what}`, async () => {
    const failed: unknown = await readRows(collections, [row(int(1), atoms)]).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.instance(failed, SSTableError);
    assert.is((failed as SSTableError).code, 'SCM_SSTABLE_CORRUPT');
    assert.match((failed as SSTableError).message, message);
  });
}

test('counters and other cells do not change places', async () => {
  const counters = tableOf('create table ks.t (k int primary key, n counter);');
  await rejects(
    readRows(counters, [row(int(1), [live(composite([utf8('n')]), 1n, int(1))])]),
    ({ message }) => /no counter in column n/.test(message),
  );
});

test('what comes before a wrong atom is handed out; after it the reader only rejects', async () => {
  const bytes = row(int(1), [cellOf(1, 'v', 1n), cellOf(2, 'v', 1n), cellOf(3, 'other', 1n)]);
  const reader = openLegacyRowReader(new PieceRowSource([bytes], { path: 'bytes' }), collections);
  await reader.nextPartition();
  assert.is((await reader.nextBatch()).length, 2);
  await rejects(reader.nextBatch(), ({ message }) => /column other/.test(message));
  await rejects(reader.nextBatch(), ({ message }) => /column other/.test(message));
  await rejects(reader.nextPartition(), ({ message }) => /column other/.test(message));
  await reader.close();
});

test.run();
