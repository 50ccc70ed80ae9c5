import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { examplesOf, runExample } from '../src/readme-examples.ts';
import { readWorkspace } from '../src/workspace.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  }
).scripts;

for (const pkg of readWorkspace(root).packages) {
  const examples = examplesOf(pkg.readme ?? '');
  test(`${pkg.folder}/README.md has an example`, () => {
    assert.ok(examples.length > 0);
  });
  for (const [index, code] of examples.entries()) {
    test(`example ${index + 1} of ${pkg.folder}/README.md runs`, async () => {
      await runExample(join(root, pkg.folder), code);
    });
  }
}

test('an example that fails is a failure', async () => {
  let failed = false;
  try {
    await runExample(join(root, 'packages', 'bytes'), 'throw new Error("no");');
  } catch {
    failed = true;
  }
  assert.ok(failed);
});

test('the README shows the two commands, and the scripts they name exist', () => {
  assert.match(readme, /npm ci && npm start/);
  assert.match(readme, /npm ci && npm test/);
  assert.ok(scripts['start'] !== undefined && scripts['test'] !== undefined);
});

test('every npm script that the README names exists', () => {
  for (const match of readme.matchAll(/npm run ([\w:]+)/g)) {
    assert.ok(scripts[match[1] ?? ''] !== undefined, `npm run ${match[1]}`);
  }
});

test('the README names every package', () => {
  for (const pkg of readWorkspace(root).packages)
    assert.match(readme, new RegExp(`packages/${pkg.folder.split('/')[1]}\\b`));
});

test.run();
