import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Context } from '../../src/context.ts';
import { makeProgram } from '../../src/program.ts';
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

const STREAMING = ['load', 'pull', 'copy', 'du', 'serve', 'doctor'];

/** Nothing is run. */
const context = new Context('0', {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: {},
  nowMs: () => 0,
  onInterrupt: () => () => undefined,
  exitNow: () => undefined,
});

for (const command of makeProgram(context).commands) {
  const name = command.name();
  if (!STREAMING.includes(name)) continue;
  test(`every flag of ${name} that is one value may stand in the file`, () => {
    const flags = command.options.filter(({ variadic }) => !variadic);
    const names = flags.map(({ long }) => (long ?? '').slice(2)).filter((one) => one !== 'config');
    const decoded = decodeConfig(Object.fromEntries(names.map((one) => [one, {}])));
    // a value of the wrong type is another complaint
    assert.not.match(decoded._tag === 'Left' ? decoded.left : '', /unknown key/);
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
