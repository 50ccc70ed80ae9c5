import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type SchemaRows, tableOf } from '../../src/cql/table-schema.ts';
import { RELEASES, refusal, rowsOf, value } from '../harness.ts';

const schemaRows = (release: (typeof RELEASES)[number]): SchemaRows => {
  const { dropped, ...rows } = rowsOf(release);
  return { ...rows, droppedColumns: dropped };
};

// The statements stand in fixtures/README.md.
for (const release of RELEASES) {
  test(`a table with everything, ${release}`, () => {
    const rows = schemaRows(release);
    const table = value(tableOf('heroes', rows));
    assert.ok(table);
    assert.equal([table.keyspace, table.name, table.kind], ['troy', 'heroes', 'table']);
    assert.is(table.id, rows.tables.find((row) => row['table_name'] === 'heroes')?.['id']);
    assert.equal(
      table.columns.map(({ name, kind, order, type }) => `${name} ${kind} ${order} ${type}`),
      [
        'city partition_key none text',
        'born partition_key none int',
        'name clustering desc text',
        'Epithet static none text',
        'age regular none bigint',
        'home regular none frozen<address>',
        'tags regular none map<text, frozen<list<int>>>',
      ],
    );
    assert.equal(
      table.droppedColumns.map(({ name, kind, type }) => `${name} ${kind} ${type}`),
      ['gone regular int'],
    );
    assert.is(
      table.droppedColumns[0]?.droppedAtMs,
      Date.parse(String(rows.droppedColumns[0]?.['dropped_time'])),
    );
    const sai = release.startsWith('4') ? [] : ['heroes_home sai home'];
    assert.equal(
      table.indexes.map(({ name, kind, target }) => `${name} ${kind} ${target}`),
      ['heroes_age secondary age', ...sai, 'heroes_name sasi "Epithet"'],
    );
    assert.equal(table.views, ['by_name']);
    assert.equal(table.userTypes, [
      {
        name: 'address',
        fields: [
          { name: 'street', type: 'text' },
          { name: 'zip', type: 'int' },
        ],
      },
    ]);
    assert.equal(table.compression, {
      chunk_length_in_kb: '16',
      class: 'org.apache.cassandra.io.compress.LZ4Compressor',
    });
    assert.match(table.compaction['class'] ?? '', /SizeTieredCompactionStrategy$/);
    assert.equal([table.cdc, table.counter, table.memtable], [true, false, undefined]);
    assert.is(table.gcGraceSeconds, 3600);
  });

  test(`a counter table and a view, ${release}`, () => {
    const rows = schemaRows(release);
    const ships = value(tableOf('ships', rows));
    assert.equal(ships?.flags, ['compound', 'counter']);
    assert.equal([ships?.counter, ships?.indexes, ships?.views], [true, [], []]);
    const view = value(tableOf('by_name', rows));
    assert.equal([view?.kind, view?.columns.length, view?.gcGraceSeconds], ['view', 4, 864000]);
    assert.is(value(tableOf('nobody', rows)), undefined);
  });
}

test('compression off, a named memtable', () => {
  const rows = schemaRows('5.0.6');
  const changed = (more: Record<string, unknown>) =>
    value(tableOf('ships', { ...rows, tables: rows.tables.map((row) => ({ ...row, ...more })) }));
  assert.is(changed({ compression: { enabled: 'false' } })?.compression, undefined);
  assert.is(changed({ compression: null })?.compression, undefined);
  assert.is(changed({ compression: new Map([['class', 'Z']]) })?.compression?.['class'], 'Z');
  assert.is(changed({ memtable: 'trie' })?.memtable, 'trie');
  assert.is(changed({ memtable: 'default' })?.memtable, undefined);
});

test('a column without a type is said so', () => {
  const rows = schemaRows('5.0.6');
  const columns = rows.columns.map((row) => ({ ...row, type: null }));
  assert.is(
    refusal(tableOf('ships', { ...rows, columns }), 'SCM_CLUSTER_BAD_ROW'),
    'system_schema.type holds nothing',
  );
});

test.run();
