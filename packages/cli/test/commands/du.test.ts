// `scamander du` beside `scamander serve`: what it prints, its JSON, its exit codes.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { besideServe, sample } from '../beside-serve.ts';
import { runCli } from '../fake-world.ts';

/** Bytes that travel of a table: of all its components but the list of them. */
const bytesOf = (table: string): number => {
  const folder = readdirSync(join(sample, 'demo')).find((name) => name.startsWith(`${table}-`));
  const path = join(sample, 'demo', folder ?? '');
  return readdirSync(path)
    .filter((name) => /^nb-.*\.(db|crc32)$/.test(name))
    .reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
};

const filled = (body: (from: readonly string[]) => Promise<void>) =>
  besideServe(['--like', sample], async (port) => {
    const at = `127.0.0.1:${port}`;
    const loaded = await runCli(['load', sample, '--to', at, '--no-cql', '--quiet']);
    assert.is(loaded.code, 0, loaded.err);
    await body(['--from', at, '--no-cql']);
  });

test('table by table and node by node, with a sum', () =>
  filled(async (from) => {
    const ran = await runCli(['du', 'demo.users', 'demo.readings', ...from]);
    assert.is(ran.code, 0, ran.err);
    const lines = ran.out.trim().split('\n');
    assert.match(lines[0] ?? '', /^demo\.readings +[\d.]+ KiB +14 files +keys unknown$/);
    assert.match(
      lines[1] ?? '',
      /^ {2}127\.0\.0\.1:\d+ +[\d.]+ KiB +14 files +keys unknown +the whole ring$/,
    );
    assert.match(lines[2] ?? '', /^demo\.users/);
    assert.match(lines[4] ?? '', /^in all +[\d.]+ KiB +28 files/);
  }));

test('--json: each size as it comes, then the result', () =>
  filled(async (from) => {
    const ran = await runCli([
      'du',
      'demo.users',
      '--json',
      '--by-range',
      '--ranges',
      '0:10',
      ...from,
    ]);
    assert.is(ran.code, 0, ran.err);
    const objects = ran.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const sized = objects.filter(({ type }) => type === 'Sized');
    assert.is(sized.length, 1);
    const result = objects.at(-1);
    assert.equal(
      [result?.['type'], result?.['exitCode'], result?.['verdict']],
      ['result', 0, 'complete'],
    );
    assert.equal(result?.['entries'], [sized[0]?.['entry']]);

    const whole = await runCli(['du', 'demo.users', '--json', ...from]);
    const last = JSON.parse(whole.out.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    assert.is(last['bytes'], bytesOf('users'));
  }));

test('a replica that is missing of all is exit code 5, a range that nobody tells of 1, nobody at all 3', () =>
  filled(async ([flag = '', at = '', ...more]) => {
    const nobody = '127.0.0.1:1';
    const all = await runCli([
      'du',
      'demo.users',
      flag,
      `${at},${nobody}`,
      ...more,
      '--all-replicas',
    ]);
    assert.is(all.code, 5, all.err);
    assert.match(
      all.out,
      /127\.0\.0\.1:1 does not tell: .*\nmissing of demo\.users: .*127\.0\.0\.1:1/,
    );
    const other = [flag, `${at},${nobody}`, ...more, '--all-replicas', '--ignore', at];
    const gone = await runCli(['du', 'demo.users', ...other]);
    assert.is(gone.code, 1, gone.err);
    const none = await runCli(['du', 'demo.users', flag, nobody, ...more]);
    assert.is(none.code, 3, none.err);
  }));

test('what is wrong with the command line is said, with exit code 2', async () => {
  for (const argv of [
    ['du', 'demo.users'],
    ['du', '--from', '127.0.0.1'],
    ['du', 'demo.', '--from', '127.0.0.1'],
    ['du', 'demo', '--from', '127.0.0.1:1', '--no-cql', '--silence-timeout', 'long'],
  ]) {
    const ran = await runCli(argv);
    assert.is(ran.code, 2, argv.join(' '));
    assert.match(ran.err, /^error SCM_/m);
  }
});

test.run();
