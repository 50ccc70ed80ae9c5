import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { besideServe, received, sample, until } from '../beside-serve.ts';
import { runCli } from '../fake-world.ts';

/** Two nodes: one that has the samples, one that knows their tables. */
const betweenNodes = (body: (from: string, to: string, data: string) => Promise<void>) =>
  besideServe(['--like', sample], async (to, data) => {
    // the source is filled by a load
    await besideServe(['--like', sample], async (from) => {
      const loaded = await runCli(['load', sample, '--to', `127.0.0.1:${from}`, '--no-cql']);
      assert.is(loaded.code, 0, loaded.err);
      await body(`127.0.0.1:${from}`, `127.0.0.1:${to}`, data);
    });
  });

const copying = (from: string, to: string, ...more: string[]): string[] => [
  'copy',
  'demo.users',
  'demo.readings',
  '--from',
  from,
  '--no-cql',
  '--to',
  to,
  '--no-target-cql',
  '--listen',
  '127.0.0.1:0',
  ...more,
];

test('copy between two nodes: exit code 0, the files there, a receipt', () =>
  betweenNodes(async (from, to, data) => {
    const receiptFile = join(data, '..', 'receipt.json');
    const ran = await runCli(copying(from, to, '--receipt', receiptFile));
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, /4 SSTables whole, 0 as sections; 4 of 4 deliveries acknowledged/);
    assert.match(ran.out, /consistency QUORUM is reached/);
    assert.is(received(data), 4);
    const receipt = JSON.parse(readFileSync(receiptFile, 'utf8'));
    assert.equal(
      [receipt.format, receipt.job, receipt.deliveries.length],
      ['scamander-receipt-2', 'copy', 4],
    );
    for (const { status, replica, mode, bytes } of receipt.deliveries) {
      assert.equal([status, replica, mode], ['acknowledged', to, 'entire']);
      assert.ok(bytes > 0);
    }
  }));

test('--entire never makes sections on the way', () =>
  betweenNodes(async (from, to, data) => {
    const ran = await runCli(copying(from, to, '--entire', 'never'));
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, /0 SSTables whole, 4 as sections/);
    assert.is(received(data), 4);
  }));

test('--dry-run says who would be asked and who would get it, and moves nothing', () =>
  betweenNodes(async (from, to, data) => {
    const ran = await runCli(copying(from, to, '--dry-run'));
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, new RegExp(`demo.users +${from} +to ${to}`));
    assert.is(received(data), 0);
  }));

test('--json: every event is an object, the last one the result', () =>
  betweenNodes(async (from, to) => {
    const ran = await runCli(copying(from, to, '--json'));
    assert.is(ran.code, 0, ran.err);
    const lines = ran.lines();
    const types = new Set(lines.map((line) => line['type']));
    for (const type of ['Planned', 'Relayed', 'SessionPrepared']) assert.ok(types.has(type), type);
    const last = lines.at(-1);
    assert.equal(
      [last?.['type'], last?.['exitCode'], last?.['verdict']],
      ['result', 0, 'complete'],
    );
  }));

test('Ctrl-C in the middle: exit code 130, the target as before, and the rest by the same command', () =>
  betweenNodes(async (from, to, data) => {
    const ledger = ['--ledger', join(data, '..', 'copy.ledger')];
    const ran = await runCli(copying(from, to, '--json', '--throttle', '1KiB/s', ...ledger), {
      whileRunning: async ({ interrupt, out, ended }) => {
        await until(() => out().includes('"type":"FileStarted"'), ended);
        interrupt();
      },
    });
    assert.is(ran.code, 130, ran.err);
    assert.is(ran.lines().at(-1)?.['exitCode'], 130);
    const again = await runCli(copying(from, to, ...ledger));
    assert.is(again.code, 0, again.err);
    assert.is(received(data), 4);
  }));

test('a target that does not know the table: exit code 1, and what it may be', () =>
  besideServe([], async (to) => {
    await besideServe(['--like', sample], async (from) => {
      await runCli(['load', sample, '--to', `127.0.0.1:${from}`, '--no-cql']);
      const ran = await runCli(copying(`127.0.0.1:${from}`, `127.0.0.1:${to}`, '--retries', '0'));
      assert.is(ran.code, 1, ran.out);
      assert.match(ran.err, /error SCM_COPY_NO_REPLICA: .*may not know one of the tables/);
    });
  }));

test('nobody listens: exit code 3, and which side it is', async () => {
  const ran = await runCli(copying('127.0.0.1:1', '127.0.0.1:2'));
  assert.is(ran.code, 3, ran.out);
  assert.match(ran.err, /error SCM_COPY_UNREACHABLE: no node of the source/);
});

test('rows are compared by CQL, which embedded nodes do not have', async () => {
  const ran = await runCli(copying('127.0.0.1:1', '127.0.0.1:2', '--verify', 'rows'));
  assert.is(ran.code, 2, ran.out);
  assert.match(ran.err, /error SCM_COPY_NO_CQL/);
});

test.run();
