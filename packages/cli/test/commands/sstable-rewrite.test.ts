// `sstable split`, `compact` and `upgrade`: the same rows in other SSTables, sound ones; the destination as it was when nothing came of it.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { execute } from '../../src/main.ts';
import { type Ran, runCli } from '../fake-world.ts';

const samples = fileURLToPath(new URL('../../samples', import.meta.url));

const tableOf = (sample: string, table: string): string => {
  const parent = join(samples, sample, 'demo');
  return join(parent, readdirSync(parent).find((one) => one.startsWith(`${table}-`)) ?? '');
};

const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('/') + 1);

interface Partition {
  readonly partition: { readonly key: readonly string[] };
  readonly rows: readonly object[];
}

/** Everything that is in the SSTables of a folder but for positions, by key. */
const contents = async (path: string): Promise<readonly Partition[]> => {
  const ran = await runCli([
    'sstable',
    'dump',
    '--quiet',
    '--like',
    '4.0',
    '--format',
    'jsonl',
    path,
  ]);
  assert.is(ran.code, 0, ran.err);
  const text = ran.out.replaceAll(/"position":\d+,?/g, '').replaceAll(',}', '}');
  const partitions = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Partition);
  return partitions.sort((a, b) => Number(a.partition.key[0]) - Number(b.partition.key[0]));
};

const verified = async (folder: string): Promise<Ran> => {
  const ran = await runCli(['sstable', 'verify', '--deep', '--quiet', folder]);
  assert.is(ran.code, 0, ran.err);
  return ran;
};

const keysOf = (partitions: readonly Partition[]): readonly string[] =>
  partitions.map(({ partition }) => partition.key.join(':'));

const tree = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

for (const format of ['me', 'nb', 'oa', 'da']) {
  for (const table of ['users', 'readings']) {
    test(`upgrade of ${table} to ${format}: every SSTable again, with the same rows`, () =>
      withTempFolder(async (into) => {
        const source = tableOf('4.1.10-nb', table);
        const ran = await runCli([
          'sstable',
          'upgrade',
          '--quiet',
          '--format',
          format,
          '--into',
          into,
          source,
        ]);
        assert.is(ran.code, 0, ran.err);
        assert.match(ran.out, /2 SSTables read, 2 written, 0 with errors\n$/);
        const written = join(into, 'demo', nameOf(source));
        const files = readdirSync(written).filter((name) => name.endsWith('-Data.db'));
        assert.equal(
          files.map((name) => name.slice(0, 2)),
          [format, format],
        );
        await verified(written);
        assert.equal(await contents(written), await contents(source));
      }));
  }
}

test('compact: one SSTable of all, whose keys are those of the inputs', () =>
  withTempFolder(async (into) => {
    const source = tableOf('5.0.6-oa', 'users');
    const ran = await runCli(['sstable', 'compact', '--quiet', '--into', into, source]);
    assert.is(ran.code, 0, ran.err);
    const written = join(into, 'demo', nameOf(source));
    await verified(written);
    const after = keysOf(await contents(written));
    const before = new Set(keysOf(await contents(source)));
    assert.equal(
      after,
      [...before].sort((a, b) => Number(a) - Number(b)),
    );
    assert.is(readdirSync(written).filter((name) => name.endsWith('-Data.db')).length, 1);
  }));

test('compact of a keyspace: one for each table', () =>
  withTempFolder(async (into) => {
    const ran = await runCli([
      'sstable',
      'compact',
      '--json',
      '--quiet',
      '--into',
      into,
      join(samples, '4.1.10-nb'),
    ]);
    assert.is(ran.code, 0, ran.err);
    const lines = ran.lines();
    const tables = readdirSync(join(samples, '4.1.10-nb', 'demo'));
    assert.is(lines.filter(({ type }) => type === 'Rewritten').length, tables.length);
    assert.equal(lines.at(-1), {
      type: 'result',
      exitCode: 0,
      sstables: tables.length + 2,
      written: tables.length,
      bad: 0,
    });
  }));

test('compact --purge leaves out deletions and what they delete; --gc-grace says which', () =>
  withTempFolder(async (into) => {
    const source = tableOf('4.1.10-nb', 'readings');
    const purge = async (folder: string, ...flags: string[]): Promise<string> => {
      const ran = await runCli([
        'sstable',
        'compact',
        '--quiet',
        '--into',
        join(into, folder),
        ...flags,
        source,
      ]);
      assert.is(ran.code, 0, ran.err);
      return JSON.stringify(await contents(join(into, folder, 'demo', nameOf(source))));
    };
    // deletions of the sample are of 2023, its table keeps them for 27 years
    const kept = await purge('kept');
    assert.match(kept, /deletion_info/);
    assert.is(await purge('by-schema', '--purge'), kept);
    const purged = await purge('purged', '--purge', '--gc-grace', '60');
    assert.ok(purged.length < kept.length);
    assert.not.match(purged, /"range_tombstone|"type":"row","clustering":\[\d+\],"deletion_info"/);
  }));

test('compact --purge keeps deletions of what an SSTable beside may still hold', () =>
  withTempFolder(async (into) => {
    const source = tableOf('4.1.10-nb', 'readings');
    // the deletions are in the second SSTable, what they delete in the first
    const ran = await runCli([
      'sstable',
      'compact',
      '--quiet',
      '--into',
      into,
      '--purge',
      '--gc-grace',
      '60',
      join(source, 'nb-2-big-Data.db'),
    ]);
    assert.is(ran.code, 0, ran.err);
    const text = JSON.stringify(await contents(join(into, 'demo', nameOf(source))));
    assert.match(text, /deletion_info/);
  }));

test('split by ranges: an SSTable for each, and nothing twice', () =>
  withTempFolder(async (into) => {
    const source = tableOf('4.1.10-nb', 'users');
    const data = join(source, 'nb-1-big-Data.db');
    const ran = await runCli([
      'sstable',
      'split',
      '--quiet',
      '--ranges',
      ':0,0:',
      '--into',
      into,
      data,
    ]);
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, /1 SSTables read, 2 written/);
    const written = join(into, 'demo', nameOf(source));
    await verified(written);
    assert.equal(await contents(written), await contents(data));
    const { keys } = JSON.parse(readFileSync(join(source, 'expected.json'), 'utf8')) as {
      keys: { hex: string; token: string }[];
    };
    const upper = keysOf(await contents(join(written, 'nb-2-big-Data.db')));
    const tokens = new Map(
      keys.map(({ hex, token }) => [String(Number.parseInt(hex, 16)), BigInt(token)]),
    );
    assert.ok(upper.every((key) => (tokens.get(key) ?? 0n) > 0n));
  }));

test('split by size: parts of about that size', () =>
  withTempFolder(async (into) => {
    const source = tableOf('4.1.10-nb', 'users');
    const ran = await runCli([
      'sstable',
      'split',
      '--quiet',
      '--size',
      '2KiB',
      '--into',
      into,
      source,
    ]);
    assert.is(ran.code, 0, ran.err);
    const written = join(into, 'demo', nameOf(source));
    const parts = readdirSync(written).filter((name) => name.endsWith('-Data.db'));
    assert.ok(parts.length > 4, String(parts.length));
    await verified(written);
    assert.equal(await contents(written), await contents(source));
  }));

test('new SSTables stand beside those that are there, under numbers of their own', () =>
  withTempFolder(async (into) => {
    const source = tableOf('4.1.10-nb', 'users');
    cpSync(source, join(into, 'demo', nameOf(source)), { recursive: true });
    const before = tree(into);
    const ran = await runCli(['sstable', 'compact', '--quiet', '--into', into, source]);
    assert.match(ran.out, /nb-3-big-Data\.db/);
    const after = tree(into);
    assert.equal(
      before.filter((name) => !after.includes(name)),
      [],
    );
  }));

test('a bad input is exit code 4, the others are written, and nothing is left of it', () =>
  withTempFolder(async (root) => {
    const folder = join(root, 'in', 'demo', nameOf(tableOf('4.1.10-nb', 'users')));
    cpSync(tableOf('4.1.10-nb', 'users'), folder, { recursive: true });
    const data = join(folder, 'nb-1-big-Data.db');
    const bytes = readFileSync(data);
    bytes[100] = (bytes[100] ?? 0) ^ 0x40;
    writeFileSync(data, bytes);
    const into = join(root, 'out');
    const ran = await runCli([
      'sstable',
      'upgrade',
      '--quiet',
      '--format',
      'oa',
      '--into',
      into,
      folder,
    ]);
    assert.is(ran.code, 4);
    assert.match(
      ran.err,
      /^error SCM_SSTABLE_\w+: .+\n {2}where: .*nb-1-big-Data\.db.*\n {2}lost: nothing.*\n {2}try: /m,
    );
    assert.match(ran.out, /2 SSTables read, 1 written, 1 with errors/);
    const only = join(root, 'only');
    const alone = await runCli([
      'sstable',
      'upgrade',
      '--quiet',
      '--format',
      'oa',
      '--into',
      only,
      data,
    ]);
    assert.is(alone.code, 4);
    assert.is(existsSync(only), false);
  }));

test('an interrupt is exit code 130, and the destination is as it was', () =>
  withTempFolder(async (root) => {
    mkdirSync(join(root, 'out', 'demo'), { recursive: true });
    writeFileSync(join(root, 'out', 'kept'), 'kept');
    const before = tree(root);
    const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() });
    const code = await execute(
      ['sstable', 'compact', join(samples, '4.1.10-nb'), '--into', join(root, 'out')],
      {
        stdout: sink(),
        stderr: sink(),
        environment: {},
        nowMs: () => performance.now(),
        onInterrupt: (callback) => {
          callback();
          return () => undefined;
        },
        exitNow: () => assert.unreachable(),
      },
    );
    assert.is(code, 130);
    assert.equal(tree(root), before);
  }));

const usage: readonly [name: string, argv: readonly string[]][] = [
  ['split by nothing', ['split', '--into', 'x']],
  ['split by both', ['split', '--into', 'x', '--size', '1MiB', '--ranges', '0:1']],
  ['split by a size that is none', ['split', '--into', 'x', '--size', '1 pound']],
  ['split by ranges that are none', ['split', '--into', 'x', '--ranges', 'a:b']],
  ['split to nowhere', ['split', '--size', '1MiB']],
  ['upgrade to nothing', ['upgrade', '--into', 'x']],
  ['upgrade to what nobody writes', ['upgrade', '--into', 'x', '--format', 'pa']],
  ['a grace without a purge', ['compact', '--into', 'x', '--gc-grace', '1']],
  ['a purge of unknown grace', ['compact', '--into', 'x', '--purge']],
];

for (const [name, argv] of usage) {
  test(`${name} is exit code 2, and nothing is written`, () =>
    withTempFolder(async (root) => {
      // a folder without schema.cql
      const folder = join(root, 'in', 'demo', 'users');
      mkdirSync(folder, { recursive: true });
      for (const file of readdirSync(tableOf('4.1.10-nb', 'users')).filter((one) =>
        one.startsWith('nb-1-'),
      ))
        cpSync(join(tableOf('4.1.10-nb', 'users'), file), join(folder, file));
      const into = argv.map((word) => (word === 'x' ? join(root, 'x') : word));
      const ran = await runCli(['sstable', ...into, '--quiet', folder]);
      assert.is(ran.code, 2, ran.err);
      assert.is(ran.out, '');
      assert.match(
        ran.err,
        /^error SCM_USAGE: .+\n {2}where: .+\n {2}lost: nothing\n {2}try: .+\n$/,
      );
      assert.is(existsSync(join(root, 'x')), false);
    }));
}

test.run();
