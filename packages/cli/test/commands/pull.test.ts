// `scamander pull` beside an embedded node: what it prints, keeps and answers.
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { received, sample, until } from '../beside-serve.ts';
import { runCli } from '../fake-world.ts';

/** Beside a node that holds the samples. */
const besideSource = (
  body: (from: readonly string[], folder: string) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const data = join(folder, 'node');
    cpSync(sample, data, { recursive: true });
    const served = await runCli(['serve', '--data', data, '--listen', '127.0.0.1:0'], {
      whileRunning: async ({ interrupt, out, ended }) => {
        await until(() => /listening on [\d.]+:\d+/.test(out()), ended);
        const port = /listening on [\d.]+:(\d+)/.exec(out())?.[1] ?? '';
        try {
          await body(['--no-cql', '--from', `127.0.0.1:${port}`], folder);
        } finally {
          interrupt();
        }
      },
    });
    assert.is(served.code, 0, served.err);
  });

test('tables come into a new folder, with a receipt; the same line again keeps nothing twice', () =>
  besideSource(async (from, folder) => {
    const into = join(folder, 'into');
    const receiptFile = join(folder, 'receipt.json');
    const line = ['pull', 'demo.users', 'demo.readings', ...from, '--into', into];
    const first = await runCli([...line, '--receipt', receiptFile]);
    assert.is(first.code, 0, first.err);
    assert.match(first.out, /4 SSTables received/);
    assert.match(first.err, /a request makes a node flush the tables/);
    assert.is(received(into), 4);
    const receipt = JSON.parse(readFileSync(receiptFile, 'utf8')) as {
      readonly job: string;
      readonly receptions: readonly {
        readonly components: Readonly<Record<string, { readonly sha256: string }>>;
      }[];
    };
    assert.is(receipt.job, 'pull');
    assert.is(receipt.receptions.length, 4);
    for (const { components } of receipt.receptions)
      assert.match(components['Data.db']?.sha256 ?? '', /^[0-9a-f]{64}$/);
    const second = await runCli(line);
    assert.is(second.code, 0, second.err);
    assert.match(second.out, /4 of them were here already/);
    assert.is(received(into), 4);
  }));

test('--json: every line an event, the result last; --dry-run makes nothing', () =>
  besideSource(async (from, folder) => {
    const into = join(folder, 'into');
    const line = ['pull', 'demo.users', ...from, '--into', into];
    const dry = await runCli([...line, '--dry-run']);
    assert.is(dry.code, 0, dry.err);
    assert.match(dry.out, /demo\.users .*127\.0\.0\.1:\d+ .*KiB/);
    assert.not.ok(existsSync(into));
    const ran = await runCli([...line, '--json']);
    assert.is(ran.code, 0, ran.err);
    const types = ran.out
      .trim()
      .split('\n')
      .map((one) => (JSON.parse(one) as { readonly type: string }).type);
    for (const type of ['ReplicaProbed', 'Listening', 'Planned', 'UnitReceived'])
      assert.ok(types.includes(type), type);
    assert.is(types.at(-1), 'result');
  }));

test('what can’t be has its exit code, and says what to do', () =>
  besideSource(async (from, folder) => {
    const into = ['--into', join(folder, 'into')];
    const cases: readonly (readonly [number, RegExp, readonly string[]])[] = [
      [2, /no folder is given/, ['pull', 'demo.users', ...from]],
      [2, /no contact point/, ['pull', 'demo.users', ...into]],
      [2, /KEYSPACE\[\.TABLE\]/, ['pull', 'demo.users.more', ...from, ...into]],
      [2, /name each table/, ['pull', 'demo', ...from, ...into]],
      [2, /SCM_PULL_INTO_NOT_EMPTY/, ['pull', 'demo.users', ...from, '--into', folder]],
      [2, /--sessions/, ['pull', 'demo.users', ...from, ...into, '--sessions', '0']],
      [2, /--unit-size/, ['pull', 'demo.users', ...from, ...into, '--unit-size', 'large']],
      [3, /SCM_PULL_NO_TABLE_ID/, ['pull', 'demo.nobody', ...from, ...into]],
      [3, /SCM_PULL_SYSTEM/, ['pull', 'system.peers', ...from, ...into]],
      [
        3,
        /SCM_PULL_NO_DIAL_BACK: .* does not reach us at 127\.0\.0\.1:9/,
        ['pull', 'demo.users', ...from, ...into, '--announce', '127.0.0.1:9'],
      ],
    ];
    for (const [code, said, argv] of cases) {
      const ran = await runCli([...argv]);
      assert.is(ran.code, code, `${argv.join(' ')}: ${ran.err}`);
      assert.match(ran.err, said);
    }
  }));

test('Ctrl-C ends in order with 130, and the same line goes on', () =>
  besideSource(async (from, folder) => {
    const into = join(folder, 'into');
    const receiptFile = join(folder, 'receipt.json');
    const line = ['pull', 'demo.users', 'demo.readings', ...from, '--into', into];
    const slow = ['--throttle', '10KiB/s', '--receipt', receiptFile, '--json'];
    const ran = await runCli([...line, ...slow], {
      whileRunning: async ({ interrupt, out, ended }) => {
        await until(() => out().includes('"FileStarted"'), ended);
        interrupt();
      },
    });
    assert.is(ran.code, 130, ran.err);
    assert.ok(existsSync(receiptFile), 'the receipt is written');
    assert.not.ok(existsSync(join(into, '.scamander-incoming')), 'nothing half-received stays');
    const again = await runCli(line);
    assert.is(again.code, 0, again.err);
    assert.is(received(into), 4);
  }));

test.run();
