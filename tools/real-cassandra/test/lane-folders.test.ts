// Which folders are lanes, and how their counts add up.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countsOf, laneFolders, sumOf } from '../src/lane-folders.ts';

test('folders of packages and tools with a test-cassandra folder', async () => {
  await withTempFolder((root) => {
    for (const path of [
      'packages/b/test-cassandra',
      'packages/a/test-cassandra',
      'packages/c/test',
      'tools/t/test-cassandra',
    ]) {
      mkdirSync(join(root, path), { recursive: true });
    }
    assert.equal(laneFolders(root), ['packages/a', 'packages/b', 'tools/t']);
  });
});

test('results that are missing count as one failure', async () => {
  await withTempFolder((folder) => {
    const file = join(folder, 'results.json');
    assert.equal(countsOf(file), { passed: 0, failed: 1, skipped: 0 });
    writeFileSync(file, '{"passed":3,"failed":0,"skipped":1}');
    assert.equal(countsOf(file), { passed: 3, failed: 0, skipped: 1 });
  });
});

test('the sum of nothing is nothing', () => {
  assert.equal(sumOf([]), { passed: 0, failed: 0, skipped: 0 });
  const one = { passed: 1, failed: 2, skipped: 3 };
  assert.equal(sumOf([one, one]), { passed: 2, failed: 4, skipped: 6 });
});

test.run();
