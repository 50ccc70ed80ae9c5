// A large SSTable takes no more memory than a small one: a node, a copy and two nodes that get it, all in one process that tells its peak.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleChild, Child } from '../stories/children.ts';
import { writeLargeSSTable } from '../stories/large-sstable.ts';

const VALUE_BYTES = 1000;
const SMALL = 4_000;
const LARGE = 80_000;
/** What garbage that was not collected yet may come to; the large SSTable has 80 MB, so holding it once would show. */
const MARGIN_KIB = 48 * 1024;

const peakKiB = async (
  source: string,
  data: string,
  network: string,
  entire: 'auto' | 'never',
): Promise<number> => {
  const child = new Child('copy', source, data, network, entire);
  const [, verdict, peak] = (await child.next())?.split(' ') ?? [];
  assert.is(await child.gone, 0);
  assert.is(verdict, 'complete');
  rmSync(data, { recursive: true });
  return Number(peak);
};

test.before(bundleChild);

test('80 MB pass to two nodes in no more memory than 4 MB', () =>
  withTempFolder(async (folder) => {
    for (const [name, rows] of [
      ['small', SMALL],
      ['large', LARGE],
    ] as const)
      writeLargeSSTable(join(folder, name), rows, VALUE_BYTES);
    for (const [network, entire] of [
      ['TCP', 'auto'],
      ['memory', 'never'],
    ] as const) {
      const data = join(folder, `data-${network}`);
      const few = await peakKiB(join(folder, 'small'), data, network, entire);
      const many = await peakKiB(join(folder, 'large'), data, network, entire);
      console.log(`  ${network}, ${entire}: ${few} KiB for 4 MB, ${many} KiB for 80 MB`);
      assert.ok(many - few <= MARGIN_KIB, `${network}: ${few} KiB and ${many} KiB`);
    }
  }));

test.run();
