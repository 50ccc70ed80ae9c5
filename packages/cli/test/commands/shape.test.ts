// What holds for every command: the shape of errors, JSON lines, quiet and verbose, plain text, exit codes, where settings come from.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ran, runCli } from '../fake-world.ts';

const samples = fileURLToPath(new URL('../../samples/4.1.10-nb', import.meta.url));
const ERROR = /^error SCM_[A-Z_]+: .+\n {2}where: .+\n {2}lost: .+\n {2}try: .+$/;

const tableIn = (folder: string, table: string): string => {
  const parent = join(samples, 'demo');
  const name = readdirSync(parent).find((one) => one.startsWith(`${table}-`)) ?? '';
  const copy = join(folder, 'demo', name);
  cpSync(join(parent, name), copy, {
    recursive: true,
    filter: (path) => !path.includes('snapshots'),
  });
  return copy;
};

/** Everything on stderr that is not news is an error in the one shape, and never a stack. */
const errorsOf = (ran: Ran): readonly string[] => {
  assert.not.match(ran.err, /\n\s+at .*:\d+:\d+/, 'a stack trace');
  const errors = ran.err.split(/^(?=error )/m).filter((text) => text.startsWith('error '));
  return errors.map((text) => text.split('\n').slice(0, 4).join('\n'));
};

const failing: readonly [name: string, code: number, argv: (folder: string) => string[]][] = [
  ['an unknown command', 2, () => ['lode']],
  ['an unknown flag', 2, () => ['load', samples, '--fast']],
  ['an argument too few', 2, () => ['load']],
  ['a flag without its value', 2, () => ['load', samples, '--to']],
  ['an unknown sstable command', 2, () => ['sstable', 'dance', samples]],
  ['no contact point', 2, () => ['load', samples]],
  [
    'a path that is not there',
    2,
    (folder) => ['load', join(folder, 'x'), '--to', '127.0.0.1:1', '--no-cql'],
  ],
  [
    'a path to describe that is not there',
    2,
    (folder) => ['sstable', 'describe', join(folder, 'x')],
  ],
  ['a path to verify that is not there', 2, (folder) => ['sstable', 'verify', join(folder, 'x')]],
  ['serve without a folder', 2, () => ['serve']],
  [
    'serve with a version that is not written',
    2,
    (folder) => ['serve', '--data', folder, '--sstable-version', 'jb'],
  ],
  [
    'serve with a schema that is not there',
    2,
    (folder) => ['serve', '--data', folder, '--schema', join(folder, 'x.cql')],
  ],
  [
    'serve with a rate that is none',
    2,
    (folder) => ['serve', '--data', folder, '--throttle', 'fast'],
  ],
  [
    'serve with whole SSTables at times',
    2,
    (folder) => ['serve', '--data', folder, '--entire', 'sometimes'],
  ],
  [
    'serve with a map that is not there',
    2,
    (folder) => ['serve', '--data', folder, '--address-map', join(folder, 'x')],
  ],
  ['a node that is not there', 3, () => ['load', samples, '--to', '127.0.0.1:1', '--no-cql']],
  ['a data directory that is a file', 1, (folder) => ['serve', '--data', join(folder, 'file')]],
];

for (const [name, code, argv] of failing) {
  test(`${name}: exit code ${code}, one error in the one shape`, () =>
    withTempFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      const ran = await runCli(argv(folder));
      assert.is(ran.code, code, ran.err);
      const errors = errorsOf(ran);
      assert.is(errors.length, 1, ran.err);
      assert.match(errors[0] ?? '', ERROR);
    }));
}

test('no command at all shows the help, and is no success', async () => {
  const ran = await runCli([]);
  assert.is(ran.code, 2);
  assert.match(ran.err + ran.out, /Usage: scamander/);
});

for (const [name, spoil] of [
  ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
  [
    'spoilt by a bit',
    (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 0x10;
      return copy;
    },
  ],
] as const) {
  test(`every component ${name}: verify ends with 4 and errors in the one shape`, () =>
    withTempFolder(async (folder) => {
      for (const table of ['with_lz4', 'with_none']) {
        const names = readdirSync(tableIn(folder, table)).filter((one) => one.startsWith('nb-1-'));
        for (const component of names.filter((one) => !one.endsWith('Filter.db'))) {
          const copy = tableIn(folder, table);
          writeFileSync(join(copy, component), spoil(readFileSync(join(copy, component))));
          const ran = await runCli(['sstable', 'verify', '--deep', copy]);
          assert.is(ran.code, 4, `${component}: ${ran.out}${ran.err}`);
          const errors = errorsOf(ran);
          assert.ok(errors.length > 0 && errors.every((error) => ERROR.test(error)), ran.err);
          assert.ok(ran.err.includes(`${copy}/nb-1-big-`), 'the file is named');
        }
      }
    }));

  test(`components that describe reads, ${name}: 4 and errors in the one shape`, () =>
    withTempFolder(async (folder) => {
      for (const component of ['Statistics.db', 'CompressionInfo.db']) {
        const copy = tableIn(folder, 'with_lz4');
        const path = join(copy, `nb-1-big-${component}`);
        writeFileSync(path, spoil(readFileSync(path)));
        const ran = await runCli(['sstable', 'describe', '--json', copy]);
        assert.is(ran.code, 4, ran.err);
        assert.ok(
          errorsOf(ran).every((error) => ERROR.test(error)),
          ran.err,
        );
        const types = ran.lines().map((line) => line['type']);
        assert.equal(types, ['Problem', 'result']);
      }
    }));
}

test('a filter that is spoilt is a note, not an error', () =>
  withTempFolder(async (folder) => {
    const copy = tableIn(folder, 'with_lz4');
    writeFileSync(join(copy, 'nb-1-big-Filter.db'), '');
    const ran = await runCli(['sstable', 'verify', copy]);
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.err, /note: .*Filter\.db/);
  }));

const json: readonly [code: number, argv: string[]][] = [
  [0, ['demo', '--json']],
  [0, ['sstable', 'verify', '--json', samples]],
  [0, ['sstable', 'describe', '--json', samples]],
  [2, ['load', '--json', samples]],
  [3, ['load', '--json', samples, '--to', '127.0.0.1:1', '--no-cql']],
];

for (const [code, argv] of json) {
  test(`${argv.slice(0, 2).join(' ')} … (${code}) with --json: every line is an object, the last one the result`, async () => {
    const ran = await runCli(argv);
    assert.is(ran.code, code, ran.err);
    const lines = ran.lines();
    assert.ok(lines.every((line) => typeof line['type'] === 'string'));
    assert.equal(lines.filter((line) => line['type'] === 'result').length, 1);
    assert.equal([lines.at(-1)?.['type'], lines.at(-1)?.['exitCode']], ['result', code]);
  });
}

test('--quiet leaves errors only, --verbose tells more; the result is the same', async () => {
  const news = async (...flags: string[]): Promise<Ran> => runCli(['demo', ...flags]);
  const [quiet, plain, verbose] = [await news('--quiet'), await news(), await news('--verbose')];
  assert.is(quiet.err, '');
  assert.ok(plain.err.length > 0 && verbose.err.length > plain.err.length);
  assert.match(verbose.err, /is prepared/);
  const steady = (text: string): string => text.replace(/in \d+\.\d+ s/, '');
  assert.is(steady(quiet.out), steady(plain.out));
  const refused = await runCli(['load', samples, '--quiet', '--to', '127.0.0.1:1', '--no-cql']);
  assert.match(refused.err, /^error SCM_/);
});

test('nothing is coloured where stderr is no terminal, and with NO_COLOR and --no-color', async () => {
  const escapeCode = String.fromCharCode(27);
  for (const ran of [
    await runCli(['sstable', 'verify', samples]),
    await runCli(['sstable', 'verify', samples], { environment: { NO_COLOR: '1' } }),
    await runCli(['sstable', 'verify', '--no-color', samples]),
  ])
    assert.not.ok((ran.out + ran.err).includes(escapeCode));
});

test('flags stand over the environment, the environment over the file, the file over defaults', () =>
  withTempFolder(async (folder) => {
    const config = join(folder, 'scamander.yaml');
    writeFileSync(config, 'to: "file:x"\n');
    const where = async (argv: string[], environment: NodeJS.ProcessEnv): Promise<string> => {
      const ran = await runCli(['load', samples, ...argv], { environment });
      assert.is(ran.code, 2);
      return /error SCM_USAGE: (.*)/.exec(ran.err)?.[1] ?? ran.err;
    };
    const none = { SCAMANDER_CONFIG: config };
    assert.match(await where([], none), /"file:x"/);
    assert.match(await where(['--config', config], {}), /"file:x"/);
    assert.match(await where([], { ...none, SCAMANDER_TO: 'env:x' }), /"env:x"/);
    assert.match(await where(['--to', 'flag:x'], { ...none, SCAMANDER_TO: 'env:x' }), /"flag:x"/);
    assert.match(await where([], {}), /no contact point/);
  }));

test('switches: on and off in the environment and the file, numbers where texts are meant', () =>
  withTempFolder(async (folder) => {
    const argv = ['load', samples, '--to', '127.0.0.1:1', '--no-cql'];
    const isJson = async (environment: NodeJS.ProcessEnv, ...more: string[]): Promise<boolean> => {
      const ran = await runCli([...argv, ...more], { environment });
      assert.is(ran.code, 3, ran.err);
      return ran.out !== '';
    };
    assert.is(await isJson({ SCAMANDER_JSON: 'true' }), true);
    assert.is(await isJson({ SCAMANDER_JSON: 'false' }), false);
    assert.is(await isJson({ SCAMANDER_JSON: 'false' }, '--json'), true);
    const config = join(folder, 'scamander.yaml');
    writeFileSync(config, 'json: true\nthrottle: 0\nprotocol: 12\nsilence-timeout: 5\n');
    assert.is(await isJson({}, '--config', config), true);
  }));

test.run();
