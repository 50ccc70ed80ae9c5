// How a load can end, and what the command line makes of it.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { besideServe, received, sample, until } from '../beside-serve.ts';
import { runCli } from '../fake-world.ts';

const users = join(
  sample,
  'demo',
  readdirSync(join(sample, 'demo')).find((name) => name.startsWith('users-')) ?? '',
);

test('a spoilt SSTable is refused with its file, the others arrive: exit code 4', () =>
  besideServe(['--like', users], async (port, data) => {
    await withTempFolder(async (folder) => {
      const copy = join(folder, 'demo', basename(users));
      cpSync(users, copy, { recursive: true });
      const path = join(copy, 'nb-1-big-Data.db');
      const bytes = readFileSync(path);
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      const argv = ['load', copy, '--to', `127.0.0.1:${port}`, '--no-cql'];
      const ran = await runCli(argv);
      assert.is(ran.code, 4, ran.err);
      assert.match(ran.err, /^error SCM_SSTABLE_DIGEST: /m);
      assert.ok(ran.err.includes(`where: ${path}`), ran.err);
      assert.match(ran.out, /1 of 1 deliveries acknowledged/);
      assert.match(ran.out, /not sent: .*nb-1-big-Data\.db/);
      assert.is(received(data), 1);
      const json = await runCli([...argv, '--json']);
      assert.is(json.code, 4);
      const result = json.lines().at(-1);
      assert.equal(
        [result?.['type'], result?.['verdict'], result?.['exitCode']],
        ['result', 'bad-data', 4],
      );
      assert.ok(json.lines().some((line) => line['type'] === 'Problem'));
    });
  }));

test('a replica that is not there, with the consistency reached: exit code 5; with ALL asked: 1', () =>
  besideServe(['--like', users], (one, data) =>
    besideServe(['--like', users], async (other) => {
      const to = [one, other, '1'].map((port) => `127.0.0.1:${port}`).join(',');
      const argv = ['load', users, '--to', to, '--no-cql', '--retries', '0'];
      const partial = await runCli(argv);
      assert.is(partial.code, 5, partial.err);
      assert.match(
        partial.out,
        /consistency QUORUM is reached; passed over: 127\.0\.0\.1:1 \(down\)/,
      );
      assert.is(received(data), 2);
      const failed = await runCli([...argv, '--consistency', 'all']);
      assert.is(failed.code, 1, failed.err);
      assert.match(failed.out, /ALL is not reached/);
    }),
  ));

test('Ctrl-C twice ends at once', () =>
  besideServe(['--like', users], async (port, data) => {
    const ran = await runCli(
      ['load', users, '--to', `127.0.0.1:${port}`, '--no-cql', '--throttle', '1KiB/s', '--verbose'],
      {
        whileRunning: async ({ interrupt, err, ended }) => {
          await until(() => err().includes('is prepared'), ended);
          interrupt();
          interrupt();
        },
      },
    );
    assert.equal(ran.exits, [130]);
    assert.is(ran.code, 130);
    assert.match(ran.err, /press Ctrl-C again to end at once/);
    assert.is(received(data), 0);
  }));

test('a receipt that can’t be written is an error after the load, not instead of it', () =>
  besideServe(['--like', users], async (port, data) => {
    const ran = await runCli([
      'load',
      users,
      '--to',
      `127.0.0.1:${port}`,
      '--no-cql',
      '--receipt',
      '/nowhere/receipt.json',
    ]);
    assert.is(ran.code, 1, ran.err);
    assert.match(ran.err, /error SCM_USAGE: .*ENOENT[\s\S]*where: \/nowhere\/receipt\.json/);
    assert.match(ran.out, /2 of 2 deliveries acknowledged/);
    assert.is(received(data), 2);
  }));

test('every line of a load is an object; sizes are numbers, events in order, the last one the result', () =>
  besideServe(['--like', users], async (port) => {
    const ran = await runCli(['load', users, '--to', `127.0.0.1:${port}`, '--no-cql', '--json']);
    assert.is(ran.code, 0, ran.err);
    const lines = ran.lines();
    const types = lines.map((line) => line['type']);
    const order = [
      'Discovered',
      'ReplicaProbed',
      'Verified',
      'Planned',
      'FileStarted',
      'FileAcknowledged',
      'SessionComplete',
      'result',
    ];
    const places = order.map((type) => types.indexOf(type));
    assert.equal(
      places,
      [...places].sort((a, b) => a - b),
      types.join(' '),
    );
    assert.is(types.at(-1), 'result');
    const started = lines.find((line) => line['type'] === 'FileStarted');
    assert.type(started?.['sizeBytes'], 'number');
  }));

test('a port that is taken: serve says so and ends with 1', () =>
  besideServe([], (port) =>
    withTempFolder(async (folder) => {
      const ran = await runCli([
        'serve',
        '--data',
        join(folder, 'x'),
        '--listen',
        `127.0.0.1:${port}`,
      ]);
      assert.is(ran.code, 1, ran.err);
      assert.match(ran.err, /^error SCM_SERVE_START: [\s\S]*where: 127\.0\.0\.1:\d+\n/);
    }),
  ));

test.run();
