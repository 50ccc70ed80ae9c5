import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeConfig, readConfig } from '../../src/settings/config-file.ts';

test('an empty file is an empty configuration', () => {
  assert.equal(decodeConfig(null), { _tag: 'Right', right: {} });
});

test('known keys of the right type are taken', () => {
  assert.equal(decodeConfig({ to: '10.0.0.1', connections: 4, 'tls-insecure': true }), {
    _tag: 'Right',
    right: { to: '10.0.0.1', connections: 4, 'tls-insecure': true },
  });
});

const bad: [string, unknown, RegExp][] = [
  ['an unknown key', { thottle: '1MiB/s' }, /unknown key thottle; known: to, /],
  ['a wrong type', { connections: 'many' }, /connections: expected integer, got "many"/],
  [
    'a fraction where a whole number is due',
    { connections: 1.5 },
    /connections: expected integer, got 1.5/,
  ],
  ['a list', ['to'], /expected a mapping/],
];

for (const [name, value, expected] of bad) {
  test(`${name} is refused in words`, () => {
    const decoded = decodeConfig(value);
    assert.is(decoded._tag, 'Left');
    assert.match(decoded._tag === 'Left' ? decoded.left : '', expected);
  });
}

test('a file is named in its error', () =>
  withTempFolder((folder) => {
    const path = join(folder, 'scamander.yaml');
    writeFileSync(path, 'to: [1, 2\n');
    const config = readConfig(path);
    assert.match(config._tag === 'Left' ? config.left : '', /scamander\.yaml: /);
    const missing = readConfig(join(folder, 'none.yaml'));
    assert.match(missing._tag === 'Left' ? missing.left : '', /none\.yaml: ENOENT/);
  }));

test.run();
