// A large SSTable takes no more memory than a small one: sender and receiver in one process, which tells its peak at the end. Over TCP the
// kernel moves the bytes where it can; in memory they pass through our own buffers. As sections they are decoded and written anew.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { opened, sstablesBelow } from '../harness.ts';
import { bundleChild, Child } from './children.ts';
import { writeLargeSSTable } from './large-sstable.ts';

const VALUE_BYTES = 1000;
const SMALL = 4_000;
const LARGE = 80_000;
/** What garbage that was not collected yet may come to; the large SSTable has 80 MB, so holding it once would show. */
const MARGIN_KIB = 40 * 1024;

const peakKiB = async (
  mode: 'both' | 'pulled',
  source: string,
  data: string,
  network: string,
  entire: 'auto' | 'never',
): Promise<number> => {
  const child = new Child(mode, source, data, network, entire);
  const [, verdict, peak] = (await child.next())?.split(' ') ?? [];
  assert.is(await child.gone, 0);
  assert.is(verdict, 'complete');
  rmSync(data, { recursive: true });
  return Number(peak);
};

test.before(bundleChild);

test('the SSTable made for this is sound to the last key', () =>
  withTempFolder(async (folder) => {
    const directory = writeLargeSSTable(folder, 500, VALUE_BYTES);
    const [files] = await sstablesBelow(directory);
    if (files === undefined) throw new Error('no SSTable');
    await opened(files, async (sstable) => {
      const report = await sstable.verify('deep');
      assert.equal(
        report.errors.map(({ message }) => message),
        [],
      );
    });
  }));

test('80 MB take no more memory than 4 MB', () =>
  withTempFolder(async (folder) => {
    const small = writeLargeSSTable(join(folder, 'small'), SMALL, VALUE_BYTES);
    const large = writeLargeSSTable(join(folder, 'large'), LARGE, VALUE_BYTES);
    for (const [network, entire] of [
      ['TCP', 'auto'],
      ['memory', 'auto'],
      ['TCP', 'never'],
    ] as const) {
      const data = join(folder, `data-${network}`);
      const way = `${network}, ${entire === 'auto' ? 'whole' : 'sections'}`;
      const few = await peakKiB('both', small, data, network, entire);
      const many = await peakKiB('both', large, data, network, entire);
      console.log(`  ${way}: ${few} KiB for 4 MB, ${many} KiB for 80 MB`);
      assert.ok(many - few <= MARGIN_KIB, `${way}: ${few} KiB and ${many} KiB`);
    }
  }));

test('a pull of 80 MB takes no more memory than one of 4 MB', () =>
  withTempFolder(async (folder) => {
    const [small, large] = [join(folder, 'small'), join(folder, 'large')];
    writeLargeSSTable(small, SMALL, VALUE_BYTES);
    writeLargeSSTable(large, LARGE, VALUE_BYTES);
    for (const entire of ['auto', 'never'] as const) {
      const data = join(folder, `data-${entire}`);
      const few = await peakKiB('pulled', small, data, 'TCP', entire);
      const many = await peakKiB('pulled', large, data, 'TCP', entire);
      const way = entire === 'auto' ? 'whole' : 'sections';
      console.log(`  pull, ${way}: ${few} KiB for 4 MB, ${many} KiB for 80 MB`);
      assert.ok(many - few <= MARGIN_KIB, `${way}: ${few} KiB and ${many} KiB`);
    }
  }));

test.run();
