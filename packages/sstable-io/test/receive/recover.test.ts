import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatRecord, type TransactionRecord } from '../../src/directory/transaction-record.ts';
import { type Recovery, recover } from '../../src/receive/recover.ts';
import { tableFolder, writeSSTable } from '../directory/sample-table.ts';
import { osError, stepping } from './stepping.ts';

const LOG = 'nb_txn_stream_bd1d8c50-6f0d-11f0-8de9-0242ac120002.log';

const text = (...records: readonly TransactionRecord[]): string =>
  records.map((record) => `${formatRecord(record)}\n`).join('');

const add = (table: string, prefix: string): TransactionRecord => ({
  type: 'ADD',
  path: join(table, prefix),
  updateTimeMs: 0,
  files: 6,
});

const recovered = async (data: string): Promise<Recovery> => {
  const result = await recover(data);
  if (result._tag === 'Left') throw result.left;
  return result.right;
};

/** SSTables 1, 2 and 11; a log that adds 1 and whatever `last` says. */
const withLog = (
  last: readonly TransactionRecord[],
  body: (data: string, table: string) => Promise<void>,
  name = LOG,
): Promise<void> =>
  withTempFolder(async (data) => {
    const table = tableFolder(data);
    for (const id of [1, 2, 11]) writeSSTable(table, `nb-${id}-big-`);
    writeFileSync(join(table, name), text(add(table, 'nb-1-big-'), ...last));
    await body(data, table);
  });

const prefixes = (table: string): readonly string[] => [
  ...new Set(readdirSync(table).map((name) => name.slice(0, name.lastIndexOf('-') + 1))),
];

test('a folder that is not there, or empty, has nothing to recover', () =>
  withTempFolder(async (data) => {
    const nothing = { rolledBack: [], completed: [], staging: [], problems: [] };
    assert.equal(await recovered(join(data, 'no')), nothing);
    assert.equal(await recovered(data), nothing);
  }));

for (const last of [[], [{ type: 'ABORT' }]] as const)
  test(`without COMMIT (${last.length} more records) the added files go, and no others`, () =>
    withLog(last, async (data, table) => {
      const found = await recovered(data);
      assert.equal(found.rolledBack, [join(table, 'nb-1-big-')]);
      assert.equal(prefixes(table), ['nb-11-big-', 'nb-2-big-']);
      assert.equal((await recovered(data)).rolledBack, []);
    }));

test('with COMMIT only the log goes', () =>
  withLog([{ type: 'COMMIT' }], async (data, table) => {
    assert.equal((await recovered(data)).completed, [join(table, LOG)]);
    assert.equal(prefixes(table), ['nb-1-big-', 'nb-11-big-', 'nb-2-big-']);
  }));

test('staging folders go', () =>
  withTempFolder(async (data) => {
    const folder = join(data, '.scamander-incoming', 'backups', 'x-1');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'Data.db'), 'x');
    assert.equal((await recovered(data)).staging, [folder]);
    assert.equal(readdirSync(data), []);
  }));

test('logs of compactions are left to the node that wrote them', () =>
  withLog(
    [],
    async (data, table) => {
      const before = readdirSync(table);
      const found = await recovered(data);
      assert.is(found.problems[0]?.code, 'SCM_SSTABLE_UNFINISHED');
      assert.equal(readdirSync(table), before);
    },
    LOG.replace('stream', 'compaction'),
  ));

test('a log that removes is not ours, even when it is called so', () =>
  withLog(
    [{ type: 'REMOVE', path: '/x/nb-2-big-', updateTimeMs: 5, files: 1 }, { type: 'COMMIT' }],
    async (data, table) => {
      const before = readdirSync(table);
      assert.is((await recovered(data)).problems.length, 1);
      assert.equal(readdirSync(table), before);
    },
  ));

test('a damaged log is left alone and named', () =>
  withLog([{ type: 'COMMIT' }], async (data, table) => {
    writeFileSync(join(table, LOG), `garbage\n${text({ type: 'COMMIT' })}`);
    const before = readdirSync(table);
    assert.is((await recovered(data)).problems[0]?.code, 'SCM_SSTABLE_CORRUPT');
    assert.equal(readdirSync(table), before);
  }));

test('a record that names no whole SSTable deletes nothing', () =>
  withLog([], async (data, table) => {
    writeFileSync(join(table, LOG), text(add(table, 'nb'), add('/', '')));
    await recovered(data);
    assert.equal(prefixes(table), ['nb-1-big-', 'nb-11-big-', 'nb-2-big-']);
  }));

test('a record that points elsewhere deletes only beside its log', () =>
  withLog([], async (data, table) => {
    const other = tableFolder(data, 'ks', 'other');
    writeSSTable(other, 'nb-2-big-');
    writeFileSync(join(table, LOG), text(add(other, 'nb-2-big-')));
    await recovered(data);
    assert.equal(prefixes(other), ['nb-2-big-']);
  }));

for (const last of [[], [{ type: 'COMMIT' }]] as const)
  test(`recovery that fails at any step can be repeated (${last.length} more records)`, async () => {
    let steps = 0;
    for (let at = 1; at === 1 || steps >= at - 1; at++)
      await withLog(last, async (data, table) => {
        const result = await recover(
          data,
          stepping(async (step) => {
            steps = step.index;
            if (step.index === at) throw osError('EIO');
            await step.whole();
          }),
        );
        assert.is(result._tag, steps >= at ? 'Left' : 'Right');
        await recovered(data);
        const expected = ['nb-11-big-', 'nb-2-big-'];
        assert.equal(prefixes(table), last.length === 0 ? expected : ['nb-1-big-', ...expected]);
      });
    assert.ok(steps > 2);
  });

test.run();
