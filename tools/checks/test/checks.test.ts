import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkLayers } from '../src/layers.ts';
import { checkTidiness, LINES_MAX } from '../src/tidy.ts';
import type { Package } from '../src/workspace.ts';

const pkg = (over: Partial<Package>): Package => ({
  folder: 'packages/low',
  name: '@scamander/low',
  layer: 'bytes',
  dependencies: [],
  references: [],
  readme: '```ts\n```',
  sources: [],
  tests: [{ path: 'packages/low/test/a.test.ts', text: '' }],
  ...over,
});
const high = pkg({
  folder: 'packages/high',
  name: '@scamander/high',
  layer: 'session',
  dependencies: ['@scamander/low'],
  references: ['low'],
});
const source = (text: string, path = 'packages/low/src/a.ts') => ({ path, text });

test('a clean workspace has no findings', () => {
  const workspace = { root: '', packages: [pkg({}), high] };
  assert.equal(checkLayers(workspace), []);
  assert.equal(checkTidiness(workspace), []);
});

test('an import up the layers is found', () => {
  const low = pkg({ dependencies: ['@scamander/high'], references: ['high'] });
  assert.match(
    checkLayers({ root: '', packages: [low, high] }).join(),
    /layer bytes may not depend on @scamander\/high/,
  );
});

test('an undeclared import is found', () => {
  const low = pkg({ sources: [source("import { x } from '@scamander/high';")] });
  assert.match(
    checkLayers({ root: '', packages: [low, high] }).join(),
    /which its package.json does not name/,
  );
});

test('references that differ from the dependencies are found', () => {
  const odd = { ...high, references: [] };
  assert.match(
    checkLayers({ root: '', packages: [pkg({}), odd] }).join(),
    /references nothing, package.json depends on low/,
  );
});

test('a socket in a pure package is found', () => {
  const bytes = pkg({
    folder: 'packages/bytes',
    name: '@scamander/bytes',
    sources: [source("import { x } from 'node:net';")],
  });
  assert.match(checkLayers({ root: '', packages: [bytes] }).join(), /may not import node:net/);
});

test('a package without a layer is found', () => {
  assert.match(
    checkLayers({ root: '', packages: [pkg({ layer: undefined })] }).join(),
    /no known layer tag/,
  );
});

test('tidiness: missing readme, missing tests, long files, no opening comment, banned calls, dead files', () => {
  const messy = pkg({
    readme: undefined,
    tests: [],
    sources: [source(`${'\n'.repeat(LINES_MAX + 1)}const now = Date.now();`)],
  });
  const findings = checkTidiness({ root: '', packages: [messy] }).join('\n');
  for (const expected of [
    /no README/,
    /no tests/,
    /lines, the limit/,
    /does not say/,
    /Date/,
    /nothing imports it/,
  ]) {
    assert.match(findings, expected);
  }
});

test.run();
