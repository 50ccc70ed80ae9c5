// The digest worker as users meet it: from the sources, and from bundles, whose compilers rename and wrap what its program is made of.
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./digest-program.ts', import.meta.url));

const expectDigests = (args: readonly string[]): Promise<void> =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, '123456789');
    const { stdout } = await run(process.execPath, [...args, path], { timeout: 60_000 });
    assert.equal(JSON.parse(stdout), {
      bytes: 9,
      crc32: 0xcb_f4_39_26,
      sha256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
    });
  });

test('from the sources', () => expectDigests([...process.execArgv, PROGRAM]));

for (const flags of [[], ['--minify'], ['--minify', '--keep-names']])
  test(`bundled by esbuild ${flags.join(' ')}`, () =>
    withTempFolder(async (folder) => {
      const outfile = join(folder, 'bundle.mjs');
      execFileSync(
        join(ROOT, 'node_modules', '.bin', 'esbuild'),
        [
          PROGRAM,
          `--outfile=${outfile}`,
          '--bundle',
          '--platform=node',
          '--format=esm',
          '--conditions=@scamander/source',
          '--log-level=error',
          ...flags,
        ],
        { stdio: 'inherit' },
      );
      await expectDigests([outfile]);
    }));

test.run();
