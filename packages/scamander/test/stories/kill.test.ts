// Either side of a load is killed with SIGKILL at seeded moments. The destination is as before or complete in the eyes of discovery, at
// once and after the node is back; and what was acknowledged is there.
import { join } from 'node:path';
import { discover } from '@scamander/sstable-io';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { filter, firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from '../../src/load/load.ts';
import type { LoadOptions } from '../../src/load/options.ts';
import { systemParts } from '../../src/parts.ts';
import { copyTable, ONE_TRY, snapshot, startNode, tablesOf } from '../harness.ts';
import { bundleChild, Child } from './children.ts';

const RELEASE = '5.0.6-da';
const TABLE = 'users';
/** SSTables of the table: what one load brings. */
const BROUGHT = 2;

/** How many moments each side has at least: a place behind the last one would kill nothing, which the stories notice. */
const SERVE_MOMENTS = 112;
const LOAD_MOMENTS = 36;
/** Of a node that writes the SSTables itself: before the COMMIT record … */
const SECTION_MOMENTS = 76;
/** … and behind it, before COMPLETE was said. */
const SECTIONS_COMMITTED_MOMENT = 83;
/** Of the node: behind the COMMIT record, before COMPLETE was said. */
const COMMITTED_MOMENT = 114;

const visible = async (data: string): Promise<number> => {
  const { tables, problems } = await discover([data]);
  const bad = problems.filter(
    ({ code }) => code !== 'SCM_SSTABLE_NOT_FOUND' && code !== 'SCM_SSTABLE_UNFINISHED',
  );
  assert.equal(
    bad.map(({ message }) => message),
    [],
  );
  return tables.reduce((sum, { sstables }) => sum + sstables.length, 0);
};

type Entire = NonNullable<LoadOptions['entire']>;

const optionsFor = (source: string, port: number, entire: Entire = 'auto'): LoadOptions => ({
  paths: [source],
  target: { kind: 'direct', nodes: [{ host: '127.0.0.1', port }] },
  retry: ONE_TRY,
  entire,
});

const nothingLeftOver = (data: string): void => {
  const left = snapshot(data)
    .map(([path]) => path)
    .filter((path) => /incoming|txn/.test(path));
  assert.equal(left, []);
};

/** Loads into a node that is started on the folder again, and looks at what is there before and after. */
const checkRestarted = async (data: string, source: string, before: number): Promise<void> => {
  const node = await startNode(
    { dataDirectory: data, listen: { host: '127.0.0.1', port: 0 } },
    systemParts,
  );
  try {
    assert.is(await visible(data), before, 'recovery changes nothing that is visible');
    nothingLeftOver(data);
    const result = await load(optionsFor(source, node.endpoint.port)).result;
    assert.is(result._tag === 'Right' && result.right.verdict, 'complete');
  } finally {
    await node.close();
  }
  assert.is(await visible(data), before + BROUGHT);
  nothingLeftOver(data);
};

/** Kills the node at its n-th moment. Says whether it was killed, and whether the data are there. */
const killServe = (
  stopAt: number,
  entire: Entire = 'auto',
): Promise<{ killed: boolean; complete: boolean }> =>
  withTempFolder(async (folder) => {
    const source = copyTable(RELEASE, TABLE, join(folder, 'source'));
    const data = join(folder, 'data');
    const empty = await startNode(
      {
        dataDirectory: data,
        listen: { host: '127.0.0.1', port: 0 },
        tables: await tablesOf([source]),
      },
      systemParts,
    );
    await empty.close();
    const child = new Child('serve', data, stopAt);
    const port = Number((await child.next())?.split(' ')[1]);
    const running = load(optionsFor(source, port, entire));
    const over = running.result.then(() => undefined);
    const stopped = await Promise.race([child.next(), over]);
    await child.kill();
    const result = await running.result;
    const status =
      result._tag === 'Right' ? result.right.receipt.deliveries.map((one) => one.status) : [];
    const seen = await visible(data);
    assert.ok(seen === 0 || seen === BROUGHT, `${seen} SSTables after ${stopped}`);
    if (status.includes('acknowledged')) assert.is(seen, BROUGHT, 'acknowledged is durable');
    if (status.includes('failed')) assert.is(seen, 0, `failed means nothing applied (${stopped})`);
    await checkRestarted(data, source, seen);
    return { killed: stopped !== undefined, complete: seen === BROUGHT };
  });

/** Kills the sender at its n-th moment, with the node going on. */
const killLoad = (stopAt: number): Promise<boolean> =>
  withTempFolder(async (folder) => {
    const source = copyTable(RELEASE, TABLE, join(folder, 'source'));
    const data = join(folder, 'data');
    const node = await startNode(
      {
        dataDirectory: data,
        listen: { host: '127.0.0.1', port: 0 },
        tables: await tablesOf([source]),
      },
      systemParts,
    );
    try {
      let began = false;
      node.events$.subscribe(() => {
        began = true;
      });
      const over = firstValueFrom(
        node.events$.pipe(
          filter(({ type }) => type === 'SessionComplete' || type === 'SessionFailed'),
        ),
        { defaultValue: undefined },
      );
      const child = new Child('load', source, node.endpoint.port, stopAt);
      const said = await child.next();
      await child.kill();
      if (began) await over;
      const seen = await visible(data);
      assert.ok(seen === 0 || seen === BROUGHT, `${seen} SSTables after ${said}`);
      const again = await load(optionsFor(source, node.endpoint.port)).result;
      assert.is(again._tag === 'Right' && again.right.verdict, 'complete', 'the node lives on');
      return said?.startsWith('stopped') === true;
    } finally {
      await node.close();
      const seen = await visible(data);
      assert.ok(seen === BROUGHT || seen === 2 * BROUGHT, `${seen} SSTables in the end`);
      nothingLeftOver(data);
    }
  });

test.before(bundleChild);

/** Random places in [1, to], one in each of so many equal parts. */
const places = (seed: number, to: number, parts: number): readonly number[] => {
  const random = seededRandom(seed);
  return Array.from(
    { length: parts },
    (_, part) => Math.floor(((part + random()) * to) / parts) + 1,
  );
};

test('the node killed at seeded moments of receiving and committing', async () => {
  const outcomes = [];
  for (const stopAt of [...places(41, SERVE_MOMENTS, 4), COMMITTED_MOMENT])
    outcomes.push(await killServe(stopAt));
  assert.ok(
    outcomes.every(({ killed }) => killed),
    JSON.stringify(outcomes),
  );
  const first = outcomes.findIndex(({ complete }) => complete);
  assert.ok(first > 0, 'killed before and after the commit');
  assert.ok(outcomes.slice(first).every(({ complete }) => complete));
});

test('the node killed while it takes sections', async () => {
  const outcomes = [];
  for (const stopAt of [...places(47, SECTION_MOMENTS, 3), SECTIONS_COMMITTED_MOMENT])
    outcomes.push(await killServe(stopAt, 'never'));
  assert.ok(
    outcomes.every(({ killed }) => killed),
    JSON.stringify(outcomes),
  );
  assert.equal(
    outcomes.map(({ complete }) => complete),
    [false, false, false, true],
  );
});

test('the sender killed at seeded moments, with the node still running', async () => {
  for (const stopAt of places(43, LOAD_MOMENTS, 3)) assert.ok(await killLoad(stopAt));
});

test.run();
