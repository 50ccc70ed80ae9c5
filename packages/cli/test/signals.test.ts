// Signals to real processes in the midst of their work: they end in order, say how far they came, and leave files as they were.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { received, sample } from './beside-serve.ts';
import { main, Process } from './process.ts';

/** Names and lengths of all files below a folder. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path} ${statSync(path).size}`;
    })
    .sort();

/** A served folder and a load into it that a limit keeps in the midst of its first file. */
const midLoad = (
  body: (scene: {
    readonly served: Process;
    readonly load: Process;
    readonly data: string;
    readonly receipt: string;
    readonly ledger: string;
  }) => Promise<void>,
) =>
  withTempFolder(async (folder) => {
    const [data, receipt] = [join(folder, 'data'), join(folder, 'receipt.json')];
    const ledger = join(folder, 'ledger.jsonl');
    const serving = [
      'serve',
      '--data',
      data,
      '--listen',
      '127.0.0.1:0',
      '--like',
      sample,
      '--json',
    ];
    const served = new Process(main, serving);
    try {
      await served.said(/"type":"Listening"/);
      const port = /"endpoint":"127\.0\.0\.1:(\d+)"/.exec(served.out)?.[1] ?? '';
      const to = [
        '--to',
        `127.0.0.1:${port}`,
        '--no-cql',
        '--throttle',
        '1KiB/s',
        '--retries',
        '0',
      ];
      const load = new Process(main, [
        'load',
        sample,
        ...to,
        '--receipt',
        receipt,
        '--ledger',
        ledger,
        '--json',
      ]);
      try {
        await load.said(/"type":"FileStarted"/);
        await body({ served, load, data, receipt, ledger });
      } finally {
        load.signal('SIGKILL');
        await load.ended;
      }
    } finally {
      served.signal('SIGTERM');
      await served.ended;
    }
  });

test('load, SIGTERM: the peer is told, result, receipt and ledger are written, exit code 130', () =>
  midLoad(async ({ served, load, data, receipt, ledger }) => {
    const before = filesBelow(sample);
    load.signal('SIGTERM');
    assert.is(await load.ended, 130, load.err);
    const result = load.lines.at(-1);
    assert.equal([result?.['type'], result?.['exitCode']], ['result', 130]);
    const { format, deliveries } = JSON.parse(readFileSync(receipt, 'utf8')) as {
      format: string;
      deliveries: readonly { status: string; reason?: string }[];
    };
    assert.match(format, /^scamander-receipt-/);
    assert.ok(deliveries.length > 0);
    assert.ok(deliveries.every(({ status }) => status !== 'acknowledged'));
    await served.said(/"type":"SessionFailed"/);
    assert.is(received(data), 0);
    assert.equal(filesBelow(sample), before);
    assert.equal([existsSync(ledger), existsSync(`${ledger}.lock`)], [true, false]);
  }));

test('load, a second signal ends it at once', () =>
  midLoad(async ({ served, load }) => {
    // a peer that has stopped can't be told: without the second signal it would be waited for
    served.signal('SIGSTOP');
    load.signal('SIGTERM');
    await load.said(/press Ctrl-C again/);
    load.signal('SIGTERM');
    assert.is(await load.ended, 130, load.err);
    served.signal('SIGCONT');
  }));

test('load, nobody reads its stdout any more: it ends quietly', () =>
  midLoad(async ({ served, load, data }) => {
    load.leaveStdout();
    assert.is(await load.ended, 130, load.err);
    assert.is(load.err, '');
    await served.said(/"type":"SessionFailed"/);
    assert.is(received(data), 0);
  }));

test('serve, the terminal goes away: it ends as it should, its last line is the result', () =>
  withTempFolder(async (folder) => {
    const data = join(folder, 'data');
    const served = new Process(main, [
      'serve',
      '--data',
      data,
      '--listen',
      '127.0.0.1:0',
      '--json',
    ]);
    await served.said(/"type":"Listening"/);
    served.signal('SIGHUP');
    assert.is(await served.ended, 0, served.err);
    assert.equal(served.lines.at(-1), { type: 'result', exitCode: 0 });
    assert.is(existsSync(join(data, '.scamander-incoming')), false);
  }));

test('serve, in the midst of a file: whoever sends is told, nothing half-written stays', () =>
  midLoad(async ({ served, load, data }) => {
    served.signal('SIGTERM');
    assert.is(await served.ended, 0, served.err);
    assert.is(await load.ended, 1, load.err);
    assert.ok(load.lines.some(({ type }) => type === 'SessionFailed'));
    assert.is(received(data), 0);
  }));

test.run();
