// What a compaction holds does not depend on the sizes of SSTables and partitions. At full scale (2 GB with a partition of 500 MB) the benchmarks
// measure the same.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const SOURCE = fileURLToPath(new URL('./memory-child.ts', import.meta.url));
/** Bundled: a loader of TypeScript would be most of the memory. */
const CHILD = fileURLToPath(new URL('../../coverage/memory-child.mjs', import.meta.url));
const MEBIBYTE = 1024 * 1024;
const RSS_BYTES_MAX = 200 * MEBIBYTE;

const bundleChild = async (): Promise<void> => {
  await build({
    entryPoints: [SOURCE],
    outfile: CHILD,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@scamander/source'],
    external: ['@node-rs/crc32', '@mongodb-js/zstd', 'lz4-napi', 'snappy'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
};

const compactIn = (folder: string, mebibytes: number): { partitions: number; rssBytes: number } => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [CHILD, folder, String(mebibytes)],
    { encoding: 'utf8', timeout: 150_000, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
};

test('two SSTables of 96 MiB, each most of it one partition, are compacted in less than 200 MiB', async () => {
  await bundleChild();
  await withTempFolder((folder) => {
    const small = compactIn(`${folder}/small`, 8);
    const large = compactIn(`${folder}/large`, 96);
    const figures = `${Math.round(small.rssBytes / MEBIBYTE)} and ${Math.round(large.rssBytes / MEBIBYTE)} MiB`;
    assert.ok(large.partitions > 2000, `${large.partitions} partitions`);
    assert.ok(large.rssBytes < RSS_BYTES_MAX, figures);
  });
});

test.run();
