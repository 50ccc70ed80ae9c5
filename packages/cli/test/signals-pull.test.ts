// Signals to a pull in the midst of its work: the node is told, result and receipt are written, the ledger is closed, and the same command goes on.
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { received, sample } from './beside-serve.ts';
import { main, Process } from './process.ts';

/** Runs the body beside a node that gives its tables away, slowly where a rate is given. */
const besideSource = async (
  data: string,
  rate: string,
  body: (served: Process, from: readonly string[]) => Promise<void>,
): Promise<void> => {
  const rates = ['--throttle', rate, '--entire-throttle', rate];
  const serving = ['serve', '--data', data, '--listen', '127.0.0.1:0', '--json', ...rates];
  const served = new Process(main, serving);
  try {
    await served.said(/"type":"Listening"/);
    const port = /"endpoint":"127\.0\.0\.1:(\d+)"/.exec(served.out)?.[1] ?? '';
    await body(served, ['--from', `127.0.0.1:${port}`, '--no-cql', '--listen', '127.0.0.2:0']);
  } finally {
    served.signal('SIGTERM');
    await served.ended;
  }
};

const halfWritten = (into: string): readonly string[] =>
  readdirSync(into, { recursive: true })
    .map(String)
    .filter((path) => path.includes('tmp') || path.includes('incoming') || path.endsWith('.lock'));

test('pull, SIGTERM: result, receipt and ledger are written, exit code 130; the same command gets the rest', () =>
  withTempFolder(async (folder) => {
    const [data, into] = [join(folder, 'data'), join(folder, 'into')];
    const receipt = join(folder, 'receipt.json');
    cpSync(sample, data, { recursive: true });
    const asked = ['pull', 'demo.users', 'demo.readings', '--into', into, '--receipt', receipt];
    await besideSource(data, '1KiB/s', async (served, from) => {
      const pull = new Process(main, [...asked, ...from, '--json']);
      try {
        await pull.said(/"type":"FileStarted"/);
        pull.signal('SIGTERM');
        assert.is(await pull.ended, 130, pull.err);
        const result = pull.lines.at(-1);
        assert.equal([result?.['type'], result?.['exitCode']], ['result', 130]);
        await served.said(/"type":"SessionFailed"/);
      } finally {
        pull.signal('SIGKILL');
        await pull.ended;
      }
    });
    const { receptions } = JSON.parse(readFileSync(receipt, 'utf8')) as { receptions: unknown[] };
    assert.is(receptions.length, received(into));
    assert.ok(existsSync(join(into, '.scamander', 'ledger.jsonl')));
    assert.equal(halfWritten(into), []);
    await besideSource(data, '0', async (_served, from) => {
      const pull = new Process(main, [...asked, ...from, '--json']);
      assert.is(await pull.ended, 0, pull.err);
      assert.ok(pull.lines.some(({ type }) => type === 'Resumed'));
    });
    assert.is(received(into), 4);
    assert.equal(halfWritten(into), []);
  }));

test.run();
