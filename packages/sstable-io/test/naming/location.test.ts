import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { locateTable, parseTableFolder, tableDirectory } from '../../src/naming/location.ts';
import { isSystemKeyspace } from '../../src/naming/system-keyspaces.ts';

const HEX = '5a1c395eb41f11e5a2f2d1f5cb37ed2d';
const ID = '5a1c395e-b41f-11e5-a2f2-d1f5cb37ed2d';

const CASES = [
  [`/d/ks/t-${HEX}`, 'live', undefined, undefined, ID],
  [`/d/ks/t-${HEX}/backups`, 'backup', undefined, undefined, ID],
  [`/d/ks/t-${HEX}/snapshots/my-tag`, 'snapshot', 'my-tag', undefined, ID],
  [`/d/ks/t-${HEX}/.by_v`, 'live', undefined, 'by_v', ID],
  [`/d/ks/t-${HEX}/backups/.by_v`, 'backup', undefined, 'by_v', ID],
  [`/d/ks/t-${HEX}/snapshots/2024.01/.by_v`, 'snapshot', '2024.01', 'by_v', ID],
  ['/d/ks/t', 'live', undefined, undefined, undefined],
  ['/d/ks/t/snapshots/x', 'snapshot', 'x', undefined, undefined],
] as const;
for (const [path, kind, tag, indexName, tableId] of CASES)
  test(path, () => {
    const found = locateTable(path);
    assert.is(found.keyspace, 'ks');
    assert.is(found.table, 't');
    assert.is(found.kind, kind);
    assert.is(found.tag, tag);
    assert.is(found.indexName, indexName);
    assert.is(found.tableId, tableId);
    assert.is(found.tableDirectory, tableId === undefined ? '/d/ks/t' : `/d/ks/t-${HEX}`);
  });

test('a table called backups, below a folder without id, is a table as it is for nodes', () => {
  const found = locateTable('/d/ks/backups');
  assert.is(found.table, 'backups');
  assert.is(found.keyspace, 'ks');
  assert.is(found.kind, 'live');
});

test('any folder does: its name up to the first dash, and its parent', () => {
  const found = locateTable('/x/5.0.6-da/z_snappy-old');
  assert.is(found.keyspace, '5.0.6-da');
  assert.is(found.table, 'z_snappy');
});

test('given names win', () => {
  const found = locateTable(`/d/ks/t-${HEX}`, { keyspace: 'other' });
  assert.is(found.keyspace, 'other');
  assert.is(found.table, 't');
});

test('folder names with and without id', () => {
  assert.equal(parseTableFolder(`t-${HEX}`), { table: 't', tableId: ID });
  assert.is(parseTableFolder(`t-${HEX}0`), undefined);
  assert.is(parseTableFolder(`t-${HEX.toUpperCase()}`), undefined);
  assert.is(parseTableFolder('t'), undefined);
});

test('table directory', () => {
  assert.is(tableDirectory('/d', 'ks', 'T_1', ID), `/d/ks/T_1-${HEX}`);
  assert.throws(() => tableDirectory('/d', '..', 't', ID), /keyspace or table name/);
  assert.throws(() => tableDirectory('/d', 'ks', 'a/b', ID), /keyspace or table name/);
  assert.throws(() => tableDirectory('/d', 'ks', 't', '../../x'), /table id/);
});

test("the node's own keyspaces", () => {
  for (const name of [
    'system',
    'system_schema',
    'system_auth',
    'system_distributed',
    'system_traces',
  ])
    assert.ok(isSystemKeyspace(name));
  assert.not.ok(isSystemKeyspace('system_of_mine'));
  assert.not.ok(isSystemKeyspace('ks'));
});

test.run();
