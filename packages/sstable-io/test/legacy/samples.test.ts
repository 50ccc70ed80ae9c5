import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discover } from '../../src/directory/discover.ts';
import { PartitionOrder } from '../../src/rows/partition-order.ts';
import { opened, tableOf } from './legacy-fixtures.ts';
import { liveRows } from './live-rows.ts';
import { readText } from './row-text.ts';

const samples = fileURLToPath(new URL('samples', import.meta.url));
const folders = readdirSync(samples, { withFileTypes: true }).filter((one) => one.isDirectory());

const sstableIn = async (folder: string) => {
  const [table] = (await discover([folder])).tables;
  const [files] = table?.sstables ?? [];
  if (files === undefined) throw new Error(`no SSTable in ${folder}`);
  return await opened(files);
};

for (const { name } of folders) {
  const folder = join(samples, name);
  const schema = tableOf(readFileSync(join(folder, 'table.cql'), 'utf8'));

  test(`${name}: random statements, and the live rows are what the node answered`, async () => {
    const sstable = await sstableIn(folder);
    const rows = await sstable.rows(schema);
    if (rows._tag === 'Left') throw rows.left;
    const expected = JSON.parse(readFileSync(join(folder, 'select.json'), 'utf8')) as object[];
    // lists of the node's answer have no times of their own
    const withoutTimes = (row: object) =>
      Object.fromEntries(
        Object.entries(row)
          .filter(([column]) => !/^writetime\((?:l|m|s|sm)\)$/.test(column))
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    const found = await liveRows(rows.right, schema);
    assert.equal(found.map(withoutTimes), expected.map(withoutTimes));
    assert.ok(expected.length > 20);
    await sstable.close();
  });

  test(`${name}: rows and markers in order, every file sound`, async () => {
    const sstable = await sstableIn(folder);
    const report = await sstable.verify('deep');
    assert.equal([report.errors, report.warnings, report.filterTrusted], [[], [], true]);
    const rows = await sstable.rows(schema);
    if (rows._tag === 'Left') throw rows.left;
    const order = new PartitionOrder(rows.right.header);
    order.begin(undefined);
    let markers = 0;
    await readText(rows.right, {}, (unfiltered) => {
      if (unfiltered === undefined) {
        order.end(0);
        order.begin(undefined);
        return;
      }
      order.next(structuredClone(unfiltered), 0);
      if (unfiltered.kind === 'marker') markers += 1;
    });
    assert.ok(markers > 10, `${markers} markers`);
    await sstable.close();
  });
}

assert.is(folders.length, 4);

test.run();
