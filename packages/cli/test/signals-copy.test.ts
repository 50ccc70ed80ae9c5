// Signals to a copy in the midst of its work: both sides are told, the target keeps nothing of it, and the same command does the rest.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { received, sample } from './beside-serve.ts';
import { main, Process } from './process.ts';

/** A served folder, and where it is. */
const serving = async (
  flags: readonly string[],
): Promise<{ readonly served: Process; readonly at: string }> => {
  const served = new Process(main, ['serve', '--listen', '127.0.0.1:0', '--json', ...flags]);
  await served.said(/"type":"Listening"/);
  return { served, at: /"endpoint":"([^"]+)"/.exec(served.out)?.[1] ?? '' };
};

const end = async (process: Process): Promise<void> => {
  process.signal('SIGTERM');
  await process.ended;
};

test('copy, SIGTERM: both sides are told, result and receipt are written, exit code 130; the same command does the rest', () =>
  withTempFolder(async (folder) => {
    const [from, to, receipt] = ['from', 'to', 'receipt.json'].map((name) => join(folder, name));
    assert.ok(from !== undefined && to !== undefined && receipt !== undefined);
    cpSync(sample, from, { recursive: true });
    const target = await serving(['--data', to, '--like', sample]);
    const asked = (source: string): readonly string[] => [
      ...['copy', 'demo.users', '--from', source, '--no-cql', '--listen', '127.0.0.2:0'],
      ...['--to', target.at, '--no-target-cql', '--ledger', join(folder, 'ledger')],
      ...['--receipt', receipt, '--json'],
    ];
    try {
      const slow = ['--throttle', '1KiB/s', '--entire-throttle', '1KiB/s'];
      const source = await serving(['--data', from, ...slow]);
      const copy = new Process(main, asked(source.at));
      try {
        await copy.said(/"type":"FileStarted"/);
        await target.served.said(/"type":"SessionPrepared"/);
        copy.signal('SIGTERM');
        assert.is(await copy.ended, 130, copy.err);
        const result = copy.lines.at(-1);
        assert.equal([result?.['type'], result?.['exitCode']], ['result', 130]);
        await source.served.said(/"type":"SessionFailed"/);
        await target.served.said(/"type":"SessionFailed"/);
      } finally {
        copy.signal('SIGKILL');
        await copy.ended;
        await end(source.served);
      }
      const { deliveries } = JSON.parse(readFileSync(receipt, 'utf8')) as {
        deliveries: readonly { status: string }[];
      };
      assert.ok(deliveries.every(({ status }) => status !== 'acknowledged'));
      assert.is(received(to), 0);
      const fast = await serving(['--data', from]);
      try {
        const again = new Process(main, asked(fast.at));
        assert.is(await again.ended, 0, again.err);
      } finally {
        await end(fast.served);
      }
      assert.is(received(to), 2);
    } finally {
      await end(target.served);
    }
  }));

test.run();
