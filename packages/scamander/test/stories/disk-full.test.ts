// The disk of the receiving node takes no more bytes of a component: a limit of the operating system, not a made-up error. What was begun
// goes, the sender is told, and smaller SSTables still arrive.
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from '../../src/load/load.ts';
import { systemParts } from '../../src/parts.ts';
import { copyTable, ONE_TRY, snapshot, sstablesBelow, startNode, tablesOf } from '../harness.ts';
import { bundleChild, Child } from './children.ts';
import { writeLargeSSTable } from './large-sstable.ts';

test.before(bundleChild);

for (const [way, partitions, entire] of [
  ['through buffers', 2000, 'auto'],
  ['by the kernel', 6000, 'auto'],
  ['as sections', 2000, 'never'],
] as const) {
  test(`no room for a component that comes ${way}: failed, nothing left, and the node lives on`, () =>
    withTempFolder(async (folder) => {
      const data = join(folder, 'data');
      const large = writeLargeSSTable(join(folder, 'large'), partitions, 1000);
      const small = copyTable('4.1.10-nb', 'users', join(folder, 'small'));
      const first = await startNode(
        {
          dataDirectory: data,
          listen: { host: '127.0.0.1', port: 0 },
          tables: await tablesOf([large, small]),
        },
        systemParts,
      );
      await first.close();
      const before = snapshot(data);
      Child.fileBlocksMax = 1024;
      const child = new Child('serve', data, 0);
      Child.fileBlocksMax = 'unlimited';
      try {
        const port = Number((await child.next())?.split(' ')[1]);
        const target = { kind: 'direct' as const, nodes: [{ host: '127.0.0.1', port }] };
        const failed = await load({ paths: [large], target, entire, retry: ONE_TRY }).result;
        assert.is(failed._tag === 'Right' && failed.right.verdict, 'failed');
        assert.match(
          (failed._tag === 'Right' && failed.right.receipt.deliveries[0]?.reason) || '',
          /disk .* full/,
        );
        const fine = await load({ paths: [small], target, entire }).result;
        assert.is(fine._tag === 'Right' && fine.right.verdict, 'complete');
      } finally {
        await child.kill();
      }
      const known = new Set(before.map(([path]) => path));
      assert.equal(
        snapshot(data)
          .map(([path]) => path)
          .filter((path) => !known.has(path) && !path.includes('/users-')),
        [],
      );
      assert.is((await sstablesBelow(data)).length, 2);
    }));
}

test.run();
