// A load that remembers: what replicas acknowledged is in the ledger before it counts, and is not sent again by the next run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryNetwork } from '@scamander/transport';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadEvent } from '../../src/load/events.ts';
import { load } from '../../src/load/load.ts';
import type { LoadOptions } from '../../src/load/options.ts';
import {
  copyTable,
  type Loaded,
  loaded,
  ONE_TRY,
  opened,
  partsWith,
  sstablesBelow,
  startNode,
  tablesOf,
} from '../harness.ts';
import { rowsOf } from '../stories/rows-of.ts';
import { acknowledgedIn, recordsIn } from './ledger-records.ts';

const AT = { host: '10.0.0.1', port: 7000 };

interface World {
  readonly folder: string;
  readonly table: string;
  readonly ledger: string;
  readonly data: string;
  /** Loads the table; its SSTables are those of the folder at that moment. */
  run(
    options?: Partial<LoadOptions>,
    onEvent?: (event: LoadEvent) => void,
    signal?: AbortSignal,
  ): Promise<Loaded>;
}

const inWorld = (story: (world: World) => Promise<void>): Promise<void> =>
  withTempFolder(async (folder) => {
    const network = memoryNetwork();
    const table = copyTable('4.1.10-nb', 'users', join(folder, 'source'));
    const data = join(folder, 'data');
    const ledger = join(folder, 'state', 'load.ledger');
    const node = await startNode(
      { dataDirectory: data, listen: AT, tables: await tablesOf([table]) },
      partsWith(network.transport(AT.host)),
    );
    try {
      await story({
        ...{ folder, table, ledger, data },
        run: (options = {}, onEvent, signal) =>
          loaded(
            {
              ...{ paths: [table], target: { kind: 'direct', nodes: [AT] }, retry: ONE_TRY },
              ...{ ledger, ...options },
            },
            partsWith(network.transport('10.0.0.9')),
            onEvent,
            signal,
          ),
      });
    } finally {
      await node.close();
    }
  });

const sent = ({ events }: Loaded): number =>
  events.filter(({ type }) => type === 'FileSent').length;

test('the same load again sends nothing, reads no data, and says which run delivered it', () =>
  inWorld(async ({ run, ledger, data }) => {
    const first = await run();
    assert.is(first.report.verdict, 'complete');
    assert.is(first.report.receipt.run, 1);
    assert.is((await acknowledgedIn(ledger)).length, 2);
    assert.is((await recordsIn(ledger)).at(-1)?.type, 'end');
    const second = await run();
    assert.is(second.report.verdict, 'complete');
    assert.is(sent(second), 0);
    assert.is(second.events.filter(({ type }) => type === 'SessionConnected').length, 0);
    assert.is(second.events.filter(({ type }) => type === 'Verifying').length, 0, 'not read again');
    assert.equal(
      second.report.receipt.deliveries.map(({ status, bytes, earlierRun }) => [
        status,
        bytes,
        earlierRun,
      ]),
      [
        ['acknowledged', 0, 1],
        ['acknowledged', 0, 1],
      ],
    );
    const resumed = second.events.find((event) => event.type === 'Resumed');
    assert.equal(resumed, {
      type: 'Resumed',
      run: 2,
      acknowledged: 2,
      bytes: first.report.acknowledgedBytes,
    });
    assert.is((await acknowledgedIn(ledger)).length, 2, 'nothing is acknowledged twice');
    assert.is((await sstablesBelow(data)).length, 2);
  }));

test('a load that is given up after its first session goes on from there', () =>
  inWorld(async ({ run, ledger, data }) => {
    const controller = new AbortController();
    const giveUp = (event: LoadEvent): void => {
      if (event.type === 'SessionComplete') controller.abort();
    };
    const first = await run({ sessionBytes: 1 }, giveUp, controller.signal);
    assert.is(first.report.verdict, 'failed');
    assert.equal(first.report.receipt.deliveries.map(({ status }) => status).sort(), [
      'acknowledged',
      'failed',
    ]);
    assert.is((await acknowledgedIn(ledger)).length, 1);
    assert.is((await recordsIn(ledger)).at(-1)?.type, 'acknowledged', 'the run has not ended');
    const second = await run();
    assert.equal([second.report.verdict, sent(second)], ['complete', 1]);
    assert.is((await acknowledgedIn(ledger)).length, 2);
    assert.is((await sstablesBelow(data)).length, 2);
  }));

test('only the ranges that are missing are sent', () =>
  inWorld(async ({ run, table, data, ledger }) => {
    const sources = await sstablesBelow(table);
    const [files] = sources;
    if (files === undefined) throw new Error('no SSTable');
    const middle = await opened(files, ({ partitioner, firstKey, lastKey }) => {
      const [first, last] = [partitioner.tokenOf(firstKey), partitioner.tokenOf(lastKey)];
      return (BigInt(String(first)) + BigInt(String(last))) / 2n;
    });
    const first = await run({ ranges: [`:${middle}`] });
    assert.is(first.report.verdict, 'complete');
    const second = await run();
    assert.is(second.report.verdict, 'complete');
    const [half, rest] = [first, second].map(({ report }) => report.acknowledgedBytes);
    const whole = sources.reduce(
      (sum, { components }) => sum + (components.get('Data.db') ?? 0),
      0,
    );
    assert.ok(half !== undefined && half > 0 && half < whole, `${half} of ${whole}`);
    assert.ok(rest !== undefined && rest > 0 && rest < whole, `${rest} of ${whole}`);
    const ways = second.report.receipt.deliveries.map(({ earlierRun, mode }) => [earlierRun, mode]);
    assert.ok(ways.some(([run]) => run === 1) && ways.some(([run]) => run === undefined));
    const ranges = (await acknowledgedIn(ledger)).map((record) => record.ranges.join(' '));
    assert.is(new Set(ranges).size, 2, ranges.join('\n'));
    assert.equal(await rowsOf(await sstablesBelow(data)), await rowsOf(sources));
    const third = await run();
    assert.equal([third.report.verdict, sent(third)], ['complete', 0]);
  }));

test('a source that is another one under the same name is noticed and sent', () =>
  inWorld(async ({ run, table, ledger }) => {
    await run();
    const other = copyTable('4.1.10-nb', 'users', join(table, '..', '..', '..', 'other'));
    // the two SSTables change places
    for (const [from, to] of [
      ['nb-1-big-', 'nb-2-big-'],
      ['nb-2-big-', 'nb-3-big-'],
    ] as const) {
      const [files] = (await sstablesBelow(other)).filter(
        ({ descriptor }) => descriptor.prefix === from,
      );
      for (const name of files?.components.keys() ?? [])
        writeFileSync(join(table, `${to}${name}`), readFileSync(join(other, `${from}${name}`)));
    }
    const second = await run();
    assert.is(second.report.verdict, 'complete');
    const warnings = second.events.flatMap((event) =>
      event.type === 'Warning' ? [event.message] : [],
    );
    assert.ok(
      warnings.some((message) => /nb-2-big-Data\.db is not what it was/.test(message)),
      warnings.join('\n'),
    );
    assert.ok(
      warnings.some((message) =>
        /nb-2-big-Data\.db is the same as .*nb-1-big-Data\.db/.test(message),
      ),
      warnings.join('\n'),
    );
    assert.is(sent(second), 0, 'known by content, wherever it lies');
    assert.is((await acknowledgedIn(ledger)).length, 2);
  }));

test('a ledger that another run holds: refused, with nothing sent', () =>
  inWorld(async ({ run, table, ledger }) => {
    let other: string | undefined;
    await run({}, (event) => {
      if (event.type !== 'SessionConnected' || other !== undefined) return;
      other = 'asked';
      void load(
        { paths: [table], target: { kind: 'direct', nodes: [AT] }, ledger },
        { parts: partsWith(memoryNetwork().transport('10.0.0.8')) },
      ).result.then((result) => {
        other = result._tag === 'Left' ? result.left.code : 'begun';
      });
    });
    assert.is(other, 'SCM_LEDGER_LOCKED');
  }));

test('a ledger of other folders is refused', () =>
  inWorld(async ({ run, folder }) => {
    await run();
    const paths = [copyTable('4.1.10-nb', 'with_lz4', join(folder, 'others'))];
    try {
      await run({ paths });
      assert.unreachable();
    } catch (error) {
      assert.match(String(error), 'SCM_LEDGER_FOREIGN');
    }
  }));

test('a folder where no ledger can be written is an error before anything is sent', () =>
  inWorld(async ({ run, folder, data }) => {
    writeFileSync(join(folder, 'file'), '');
    try {
      await run({ ledger: join(folder, 'file', 'load.ledger') });
      assert.unreachable();
    } catch (error) {
      assert.match(String(error), 'SCM_LEDGER_IO');
    }
    assert.equal(await sstablesBelow(data).catch(() => []), []);
  }));

test('a plan that is only shown makes no ledger, and takes what is in one into account', () =>
  inWorld(async ({ run, ledger }) => {
    const before = await run({ dryRun: true });
    assert.ok(before.report.plan.bytes > 0);
    assert.throws(() => readFileSync(ledger), /ENOENT/);
    await run();
    assert.is((await run({ dryRun: true })).report.plan.bytes, 0);
  }));

test('a wall clock that jumps back and forth changes nothing but the times that are written down', () =>
  withTempFolder(async (folder) => {
    const network = memoryNetwork();
    const table = copyTable('4.1.10-nb', 'users', join(folder, 'source'));
    const node = await startNode(
      { dataDirectory: join(folder, 'data'), listen: AT, tables: await tablesOf([table]) },
      partsWith(network.transport(AT.host)),
    );
    const parts = partsWith(network.transport('10.0.0.9'));
    let asked = 0;
    const jumping = () => {
      asked += 1;
      return parts.unixMs() + (asked % 2 === 0 ? 3_600_000 : -3_600_000);
    };
    try {
      const options: LoadOptions = {
        ...{ paths: [table], target: { kind: 'direct', nodes: [AT] }, retry: ONE_TRY },
        ...{ ledger: join(folder, 'ledger'), sessionBytes: 1 },
      };
      mkdirSync(join(folder, 'data'), { recursive: true });
      const { report } = await loaded(options, { ...parts, unixMs: jumping });
      assert.is(report.verdict, 'complete');
      assert.ok(report.elapsedMs >= 0 && report.elapsedMs < 600_000);
      const again = await loaded(options, { ...parts, unixMs: jumping });
      assert.equal([again.report.verdict, sent(again)], ['complete', 0]);
    } finally {
      await node.close();
    }
  }));

test.run();
