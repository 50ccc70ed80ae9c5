import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempFolder } from '../src/index.ts';

const runner = fileURLToPath(new URL('../src/run-uvu.ts', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs the runner over one file with this text, inside the checkout so that uvu resolves. */
const runOver = (text: string | undefined, environment: Record<string, string> = {}) =>
  withTempFolder((folder) => {
    if (text !== undefined)
      writeFileSync(
        join(folder, 'trap.test.ts'),
        text.replaceAll("'uvu", `'${root}node_modules/uvu`),
      );
    const results = join(folder, 'results.json');
    const { status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', runner, results, '--dir', folder],
      { cwd: root, env: { ...process.env, ...environment } },
    );
    return {
      status,
      counts: JSON.parse(readFileSync(results, 'utf8')) as {
        passed: number;
        failed: number;
        skipped: number;
      },
    };
  });

const body = (lines: string, end = 'test.run();') =>
  `import { test } from 'uvu/dist/index.mjs';\n${lines}\n${end}\n`;

test('passing and skipped tests are counted', async () => {
  const { status, counts } = await runOver(body("test('a', () => {});\ntest.skip('b', () => {});"));
  assert.equal([status, counts], [0, { passed: 1, failed: 0, skipped: 1 }]);
});

const traps: [string, string | undefined, Record<string, string>?][] = [
  ['a failing assertion', body("test('a', () => { throw new Error('no'); });")],
  ['a thrown string', body("test('a', () => { throw 'x'; });\ntest('b', () => {});")],
  [
    'a rejection with a plain object',
    body("test('a', () => Promise.reject({ _tag: 'Left', left: 1 }));"),
  ],
  [
    'a throwing before hook',
    body("test.before(() => { throw new Error('no'); });\ntest('a', () => {});"),
  ],
  [
    'an Error-like without a stack',
    body("test('a', () => { throw { name: 'Error', message: 'no' }; });"),
  ],
  [
    'a failure while ending what all files shared',
    body(
      "globalThis.SCAMANDER_AFTER_ALL_FILES = new Set([() => Promise.reject(new Error('no'))]);\ntest('a', () => {});",
    ),
  ],
  ['a file that never runs its tests', body("test('a', () => {});", '')],
  ['a file that cannot be loaded', "import './nowhere.ts';"],
  ['no test file at all', undefined],
  [
    'a test that does not end',
    body("test('a', () => new Promise((resolve) => setTimeout(resolve, 60000)));"),
    { TEST_TIMEOUT_MS: '1500' },
  ],
];

for (const [name, text, environment] of traps) {
  test(`${name} is a failure`, async () => {
    const { status, counts } = await runOver(text, environment);
    assert.is(status, 1);
    assert.ok(counts.failed > 0, JSON.stringify(counts));
  });
}

test.run();
