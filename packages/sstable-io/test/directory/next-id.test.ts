import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextSSTableId } from '../../src/directory/next-id.ts';
import { formatRecord } from '../../src/directory/transaction-record.ts';
import { writeSSTable } from './sample-table.ts';

const next = async (...folders: readonly string[]): Promise<string> => {
  const id = await nextSSTableId(folders);
  if (id._tag === 'Left') throw id.left;
  return id.right;
};

test('the first id is 1, also where there is no folder yet', () =>
  withTempFolder(async (folder) => {
    assert.is(await next(), '1');
    assert.is(await next(folder, join(folder, 'no')), '1');
  }));

test('one more than any file of any directory, backup or log has', () =>
  withTempFolder(async (folder) => {
    writeSSTable(join(folder, 'a'), 'nb-9-big-');
    writeSSTable(join(folder, 'a'), 'nb-3g1m_0nuf_3vj5m2k1125165rxa7-big-');
    assert.is(await next(join(folder, 'a')), '10');
    writeSSTable(join(folder, 'b'), 'da-12-bti-', ['Rows.db']);
    assert.is(await next(join(folder, 'a'), join(folder, 'b')), '13');
    writeSSTable(join(folder, 'b', 'backups'), 'nb-20-big-');
    assert.is(await next(join(folder, 'a'), join(folder, 'b')), '21');
    writeFileSync(
      join(folder, 'a', 'nb_txn_stream_bd1d8c50-6f0d-11f0-8de9-0242ac120002.log'),
      `${formatRecord({ type: 'ADD', path: '/x/nb-30-big-', updateTimeMs: 0, files: 1 })}\n`,
    );
    assert.is(await next(join(folder, 'a'), join(folder, 'b')), '31');
  }));

test('numbers used up', () =>
  withTempFolder(async (folder) => {
    writeSSTable(folder, 'nb-2147483647-big-');
    const id = await nextSSTableId([folder]);
    assert.ok(id._tag === 'Left');
    assert.is(id.left.code, 'SCM_SSTABLE_UNSUPPORTED');
  }));

test.run();
