// The file of a receipt: whole or not there, whatever was there before.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Receipt } from '@scamander/scamander';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeReceipt } from '../../src/output/receipt-file.ts';

const receipt: Receipt = {
  format: 'scamander-receipt-2',
  job: 'load',
  from: 'a',
  to: 'b',
  run: undefined,
  planIds: [],
  startedAt: '',
  finishedAt: '',
  sources: [],
  deliveries: [],
  receptions: [],
};

const read = (path: string): unknown => (JSON.parse(readFileSync(path, 'utf8')) as Receipt).format;

test('it is made, and replaces what was there; a link is followed', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'receipt.json');
    assert.is(await writeReceipt(path, receipt), undefined);
    assert.is(read(path), 'scamander-receipt-2');
    writeFileSync(path, 'x'.repeat(10_000));
    assert.is(await writeReceipt(path, receipt), undefined);
    assert.is(read(path), 'scamander-receipt-2');
    const [target, link] = [join(folder, 'target'), join(folder, 'link')];
    writeFileSync(target, '');
    symlinkSync(target, link);
    assert.is(await writeReceipt(link, receipt), undefined);
    assert.is(read(target), 'scamander-receipt-2');
    assert.equal(readdirSync(folder).sort(), ['link', 'receipt.json', 'target']);
  }));

test('devices are written to, and none is asked for without a path', async () => {
  assert.is(await writeReceipt('/dev/null', receipt), undefined);
  assert.is(await writeReceipt(undefined, receipt), undefined);
});

test('where it can’t be, that is said, and nothing is left', () =>
  withTempFolder(async (folder) => {
    const below = join(folder, 'none', 'receipt.json');
    const problem = await writeReceipt(below, receipt);
    assert.equal([problem?.kind, problem?.where], ['usage', below]);
    const directory = join(folder, 'directory');
    mkdirSync(directory);
    assert.is((await writeReceipt(directory, receipt))?.kind, 'usage');
    assert.ok(existsSync(directory));
    assert.equal(readdirSync(folder), ['directory']);
  }));

test.run();
