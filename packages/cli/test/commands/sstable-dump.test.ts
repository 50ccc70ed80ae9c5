// `sstable dump`: formats, choices, several SSTables, bad ones, interrupts, readers that go away. The samples' own lists of keys are what is expected.
import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { fixture, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { execute } from '../../src/main.ts';
import { runCli } from '../fake-world.ts';

const samples = fileURLToPath(new URL('../../samples', import.meta.url));

const tableOf = (sample: string, table: string): string => {
  const parent = join(samples, sample, 'demo');
  return join(parent, readdirSync(parent).find((one) => one.startsWith(`${table}-`)) ?? '');
};

interface Expected {
  readonly sstables: readonly { readonly data: string; readonly partitions: number }[];
  readonly keys: readonly { readonly hex: string; readonly token: string }[];
}

const expectedOf = (folder: string): Expected =>
  JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;

interface Partition {
  readonly partition: { readonly key: readonly string[] };
  readonly rows: readonly { readonly type: string; readonly clustering?: readonly unknown[] }[];
}

/** Arrays one behind the other, as the command prints them. */
const arraysOf = (text: string): Partition[][] =>
  text
    .split(/^(?=\[)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part) as Partition[]);

const intOf = (hex: string): string => String(Number.parseInt(hex, 16) | 0);

for (const sample of ['4.1.10-nb', '5.0.6-nb', '5.0.6-oa', '5.0.6-da']) {
  test(`dump of ${sample}: an array for each SSTable, with the partitions of the sample's list`, async () => {
    const folder = tableOf(sample, 'users');
    const expected = expectedOf(folder);
    const ran = await runCli(['sstable', 'dump', folder]);
    assert.is(ran.code, 0, ran.err);
    const arrays = arraysOf(ran.out);
    assert.equal(
      arrays.map((partitions) => partitions.length),
      expected.sstables.map(({ partitions }) => partitions),
    );
    const keys = new Set(arrays.flat().map(({ partition }) => partition.key[0]));
    assert.equal([...keys].sort(), expected.keys.map(({ hex }) => intOf(hex)).sort());
  });
}

test('jsonl has a line for each partition, keys alone are texts, a table has names from schema.cql', async () => {
  const folder = tableOf('4.1.10-nb', 'readings');
  const data = join(folder, 'nb-1-big-Data.db');
  const { partitions } = expectedOf(folder).sstables[0] ?? { partitions: 0 };
  const lines = (await runCli(['sstable', 'dump', data, '--format', 'jsonl'])).lines();
  assert.is(lines.length, partitions);
  const keys = await runCli(['sstable', 'dump', data, '--keys-only']);
  assert.is((JSON.parse(keys.out) as string[][]).length, partitions);
  const table = await runCli(['sstable', 'dump', data, '--format', 'table']);
  assert.match(
    table.out,
    /^sensor +at +place +note +value +attributes +history +tags +written +notes\n/,
  );
});

test('--json makes lines that say type and SSTable, and the result last', async () => {
  const folder = tableOf('5.0.6-oa', 'users');
  const ran = await runCli(['sstable', 'dump', folder, '--json']);
  assert.is(ran.code, 0, ran.err);
  const lines = ran.lines();
  assert.equal(lines.at(-1), { type: 'result', exitCode: 0, sstables: 2, bad: 0 });
  for (const line of lines.slice(0, -1)) {
    assert.is(line['type'], 'Partition');
    assert.match(String(line['sstable']), /oa-\d-big-Data\.db$/);
  }
});

test('--json with keys alone is lines of objects, too', async () => {
  const folder = tableOf('5.0.6-oa', 'users');
  const ran = await runCli(['sstable', 'dump', folder, '--json', '--keys-only']);
  const lines = ran.lines();
  const { sstables } = expectedOf(folder);
  assert.is(
    lines.length,
    sstables.reduce((sum, { partitions }) => sum + partitions, 1),
  );
  for (const line of lines.slice(0, -1)) {
    assert.equal(Object.keys(line), ['type', 'sstable', 'key']);
    assert.is((line['key'] as string[]).length, 1);
  }
});

sharedTest(
  test,
  'an SSTable of 2.1 is dumped by its schema, and without one says that it needs it',
  async () => {
    const folder = fixture('real', '2.1.22', 'plain');
    const without = await runCli(['sstable', 'dump', '--quiet', folder]);
    assert.is(without.code, 2);
    assert.match(
      without.err,
      /^error SCM_SCHEMA_NEEDED: .+\n {2}where: .+-Data\.db\n {2}lost: nothing\n {2}try: give --schema FILE/,
    );
    const ran = await runCli([
      'sstable',
      'dump',
      '--quiet',
      '--schema',
      join(folder, 'create.cql'),
      folder,
    ]);
    assert.is(ran.code, 0, ran.err);
    const inserted =
      readFileSync(join(folder, 'create.cql'), 'utf8').match(/^insert/gim)?.length ?? 0;
    assert.ok(inserted > 0);
    const [partitions = []] = arraysOf(ran.out);
    assert.ok(partitions.length > 0 && partitions.length <= inserted);
  },
);

test('token ranges choose partitions', async () => {
  const folder = tableOf('4.1.10-nb', 'users');
  const { keys } = expectedOf(folder);
  const tokens = keys.map(({ token }) => BigInt(token)).sort((a, b) => (a < b ? -1 : 1));
  const [low, high] = [tokens[10], tokens[30]] as [bigint, bigint];
  const ran = await runCli(['sstable', 'dump', folder, '--ranges', `${low}:${high}`]);
  const found = new Set(
    arraysOf(ran.out)
      .flat()
      .map(({ partition }) => partition.key[0]),
  );
  const expected = keys.filter(({ token }) => BigInt(token) > low && BigInt(token) <= high);
  assert.equal([...found].sort(), expected.map(({ hex }) => intOf(hex)).sort());
  assert.is(found.size, 20);
});

test('keys choose partitions, wherever the flags stand; predicates choose rows', async () => {
  const folder = tableOf('5.0.6-da', 'readings');
  const dump = async (...argv: string[]): Promise<Partition[]> => {
    const ran = await runCli(['sstable', 'dump', '--quiet', '--format', 'jsonl', ...argv]);
    assert.is(ran.code, 0, ran.err);
    return ran.lines() as unknown as Partition[];
  };
  const keysOf = (partitions: readonly Partition[]): readonly string[] =>
    [...new Set(partitions.map(({ partition }) => partition.key[0] ?? ''))].sort();
  assert.equal(keysOf(await dump('--keys', '23', '--keys', '5', folder)), ['23', '5']);
  const all = keysOf(await dump(folder));
  const without = keysOf(await dump(folder, '--exclude-keys', all[0] ?? ''));
  assert.equal(without, all.slice(1));
  const rows = await dump(folder, '--where', 'sensor IN (23, 5) AND at >= 6');
  assert.equal(keysOf(rows), ['23', '5']);
  const clusterings = rows
    .flatMap((one) => one.rows.filter(({ type }) => type === 'row'))
    .map(({ clustering }) => clustering?.[0]);
  assert.ok(clusterings.length > 0 && clusterings.every((at) => Number(at) >= 6));
});

test('a bad SSTable is exit code 4 and an error in the one shape; the others are dumped', () =>
  withTempFolder(async (root) => {
    const folder = join(root, 'demo', 'users-5ca3a000000011ee8000000000000001');
    cpSync(tableOf('4.1.10-nb', 'users'), folder, { recursive: true });
    const data = join(folder, 'nb-1-big-Data.db');
    const bytes = readFileSync(data);
    bytes[100] = (bytes[100] ?? 0) ^ 0x40;
    writeFileSync(data, bytes);
    const ran = await runCli(['sstable', 'dump', folder, '--format', 'jsonl']);
    assert.is(ran.code, 4);
    assert.match(
      ran.err,
      /^error SCM_SSTABLE_CORRUPT: .+\n {2}where: .*nb-1-big-Data\.db.*\n {2}lost: nothing.*\n {2}try: /m,
    );
    assert.is(ran.lines().length, expectedOf(folder).sstables[1]?.partitions);
  }));

const usage: readonly [name: string, argv: readonly string[], code: string][] = [
  ['an unknown format', ['--format', 'yaml'], 'SCM_USAGE'],
  ['an unknown time style', ['--timestamps', 'mine'], 'SCM_USAGE'],
  ['an unknown release', ['--like', '6'], 'SCM_USAGE'],
  ['a range that is none', ['--ranges', 'a:b'], 'SCM_USAGE'],
  ['a width that is none', ['--width', '1'], 'SCM_USAGE'],
  ['a time that is none', ['--now', 'soon'], 'SCM_USAGE'],
  ['a schema that is not there', ['--schema', '/nowhere/schema.cql'], 'SCM_USAGE'],
  ['a predicate that is cut off', ['--where', 'body ='], 'SCM_SELECT_SYNTAX'],
  ['a partitioner that is none', ['--partitioner', 'Mine'], 'SCM_USAGE'],
  ['a key that is none', ['--keys', 'abc'], 'SCM_SELECT_VALUE'],
  ['a predicate on no column', ['--where', "nobody = 'x'"], 'SCM_SELECT_COLUMN'],
];

for (const [name, argv, code] of usage) {
  test(`${name} is exit code 2 and nothing is printed`, async () => {
    const ran = await runCli([
      'sstable',
      'dump',
      '--quiet',
      tableOf('4.1.10-nb', 'users'),
      ...argv,
    ]);
    assert.is(ran.code, 2, ran.err);
    assert.is(ran.out, '');
    assert.match(
      ran.err,
      new RegExp(`^error ${code}: .+\\n {2}where: .+\\n {2}lost: nothing\\n {2}try: .+\\n$`),
    );
  });
}

const world = (stdout: Writable, onInterrupt: (callback: () => void) => () => void) => ({
  stdout,
  stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
  environment: {},
  nowMs: () => performance.now(),
  onInterrupt,
  exitNow: () => assert.unreachable(),
});

test('an interrupt ends it with exit code 130', async () => {
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done() });
  const code = await execute(
    ['sstable', 'dump', join(samples, '4.1.10-nb')],
    world(stdout, (callback) => {
      callback();
      return () => undefined;
    }),
  );
  assert.is(code, 130);
});

test('a reader that goes away ends it quietly', async () => {
  const stdout = new Writable({
    write: (_chunk, _encoding, done) =>
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  stdout.on('error', () => undefined); // as main.ts does
  const code = await execute(
    ['sstable', 'dump', join(samples, '4.1.10-nb'), '--format', 'jsonl'],
    world(stdout, () => () => undefined),
  );
  assert.is(code, 0);
});

test('`| head` as a process: exit code 0, nothing on stderr', async () => {
  const source = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '-C',
      '@scamander/source',
      source,
      'sstable',
      'dump',
      '--quiet',
      join(samples, '4.1.10-nb'),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, SCAMANDER_RUN_MAIN: '1' } },
  );
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  assert.is(code, 0, err);
  assert.is(err, '');
});

test.run();
