// The other formats say the same as the JSON that the tool prints; SSTables that the tool fails on are dumped whole.
import { basename, dirname } from 'node:path';
import { sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DumpSSTableOptions } from '../../src/dump/dump-sstable.ts';
import { fixtureSSTable, fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { ourDump, toolDumpNamed, toolDumps, WHEN_MADE_SECONDS, withSSTable } from './dumps.ts';

interface JsonPartition {
  readonly partition: { readonly key: readonly string[] };
  readonly rows: readonly { readonly type: string; readonly clustering?: readonly unknown[] }[];
}

const options = (format: DumpSSTableOptions['format']): DumpSSTableOptions => ({
  format,
  timestamps: 'raw',
  nowSeconds: WHEN_MADE_SECONDS,
});

const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

/** One of each kind of table, of the newest release. */
const SAMPLE = [
  'dels',
  'ttls',
  'statics',
  'collections',
  'compkey',
  'quoted',
  'alltypes',
  'altered',
].map((table) => `5.0.6-da/${table}/1`);

for (const name of SAMPLE) {
  sharedTest(
    test,
    `${name}: a line of jsonl holds what an element of the tool's array does`,
    async () => {
      const { files, text } = toolDumpNamed(name);
      const lines = await ourDump(files, options('jsonl'));
      assert.equal(linesOf(lines), JSON.parse(text()));
      assert.not.match(lines, /\n\n|" :|, "name"/);
    },
  );

  sharedTest(
    test,
    `${name}: keys alone are those of the tool's partitions, in its order`,
    async () => {
      const { files, text } = toolDumpNamed(name);
      const expected = (JSON.parse(text()) as JsonPartition[]).map(
        ({ partition }) => partition.key,
      );
      const json = await ourDump(files, { ...options('json'), keysOnly: true });
      assert.equal(JSON.parse(json), expected);
      assert.equal(
        linesOf(await ourDump(files, { ...options('jsonl'), keysOnly: true })),
        expected,
      );
      const table = await ourDump(files, { ...options('table'), keysOnly: true });
      assert.is(
        table
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('partitionkey') && line !== '').length,
        expected.length,
      );
    },
  );
}

sharedTest(
  test,
  'a table has a line for each row, static row, marker and partition deletion',
  async () => {
    for (const { name, files, text } of toolDumps.filter((dump) =>
      dump.name.startsWith('5.0.6-oa/'),
    )) {
      const partitions = JSON.parse(text()) as (JsonPartition & {
        readonly partition: { readonly deletion_info?: object };
      })[];
      const expected = partitions.reduce(
        (sum, { partition, rows }) =>
          sum + Math.max(1, rows.length + (partition.deletion_info === undefined ? 0 : 1)),
        0,
      );
      const lines = (await ourDump(files, options('table'))).split('\n');
      const rows = lines.filter((line) => line !== '' && !line.startsWith('partitionkey'));
      assert.is(rows.length, expected, name);
    }
  },
);

sharedTest(test, 'tags come first in each partition', async () => {
  const text = await ourDump(fixtureSSTable('real/4.1.10-nb/statics'), {
    ...options('jsonl'),
    tags: { type: 'Partition', sstable: 'a"b' },
  });
  for (const line of text.trimEnd().split('\n'))
    assert.ok(line.startsWith('{"type":"Partition","sstable":"a\\"b","partition":{"key":['), line);
});

sharedTest(test, 'what has expired by then is said to be', async () => {
  const files = fixtureSSTable('real/5.0.6-da/ttls');
  const before = await ourDump(files, options('json'));
  const after = await ourDump(files, { ...options('json'), nowSeconds: 2 ** 32 });
  assert.match(before, /"expired" : false/);
  assert.is(after, before.replaceAll('"expired" : false', '"expired" : true'));
});

sharedTest(
  test,
  'every SSTable of the fixtures is dumped: as many rows as its statistics count',
  async () => {
    let dumpedWithoutTool = 0;
    for (const files of fixtureSSTables) {
      const text = await ourDump(files, options('json'));
      const partitions = JSON.parse(text) as JsonPartition[];
      const rows = partitions.flatMap((one) =>
        one.rows.filter(
          ({ type }) => type !== 'range_tombstone_bound' && type !== 'range_tombstone_boundary',
        ),
      );
      const counted = await withSSTable(files, async ({ statistics }) => statistics.rows);
      assert.is(BigInt(rows.length), counted, nameOf(files));
      const name = `${basename(dirname(files.descriptor.directory))}/${basename(files.descriptor.directory)}/${files.descriptor.id}`;
      if (!toolDumps.some((dump) => dump.name === name)) dumpedWithoutTool += 1;
    }
    assert.ok(dumpedWithoutTool > 60, String(dumpedWithoutTool));
  },
);

sharedTest(
  test,
  'an empty boolean is "" and a null clustering value is null, where the tool fails',
  async () => {
    const booleans = await ourDump(fixtureSSTable('real/5.0.6-da/emptyvals'), options('json'));
    assert.match(booleans, /"name" : "\w*bool\w*", "value" : ""/);
    const dense = await ourDump(fixtureSSTable('real/3.11.19-me/cs_dense'), options('json'));
    assert.match(dense, /"clustering" : \[ .*null.* \]/);
  },
);

test.run();
