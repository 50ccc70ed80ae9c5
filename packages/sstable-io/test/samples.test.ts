// The sample SSTables of this repository: there in every clone, also without the shared fixtures.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable } from '../src/open.ts';
import { sstablesIn } from './fixture-sstables.ts';

const samples = fileURLToPath(new URL('../../cli/samples', import.meta.url));

type Expected = {
  table: string;
  sstables: { data: string; partitions: number }[];
  keys: { hex: string; token: string }[];
};

const tables = readdirSync(samples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((release) => {
    const keyspace = join(samples, release.name, 'demo');
    return readdirSync(keyspace).map(
      (table) => [`${release.name}/${table.split('-')[0]}`, join(keyspace, table)] as const,
    );
  });

for (const [name, folder] of tables) {
  test(`${name}: keys, tokens and counts are those of the node, and everything is sound`, async () => {
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
    const tokens = new Map(expected.keys.map(({ hex, token }) => [hex, token]));
    const seen = new Set<string>();
    const found = sstablesIn(folder);
    assert.is(found.length, expected.sstables.length);
    for (const files of found) {
      const opened = await openSSTable(files);
      if (opened._tag === 'Left') throw opened.left;
      const { partitioner, ...sstable } = opened.right;
      let count = 0;
      for await (const { key } of sstable.keys()) {
        const hex = Buffer.from(key).toString('hex');
        const token = tokens.get(hex);
        // a partition that was deleted has no rows, so the node did not list it
        if (token !== undefined) {
          assert.is(partitioner.tokenToText(partitioner.tokenOf(key)), token);
          seen.add(hex);
        }
        count += 1;
      }
      const data = `${files.descriptor.prefix}Data.db`;
      assert.is(count, expected.sstables.find((one) => one.data === data)?.partitions);
      const report = await sstable.verify('deep');
      assert.equal(report.errors, []);
      assert.equal(report.warnings, []);
      assert.is(report.filterTrusted, true);
      await sstable.close();
    }
    assert.is(seen.size, tokens.size);
  });
}

test.run();
