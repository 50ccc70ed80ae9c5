// A load that is interrupted and run again: its ledger, its exit codes, and what it prints.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { besideServe, received, sample, until } from '../beside-serve.ts';
import { runCli } from '../fake-world.ts';

test('interrupted after its first session: 130; run again: the rest, and no more', () =>
  besideServe(['--like', sample], (port, data) =>
    withTempFolder(async (folder) => {
      const argv = ['load', sample, '--to', `127.0.0.1:${port}`, '--no-cql'];
      argv.push('--ledger', join(folder, 'ledger'), '--session-size', '1KiB');
      const first = await runCli([...argv, '--throttle', '200KiB/s'], {
        whileRunning: async ({ interrupt, err, ended }) => {
          await until(() => err().includes('has applied everything'), ended);
          interrupt();
        },
      });
      assert.is(first.code, 130, first.err);
      const arrived = received(data);
      assert.ok(arrived > 0 && arrived < 10, `${arrived}`);
      assert.match(first.out, new RegExp(`^${arrived} of \\d+ deliveries acknowledged`));
      const second = await runCli(argv);
      assert.is(second.code, 0, second.err);
      assert.match(second.err, /^run 2 of this job: /m);
      assert.match(second.out, new RegExp(`^${arrived} of them by earlier runs`, 'm'));
      assert.match(second.out, /^10 of 10 deliveries acknowledged/);
      assert.is(received(data), 10);
      const third = await runCli([...argv, '--json']);
      assert.is(third.code, 0);
      const types = third.lines().map((line) => line['type']);
      assert.ok(types.includes('Resumed'));
      assert.not.ok(types.includes('FileStarted'));
      assert.is(received(data), 10);
    }),
  ));

test('a replica that is away: tried again as often as asked, and the repairs are printed', () =>
  besideServe(['--like', sample], async (port) => {
    const to = `127.0.0.1:${port},127.0.0.1:1`;
    const flags = ['--no-cql', '--consistency', 'ONE', '--retries', '2', '--retry-delay', '0'];
    const ran = await runCli(['load', sample, '--to', to, ...flags]);
    assert.is(ran.code, 5, ran.err);
    assert.equal(
      [...ran.err.matchAll(/^127\.0\.0\.1:1: try (\d) of 3 /gm)].map(([, number]) => number),
      ['2', '3'],
    );
    assert.match(ran.out, /^ {2}nodetool -h 127\.0\.0\.1 repair -full demo users$/m);
  }));

test('a ledger that can’t be written is said before anything is sent', () =>
  besideServe(['--like', sample], (port, data) =>
    withTempFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      const argv = ['load', sample, '--to', `127.0.0.1:${port}`, '--no-cql'];
      const ran = await runCli([...argv, '--ledger', join(folder, 'file', 'ledger')]);
      assert.is(ran.code, 1, ran.err);
      assert.match(ran.err, /^error SCM_LEDGER_IO: /m);
      assert.is(received(data), 0);
    }),
  ));

test('a size that is none is a wrong command line', async () => {
  const ran = await runCli(['load', sample, '--to', 'nowhere', '--session-size', 'large']);
  assert.is(ran.code, 2);
  assert.match(ran.err, /where: --session-size/);
});

test.run();
