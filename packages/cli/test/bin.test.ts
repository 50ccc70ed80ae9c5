// bin/scamander.mjs as a process: from the sources where the bundle is stale or absent, from the bundle where it is fresh; Ctrl-C once.
import { cpSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VERSION } from '../src/version.ts';
import { bin, Process } from './process.ts';

const cli = fileURLToPath(new URL('..', import.meta.url));
const nodeModules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

test('VERSION is that of package.json, and the launcher runs from a checkout', async () => {
  const { version } = JSON.parse(readFileSync(join(cli, 'package.json'), 'utf8')) as {
    version: string;
  };
  assert.is(VERSION, version);
  const started = new Process(bin, ['--version']);
  assert.is(await started.ended, 0, started.err);
  assert.is(started.out.trim(), version);
});

test('an exit code passes through the launcher', async () => {
  const started = new Process(bin, ['lode']);
  assert.is(await started.ended, 2);
  assert.match(started.err, /^error SCM_USAGE/);
});

test('one Ctrl-C of a terminal ends serve in order, although the whole group gets it', () =>
  withTempFolder(async (folder) => {
    const argv = ['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0', '--json'];
    const started = new Process(bin, argv);
    await started.said(/"type":"Listening"/);
    started.interruptGroup();
    assert.is(await started.ended, 0, started.err);
    assert.is(started.out.trimEnd().split('\n').at(-1), '{"type":"result","exitCode":0}');
  }));

/** A checkout in small: a launcher, a source and a bundle that say what they are. */
const layOut = (root: string, isCheckout: boolean): string => {
  const folder = join(root, 'packages', 'cli');
  for (const name of ['src', 'bin', join('dist', 'bundle')])
    mkdirSync(join(folder, name), { recursive: true });
  mkdirSync(join(root, 'packages', 'lower', 'src'), { recursive: true });
  if (isCheckout) writeFileSync(join(root, 'nx.json'), '{}');
  symlinkSync(nodeModules, join(root, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  cpSync(bin, join(folder, 'bin', 'scamander.mjs'));
  writeFileSync(
    join(folder, 'dist', 'bundle', 'main.js'),
    "export const run = async (argv) => console.log('bundle', ...argv);\n",
  );
  writeFileSync(
    join(folder, 'src', 'main.ts'),
    "const from: string = 'source';\nconsole.log(from, ...process.argv.slice(2));\n",
  );
  writeFileSync(join(root, 'packages', 'lower', 'src', 'index.ts'), '');
  return folder;
};

const touch = (path: string, seconds: number): void => utimesSync(path, seconds, seconds);

for (const [name, isCheckout, bundleAt, sourceAt, lowerAt, from] of [
  ['a fresh bundle is run', true, 2000, 1000, 1000, 'bundle'],
  ['a stale one is not', true, 1000, 2000, 500, 'source'],
  ['a newer source of any package makes it stale', true, 1500, 1000, 2000, 'source'],
  ['installed, the bundle is run whatever its age', false, 1000, 2000, 2000, 'bundle'],
] as const) {
  test(name, () =>
    withTempFolder(async (root) => {
      const folder = layOut(root, isCheckout);
      touch(join(folder, 'dist', 'bundle', 'main.js'), bundleAt);
      touch(join(folder, 'src', 'main.ts'), sourceAt);
      touch(join(root, 'packages', 'lower', 'src', 'index.ts'), lowerAt);
      const started = new Process(join(folder, 'bin', 'scamander.mjs'), ['a', 'b c']);
      assert.is(await started.ended, 0, started.err);
      assert.is(started.out.trim(), `${from} a b c`);
    }),
  );
}

test.run();
