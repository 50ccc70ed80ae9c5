import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { besideServe, received, sample, until } from '../beside-serve.ts';
import { runCli } from '../fake-world.ts';

test('serve says where it listens and ends on Ctrl-C', () =>
  besideServe([], async (port) => assert.match(port, /^\d+$/)));

test('load into serve: exit code 0, a receipt that names every SSTable, the files there', () =>
  besideServe(['--like', sample], async (port, data) => {
    const receiptFile = join(data, '..', 'receipt.json');
    const ran = await runCli([
      'load',
      sample,
      '--to',
      `127.0.0.1:${port}`,
      '--no-cql',
      '--receipt',
      receiptFile,
    ]);
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, /10 of 10 deliveries acknowledged/);
    assert.is(received(data), 10);
    const receipt = JSON.parse(readFileSync(receiptFile, 'utf8')) as {
      format: string;
      deliveries: { status: string; replica: string; mode: string }[];
      sources: {
        content: string;
        components: Record<string, { bytes: number; crc32: number; sha256: string }>;
      }[];
    };
    assert.is(receipt.format, 'scamander-receipt-2');
    assert.is(receipt.deliveries.length, 10);
    for (const { status, replica, mode } of receipt.deliveries)
      assert.equal([status, replica, mode], ['acknowledged', `127.0.0.1:${port}`, 'entire']);
    for (const { content, components } of receipt.sources) {
      assert.match(content, /^[0-9a-f]{64}$/);
      for (const { sha256, crc32 } of Object.values(components)) {
        assert.match(sha256, /^[0-9a-f]{64}$/);
        assert.type(crc32, 'number');
      }
    }
  }));

const versionsIn = (data: string): readonly string[] => [
  ...new Set(
    readdirSync(join(data, 'demo'))
      .flatMap((table) => readdirSync(join(data, 'demo', table)))
      .filter((name) => name.endsWith('-Data.db'))
      .map((name) => name.slice(0, 2)),
  ),
];

test('--sstable-version is what sections are written as', () =>
  besideServe(['--like', sample, '--sstable-version', 'da'], async (port, data) => {
    const to = ['--to', `127.0.0.1:${port}`, '--no-cql', '--entire', 'never'];
    const ran = await runCli(['load', sample, ...to]);
    assert.is(ran.code, 0, ran.err);
    assert.is(received(data), 10);
    assert.equal(versionsIn(data), ['da']);
  }));

test('--dry-run prints the plan and sends nothing', () =>
  besideServe(['--like', sample], async (port, data) => {
    const ran = await runCli([
      'load',
      sample,
      '--to',
      `127.0.0.1:${port}`,
      '--no-cql',
      '--dry-run',
    ]);
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, /demo\.readings/);
    assert.match(ran.out, /entire/);
    assert.match(ran.out, /to send in all/);
    assert.is(received(data), 0);
  }));

test('a table that the node does not know fails with what the protocol lets us know', () =>
  besideServe([], async (port, data) => {
    const ran = await runCli(['load', sample, '--to', `127.0.0.1:${port}`, '--no-cql']);
    assert.is(ran.code, 1, ran.out);
    assert.match(ran.out, /0 of 10 deliveries acknowledged/);
    assert.match(ran.out, /may not know one of the tables/);
    assert.is(received(data), 0);
  }));

test('nobody listens: exit code 3, the error names the peer', async () => {
  const ran = await runCli(['load', sample, '--to', '127.0.0.1:1', '--no-cql']);
  assert.is(ran.code, 3, ran.out);
  assert.match(
    ran.err,
    /error SCM_NET_REFUSED: no node can be streamed to\n {2}where: 127\.0\.0\.1:1/,
  );
});

test('no CQL answers: exit code 3 and what to try', async () => {
  const ran = await runCli(['load', sample, '--to', '127.0.0.1:1']);
  assert.is(ran.code, 3, ran.out);
  assert.match(ran.err, /error SCM_CLUSTER_UNREACHABLE/);
  assert.match(ran.err, /--no-cql/);
});

test('Ctrl-C in the middle: exit code 130, the destination as before', () =>
  besideServe(['--like', sample], async (port, data) => {
    const ran = await runCli(
      ['load', sample, '--to', `127.0.0.1:${port}`, '--no-cql', '--throttle', '1KiB/s', '--json'],
      {
        whileRunning: async ({ interrupt, out, ended }) => {
          await until(() => out().includes('"type":"FileStarted"'), ended);
          interrupt();
        },
      },
    );
    assert.is(ran.code, 130, ran.err);
    assert.is(ran.lines().at(-1)?.['type'], 'result');
    assert.is(received(data), 0);
  }));

test('flags stand over environment over file', () =>
  withTempFolder(async (folder) => {
    const config = join(folder, 'scamander.yaml');
    writeFileSync(config, 'to: "127.0.0.1:1:2"\nconnections: 0\n');
    const fromFile = await runCli(['load', sample, '--config', config]);
    assert.is(fromFile.code, 2);
    assert.match(fromFile.err, /where: --to/);
    const overFile = await runCli(['load', sample, '--config', config, '--to', '127.0.0.1']);
    assert.match(overFile.err, /where: --connections/);
  }));

const usage: [string, string[]][] = [
  ['an unknown command', ['lode']],
  ['an unknown flag', ['load', sample, '--fast']],
  ['no folder', ['load', '--to', '127.0.0.1']],
  ['no contact point', ['load', sample]],
  ['a bad rate', ['load', sample, '--to', '127.0.0.1', '--throttle', 'fast']],
  ['serve without a folder', ['serve']],
  ['serve with a table that is none', ['serve', '--data', '/nowhere/x', '--add-table', 'ks.t']],
  ['a configuration file that is not there', ['load', sample, '--config', '/nowhere/x.yaml']],
];

for (const [name, argv] of usage) {
  test(`${name} is exit code 2`, async () => {
    const ran = await runCli(argv);
    assert.is(ran.code, 2, ran.err);
    assert.ok(ran.err.length > 0);
  });
}

test('help and version are exit code 0', async () => {
  const version = (
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    }
  ).version;
  assert.equal(
    [(await runCli(['--version'])).out.trim(), (await runCli(['--help'])).code],
    [version, 0],
  );
  for (const command of [
    ['demo'],
    ['load'],
    ['serve'],
    ['sstable', 'describe'],
    ['sstable', 'verify'],
  ]) {
    const ran = await runCli([...command, '--help']);
    assert.is(ran.code, 0);
    assert.match(ran.out, /Usage: /);
    assert.match(ran.out, /--json/);
  }
});

test.run();
