// The worker thread as users meet it: from sources, from dist, from a bundle; in a process that has nothing else to do.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withTempFolder } from '@scamander-tools/testing';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../fixtures/kernel-copy.ts', import.meta.url));
const packageFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const expectCopy = async (folder: string, args: readonly string[]): Promise<void> => {
  const { stdout } = await run(process.execPath, [...args, folder], { timeout: 60_000 });
  assert.match(stdout, /^kernel:true chunks-without-bytes:true crc:true same:true\n$/);
};

test('from the sources; the idle worker does not keep the process alive', () =>
  withTempFolder((folder) => expectCopy(folder, [...process.execArgv, program])));

for (const minify of [false, true])
  test(`bundled by esbuild${minify ? ' and minified, names kept' : ''}`, () =>
    withTempFolder(async (folder) => {
      // Beside the package, so that the bundle finds the optional native modules as an installed program does.
      const outfile = join(packageFolder, 'coverage', `bundle-${minify}.mjs`);
      mkdirSync(dirname(outfile), { recursive: true });
      await build({
        entryPoints: [program],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        minify,
        keepNames: minify,
        conditions: ['@scamander/source'],
        external: ['koffi', '@node-rs/crc32'],
        banner: {
          js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
        },
      });
      await expectCopy(folder, [outfile]);
    }));

test('where koffi is not installed, the buffers path serves', () =>
  withTempFolder(async (folder) => {
    const outfile = join(folder, 'bundle.mjs');
    await build({
      entryPoints: [program],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@scamander/source'],
      external: ['koffi', '@node-rs/crc32'],
    });
    writeFileSync(join(folder, 'package.json'), '{}');
    assert.throws(() => createRequire(outfile).resolve('koffi'));
    const { stdout } = await run(process.execPath, [outfile, folder], { timeout: 60_000 });
    assert.match(stdout, /^kernel:false chunks-without-bytes:false crc:true same:true\n$/);
  }));

test.run();
