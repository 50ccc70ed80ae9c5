// Copies between embedded nodes: every sample of every release arrives at every target, whole or as sections, with the same rows.
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { componentBytes, sampleFolders, sstablesBelow } from '../harness.ts';
import { rowsOf } from '../stories/rows-of.ts';
import { copied, withCopyWorld } from './copies.ts';

const RELEASES = sampleFolders.map((folder) => folder.slice(folder.lastIndexOf('/') + 1));

const dataOf = async (folder: string): Promise<readonly string[]> =>
  (await sstablesBelow(folder))
    .map((files) => `${files.descriptor.table} ${componentBytes(files, 'Data.db').toString('hex')}`)
    .sort();

const explained = (problems: readonly { readonly message: string }[]): string =>
  problems.map(({ message }) => message).join('\n');

for (const release of RELEASES) {
  test(`${release}: whole SSTables arrive whole, byte for byte, at three nodes`, () =>
    withCopyWorld({ release, targets: 3 }, async ({ dataOf: target, folder, options, parts }) => {
      const { report } = await copied(options(), parts);
      assert.is(report.verdict, 'complete', explained(report.problems));
      const expected = await dataOf(join(folder, 'source-0'));
      assert.ok(expected.length > 0);
      for (const index of [0, 1, 2]) assert.equal(await dataOf(target(index)), expected);
      assert.is(report.entire, expected.length);
      assert.is(report.sections, 0);
      assert.is(report.receipt.deliveries.length, 3 * expected.length);
      assert.ok(report.receipt.deliveries.every(({ status }) => status === 'acknowledged'));
    }));

  test(`${release}: whole SSTables arrive as sections where they must`, () =>
    withCopyWorld({ release, targets: 2 }, async ({ dataOf: target, folder, options, parts }) => {
      const { report } = await copied(options({ entire: 'never' }), parts);
      assert.is(report.verdict, 'complete', explained(report.problems));
      const expected = await rowsOf(await sstablesBelow(join(folder, 'source-0')));
      for (const index of [0, 1])
        assert.equal(await rowsOf(await sstablesBelow(target(index))), expected);
      assert.is(report.entire, 0);
      assert.ok(report.receipt.deliveries.every(({ mode }) => mode === 'sections'));
      assert.ok(
        report.receipt.deliveries.every(({ modeReason }) => modeReason === '--entire never'),
      );
    }));
}

test('every replica of the source is asked where that is wanted: both give all they have', () =>
  withCopyWorld({ sources: 2, targets: 1 }, async (world) => {
    const { folder, dataOf: target, options, parts } = world;
    const names = [{ keyspace: 'demo', table: 'users' }];
    const both = await copied(options({ names, allReplicas: true }), parts);
    assert.is(both.report.verdict, 'complete', explained(both.report.problems));
    const units = both.report.units.map(({ from }) => from);
    assert.equal([...units].sort(), ['10.0.1.1:7000', '10.0.1.2:7000']);
    const expected = await dataOf(join(folder, 'source-0'));
    const users = expected.filter((line) => line.startsWith('users '));
    assert.equal(await dataOf(target(0)), [...users, ...users].sort());
  }));

test.run();
