// What works on an SSTable offline holds a window of it, whatever the size of its partitions: a partition of 60 MiB must not cost 60 MiB, nor
// half of it. At full scale (2 GB with a partition of 500 MB, whole processes of the command line) the benchmarks measure the same; compactions
// have a test of their own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const SOURCE = fileURLToPath(new URL('./offline-child.ts', import.meta.url));
/** Bundled: a loader of TypeScript would be most of the memory. */
const CHILD = fileURLToPath(new URL('../../coverage/offline-child.mjs', import.meta.url));
const MEBIBYTE = 1024 * 1024;
const SMALL_MEBIBYTES = 4;
const LARGE_MEBIBYTES = 60;
/** Garbage that the collector has not fetched yet. */
const GROWTH_BYTES_MAX = 15 * MEBIBYTE;

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

/** A small young heap: else it would grow with the work done until it has its usual size. */
const runChild = (...args: readonly string[]): string => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--max-semi-space-size=2', CHILD, ...args],
    { encoding: 'utf8', timeout: 120_000, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  assert.is(status, 0, stderr);
  return stdout;
};

test(`reading, verifying, dumping, splitting, upgrading: ${LARGE_MEBIBYTES} MiB in one partition take what ${SMALL_MEBIBYTES} MiB take`, async () => {
  await bundleChild();
  await withTempFolder((folder) => {
    const [small, large] = [`${folder}/small`, `${folder}/large`];
    runChild('write', small, String(SMALL_MEBIBYTES));
    runChild('write', large, String(LARGE_MEBIBYTES));
    for (const action of ['read', 'verify', 'dump', 'split', 'upgrade']) {
      const few = JSON.parse(runChild(action, small)) as { done: number; rssBytes: number };
      const many = JSON.parse(runChild(action, large)) as { done: number; rssBytes: number };
      const figures = `${action}: ${Math.round(few.rssBytes / MEBIBYTE)} and ${Math.round(many.rssBytes / MEBIBYTE)} MiB`;
      assert.ok(few.done > 0 && many.done >= few.done, `${action}: ${few.done}, ${many.done}`);
      assert.ok(many.rssBytes - few.rssBytes < GROWTH_BYTES_MAX, figures);
    }
  });
});

test.run();
