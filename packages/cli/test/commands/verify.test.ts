// `scamander verify` beside `scamander serve`: what it prints, its JSON, its exit codes.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { besideServe, sample, until } from '../beside-serve.ts';
import { runCli } from '../fake-world.ts';

const SSTABLES = 10;

/** A copy of the samples, loaded into a node with a receipt. */
const withReceipt = (
  body: (scene: {
    readonly at: string;
    readonly data: string;
    readonly source: string;
    readonly receipt: string;
  }) => Promise<void>,
): Promise<void> =>
  withTempFolder((folder) =>
    besideServe(['--like', sample], async (port, data) => {
      const at = `127.0.0.1:${port}`;
      const source = join(folder, 'source');
      const receipt = join(folder, 'receipt.json');
      cpSync(sample, source, { recursive: true });
      const loaded = await runCli([
        ...['load', source, '--to', at, '--no-cql', '--quiet'],
        ...['--receipt', receipt],
      ]);
      assert.is(loaded.code, 0, loaded.err);
      await body({ at, data, source, receipt });
    }),
  );

const tableIn = (folder: string, table: string): string => {
  const name = readdirSync(join(folder, 'demo')).find((one) => one.startsWith(`${table}-`));
  return join(folder, 'demo', name ?? '');
};

test('files that are as they were: exit code 0, in words and as JSON', () =>
  withReceipt(async ({ receipt }) => {
    const ran = await runCli(['verify', receipt]);
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, new RegExp(`^${SSTABLES} SSTables, \\d+ files, .* looked at in .*\n`));
    assert.match(ran.out, /\nverified: everything is as the receipt says\n$/);
    const json = await runCli(['verify', receipt, '--json', '--quick']);
    const lines = json.lines();
    assert.equal([...new Set(lines.map(({ type }) => type))], ['Checking', 'result']);
    const last = lines.at(-1);
    assert.equal(
      [last?.['exitCode'], last?.['verdict'], last?.['sstables'], last?.['findings']],
      [0, 'verified', SSTABLES, []],
    );
    const one = await runCli(['verify', receipt, '--sample', '1', '--quiet']);
    assert.match(one.out, /^1 SSTables, /);
  }));

test('files that are not: exit code 4, each named', () =>
  withReceipt(async ({ source, receipt }) => {
    const folder = tableIn(source, 'users');
    const path = join(folder, 'nb-1-big-Data.db');
    const bytes = readFileSync(path);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    rmSync(join(folder, 'nb-1-big-Filter.db'));
    const ran = await runCli(['verify', receipt]);
    assert.is(ran.code, 4, ran.err);
    const crc = '[0-9a-f]{8}';
    assert.match(ran.out, new RegExp(`changed  ${path}: CRC-32 ${crc}, the receipt says ${crc}\n`));
    assert.match(ran.out, `missing  ${join(folder, 'nb-1-big-Filter.db')}\n`);
    assert.match(ran.out, /\ndiffers: /);
    const json = await runCli(['verify', receipt, '--json']);
    assert.is(json.code, 4);
    assert.is(json.lines().filter(({ type }) => type === 'Found').length, 2);
    const moved = await runCli(['verify', receipt, '--data', sample]);
    assert.is(moved.code, 0, moved.out);
  }));

test('a replica that has everything, and one that lost something', () =>
  withReceipt(async ({ at, data, receipt }) => {
    const against = ['verify', receipt, '--against', at, '--no-cql'];
    const ran = await runCli(against);
    assert.is(ran.code, 0, `${ran.out}${ran.err}`);
    assert.match(
      ran.out,
      new RegExp(`demo\\.users at ${at}: 2 SSTables, has all of them \\(\\d+ partitions`),
    );
    assert.match(ran.err, new RegExp(`asking ${at} for what it holds of 2 SSTables of demo.users`));
    for (const name of readdirSync(tableIn(data, 'users')))
      if (/^nb-\w+-big-/.test(name)) rmSync(join(tableIn(data, 'users'), name));
    cpSync(tableIn(sample, 'users'), tableIn(data, 'users'), {
      recursive: true,
      filter: (path) => existsSync(path) && !/nb-1-big|snapshots/.test(path),
    });
    const lost = await runCli([...against, '--json']);
    assert.is(lost.code, 4, lost.err);
    const found = lost.lines().filter(({ type }) => type === 'Found');
    assert.is(found.length, 1);
    const finding = found[0]?.['finding'] as Record<string, unknown>;
    assert.equal([finding['kind'], finding['replica'], finding['table']], ['absent', at, 'users']);
    assert.match(String(finding['path']), /users-.*\/nb-1-big-Data\.db$/);
    const compared = lost.lines().filter(({ type }) => type === 'Compared');
    assert.ok(compared.length >= 2);
  }));

test('nobody there: exit code 3; Ctrl-C: 130', () =>
  withReceipt(async ({ receipt }) => {
    const down = await runCli([
      ...['verify', receipt, '--against', '127.0.0.1:1', '--no-cql', '--retries', '0'],
    ]);
    assert.is(down.code, 3, down.err);
    assert.match(down.err, /error SCM_VERIFY_NO_REPLICA: /);
    assert.match(down.out, /incomplete: /);
    const ended = await runCli(['verify', receipt, '--json'], {
      whileRunning: async (handle) => {
        await until(() => handle.out().includes('"Checking"'), handle.ended);
        handle.interrupt();
      },
    });
    assert.is(ended.lines().at(-1)?.['exitCode'], 130);
    assert.is(ended.code, 130, `${ended.out}${ended.err}`);
  }));

test('what is no receipt, and flags that are none: exit code 2', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'receipt.json');
    writeFileSync(path, '{"format":"scamander-receipt-1"}');
    for (const [argv, expected] of [
      [[path], /SCM_RECEIPT_FORMAT: .* format 1/],
      [[join(folder, 'none')], /SCM_RECEIPT_IO: /],
      [[path, '--sample', 'many'], /where: --sample/],
      [[path, '--against', 'host:port'], /where: --against/],
      [[], /missing required argument/],
    ] as const) {
      const ran = await runCli(['verify', ...argv]);
      assert.is(ran.code, 2, ran.err);
      assert.match(ran.err, expected);
    }
  }));

test.run();
