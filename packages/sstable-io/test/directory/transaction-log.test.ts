import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discover } from '../../src/directory/discover.ts';
import {
  parseTransactionLog,
  parseTransactionLogName,
} from '../../src/directory/transaction-log.ts';
import { formatRecord, type TransactionRecord } from '../../src/directory/transaction-record.ts';
import { tableFolder, writeSSTable } from './sample-table.ts';

const NAME = 'nb_txn_compaction_bd1d8c50-6f0d-11f0-8de9-0242ac120002.log';

const NAMES = [
  [NAME, 'compaction'],
  ['bti-da_txn_stream_bd1d8c50-6f0d-11f0-8de9-0242ac120002.log', 'stream'],
  ['txn_flush_bd1d8c50-6f0d-11f0-8de9-0242ac120002.log', 'flush'],
] as const;
for (const [name, operation] of NAMES)
  test(`name: ${name}`, () =>
    assert.equal(parseTransactionLogName(name), {
      operation,
      id: 'bd1d8c50-6f0d-11f0-8de9-0242ac120002',
    }));
for (const name of ['system.log', 'nb-1-big-Data.db', 'nb_txn_x.log'])
  test(`no log: ${name}`, () => assert.is(parseTransactionLogName(name), undefined));

const add = (path: string): TransactionRecord => ({ type: 'ADD', path, updateTimeMs: 0, files: 6 });
const text = (...records: readonly TransactionRecord[]): string =>
  records.map((record) => `${formatRecord(record)}\n`).join('');

test('only a sound last record decides; one cut short is no damage', () => {
  const records = [add('/d/ks/t/nb-1-big-'), add('/d/ks/t/nb-2-big')];
  const whole = parseTransactionLog('f', text(...records, { type: 'COMMIT' }));
  assert.is(whole.outcome, 'committed');
  assert.equal(whole.added, ['nb-1-big-', 'nb-2-big-']);
  const cut = parseTransactionLog('f', text(...records, { type: 'COMMIT' }).slice(0, -4));
  assert.is(cut.outcome, 'unfinished');
  assert.is(cut.damage, undefined);
  assert.is(parseTransactionLog('f', text(...records, { type: 'ABORT' })).outcome, 'aborted');
  assert.is(parseTransactionLog('f', '').outcome, 'unfinished');
});

test('damage before the last record is named; what it meant to add is still taken for unfinished', () => {
  const damaged = text(add('/d/ks/t/nb-1-big-'), { type: 'COMMIT' }).replace('0,6]', '0,7]');
  const log = parseTransactionLog('f', damaged);
  assert.is(log.damage?.code, 'SCM_SSTABLE_CORRUPT');
  assert.equal(log.added, ['nb-1-big-']);
});

test('a path that is not one whole SSTable prefix takes nothing along', () => {
  assert.equal(parseTransactionLog('f', text(add('/d/ks/t/nb'), add('/'))).added, []);
});

/** Prefixes that discovery still finds. */
const found = async (data: string): Promise<readonly string[]> =>
  (await discover([data])).tables.flatMap(({ sstables }) =>
    sstables.map(({ descriptor }) => descriptor.prefix),
  );

const withFour = (body: (data: string, table: string) => Promise<void>): Promise<void> =>
  withTempFolder(async (data) => {
    const table = tableFolder(data);
    for (const id of [1, 2, 3, 11]) writeSSTable(table, `nb-${id}-big-`);
    await body(data, table);
  });

const remove = (table: string, prefix: string): TransactionRecord => ({
  type: 'REMOVE',
  path: join(table, prefix),
  updateTimeMs: Math.floor(statSync(join(table, `${prefix}Data.db`)).mtimeMs),
  files: 6,
});

test('without COMMIT the added are ignored and named, the removed stay', () =>
  withFour(async (data, table) => {
    writeFileSync(
      join(table, NAME),
      text(remove(table, 'nb-2-big-'), remove(table, 'nb-3-big-'), add(join(table, 'nb-1-big-'))),
    );
    assert.equal(await found(data), ['nb-2-big-', 'nb-3-big-', 'nb-11-big-']);
    const { problems } = await discover([data]);
    assert.equal(
      problems.map(({ code, detail }) => [code, detail.file]),
      [['SCM_SSTABLE_UNFINISHED', join(table, 'nb-1-big-Data.db')]],
    );
    const single = await discover([join(table, 'nb-1-big-Data.db')]);
    assert.equal(single.tables, []);
    assert.is(single.problems[0]?.code, 'SCM_SSTABLE_UNFINISHED');
  }));

test('with COMMIT the removed are ignored, the added stay; a single removed file says so', () =>
  withFour(async (data, table) => {
    writeFileSync(
      join(table, NAME),
      text(remove(table, 'nb-2-big-'), add(join(table, 'nb-1-big-')), { type: 'COMMIT' }),
    );
    assert.equal(await found(data), ['nb-1-big-', 'nb-3-big-', 'nb-11-big-']);
    const single = await discover([join(table, 'nb-2-big-Data.db')]);
    assert.is(single.problems[0]?.code, 'SCM_SSTABLE_UNFINISHED');
    assert.match(single.problems[0]?.message as string, 'obsolete');
  }));

test('removed files that changed since were put there again, and stay', () =>
  withFour(async (data, table) => {
    writeFileSync(join(table, NAME), text(remove(table, 'nb-2-big-'), { type: 'COMMIT' }));
    utimesSync(join(table, 'nb-2-big-Data.db'), 2_000_000_000, 2_000_000_000);
    assert.equal(await found(data), ['nb-1-big-', 'nb-2-big-', 'nb-3-big-', 'nb-11-big-']);
  }));

test('a log from a copied folder counts by file name', () =>
  withFour(async (data, table) => {
    writeFileSync(join(table, NAME), text(add('/var/lib/cassandra/data/ks/t-x/nb-3-big-')));
    assert.equal(await found(data), ['nb-1-big-', 'nb-2-big-', 'nb-11-big-']);
  }));

test.run();
