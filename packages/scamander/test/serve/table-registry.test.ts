import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TableRegistry } from '../../src/serve/table-registry.ts';
import { copyTable } from '../harness.ts';

const ID = '5ca3a000-0000-11ee-8000-000000000001';
const FOLDER = 'users-5ca3a000000011ee8000000000000001';

test('tables are folders <keyspace>/<table>-<id>; everything else is passed over', () =>
  withTempFolder(async (data) => {
    for (const name of [FOLDER, 'no_id', 'short-5ca3', 'UPPER-5CA3A000000011EE8000000000000001'])
      mkdirSync(join(data, 'demo', name), { recursive: true });
    mkdirSync(join(data, '.hidden', FOLDER), { recursive: true });
    writeFileSync(join(data, 'demo', 'file-5ca3a000000011ee8000000000000002'), '');
    const registry = await TableRegistry.open(data);
    assert.equal(registry.all, [
      { keyspace: 'demo', table: 'users', tableId: ID, directory: join(data, 'demo', FOLDER) },
    ]);
    assert.is(registry.get(ID)?.table, 'users');
    assert.is(registry.get('5ca3a000-0000-11ee-8000-000000000002'), undefined);
  }));

test('a data directory that is missing is made', () =>
  withTempFolder(async (folder) => {
    const registry = await TableRegistry.open(join(folder, 'a', 'b'));
    assert.equal(registry.all, []);
    assert.ok(existsSync(join(folder, 'a', 'b')));
  }));

test('a table made known has its folder at once, and adding it again changes nothing', () =>
  withTempFolder(async (data) => {
    const registry = await TableRegistry.open(data);
    const known = await registry.add('demo', 'users', ID);
    assert.ok(existsSync(join(data, 'demo', FOLDER)));
    assert.equal(await registry.add('demo', 'users', ID), known);
    assert.is(registry.all.length, 1);
  }));

for (const [keyspace, table, id] of [
  ['..', 'users', ID],
  ['demo', '../../escape', ID],
  ['demo', 'users', '../../escape'],
  ['demo/x', 'users', ID],
  ['', 'users', ID],
] as const) {
  test(`a table ${keyspace}.${table} with id ${id} is refused: names become folders`, () =>
    withTempFolder(async (folder) => {
      const data = join(folder, 'data');
      const registry = await TableRegistry.open(data);
      let failure: unknown;
      try {
        await registry.add(keyspace, table, id);
      } catch (error) {
        failure = error;
      }
      assert.instance(failure, Error);
      assert.equal(registry.all, []);
    }));
}

test('tables are selected by keyspace and name; none named means all', () =>
  withTempFolder(async (data) => {
    const registry = await TableRegistry.open(data);
    await registry.add('demo', 'users', ID);
    await registry.add('demo', 'readings', '5ca3a000-0000-11ee-8000-000000000002');
    await registry.add('other', 'users', '5ca3a000-0000-11ee-8000-000000000003');
    const names = (keyspace: string, tables: string[]) =>
      registry
        .select(keyspace, tables)
        .map(({ table, tableId }) => `${table} ${tableId.slice(-1)}`);
    assert.equal(names('demo', []), ['users 1', 'readings 2']);
    assert.equal(names('other', ['users']), ['users 3']);
    assert.equal(names('demo', ['users', 'nothing']), ['users 1']);
    assert.equal(names('nowhere', []), []);
  }));

test('ids follow those on disk, and two files received at once get different ones', () =>
  withTempFolder(async (data) => {
    copyTable('4.1.10-nb', 'users', data);
    const registry = await TableRegistry.open(data);
    const table = registry.get(ID);
    if (table === undefined) throw new Error('the table was not found');
    const ids = await Promise.all([1, 2, 3].map(() => registry.nextId(table)));
    assert.equal(ids.map((id) => (id._tag === 'Right' ? id.right : id.left.message)).sort(), [
      '3',
      '4',
      '5',
    ]);
  }));

test.run();
