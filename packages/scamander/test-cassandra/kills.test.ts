// `scamander load --ledger` and `pull` as processes that are killed with SIGKILL at seeded moments and run again, until they are done, against a real
// node. At every stop: nothing is acknowledged twice, nothing half-written is visible. In the end: every row is there, once, and the node is well.
// 50 kills of each on one release, 5 on others; SCAMANDER_KILLS=N in the environment: so many on each.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { discover, openSSTable } from '@scamander/sstable-io';
import { type Node, oneRelease } from '@scamander-tools/real-cassandra';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LedgerRecord } from '../src/ledger/records.ts';
import { sstablesBelow } from '../test/harness.ts';
import { recordsIn } from '../test/load/ledger-records.ts';
import { rowsOf } from '../test/stories/rows-of.ts';
import { BULKY, type Bulky, bulkyNames, bulkyRows, writeBulky } from './support/bulky.ts';
import { bundleCli, runKilled } from './support/cli-child.ts';
import { withLoadNode } from './support/nodes.ts';
import { assertSameRows } from './support/rows.ts';

const MANY = 50;
const FEW = 5;
/** Of an SSTable or two: a run that is killed has done some of them. */
const SMALL = '100KiB';

const ledgerOf = async (path: string): Promise<readonly LedgerRecord[]> =>
  existsSync(path) ? recordsIn(path) : [];

const assertOnce = (keys: readonly string[]): void =>
  assert.equal(
    keys.filter((key, index) => keys.indexOf(key) !== index),
    [],
    'nothing is acknowledged twice',
  );

/**
 * One job runs to its end, which tells how many lines that has. Then jobs are killed behind lines that a seed chooses, in that part
 * of them, and run again until they are done, until so many kills are over.
 */
const killed = async (
  kills: number,
  { seed, part }: { readonly seed: number; readonly part: number },
  argsOf: (job: number) => readonly string[],
  check: (job: number, isDone: boolean) => Promise<void>,
): Promise<void> => {
  const random = seededRandom(seed);
  const whole = await runKilled(argsOf(0));
  for (let [job, done, end] = [0, 0, whole]; ; ) {
    const isDone = end.code !== undefined;
    if (isDone) assert.is(end.code, 0, `${end.lastLine}\n${end.err}`);
    else done += 1;
    await check(job, isDone);
    if (isDone) job += 1;
    if (isDone && done >= kills) return;
    end =
      done < kills
        ? await runKilled(argsOf(job), Math.floor(random() * part * whole.lines))
        : await runKilled(argsOf(job));
  }
};

const killedLoads = async (node: Node, bulky: Bulky, folder: string, kills: number) => {
  const cql = await node.cql();
  const empty = async (): Promise<void> => {
    for (const name of bulkyNames) await cql.execute(`TRUNCATE ${BULKY}.${name}`);
  };
  const ledger = (job: number): string => join(folder, `load-${job}.jsonl`);
  await empty();
  await killed(
    kills,
    { seed: 31, part: 0.45 },
    (job) => [
      ...[
        'load',
        bulky.source,
        '--to',
        `${node.address}:${node.nativePort}`,
        '--json',
        '--no-gossip',
      ],
      ...['--ledger', ledger(job), '--session-size', SMALL],
    ],
    async (job, isDone) => {
      const acknowledged = (await ledgerOf(ledger(job))).flatMap((record) =>
        record.type === 'acknowledged' ? [record] : [],
      );
      assertOnce(
        acknowledged.map(({ content, replica, ranges }) =>
          JSON.stringify([content, replica, ranges]),
        ),
      );
      if (!isDone) return;
      assert.is(acknowledged.length, bulky.sstables * bulkyNames.length);
      for (const name of bulkyNames)
        assertSameRows(await bulkyRows(cql, name), bulky.rows.get(name) ?? [], name);
      await empty();
    },
  );
};

/** Everything that can be seen is whole. */
const assertWhole = async (data: string): Promise<void> => {
  const { tables, problems } = await discover([data]);
  const bad = problems.filter(
    ({ code }) =>
      code !== 'SCM_SSTABLE_NOT_FOUND' &&
      code !== 'SCM_SSTABLE_NOT_AN_SSTABLE' &&
      code !== 'SCM_SSTABLE_UNFINISHED',
  );
  assert.equal(
    bad.map(({ message }) => message),
    [],
  );
  for (const files of tables.flatMap(({ sstables }) => sstables)) {
    const opened = await openSSTable(files);
    if (opened._tag === 'Left') throw opened.left;
    const { errors } = await opened.right.verify('quick');
    await opened.right.close();
    assert.equal(
      errors.map(({ message }) => message),
      [],
    );
  }
};

const digestOf = (rows: readonly string[]): string =>
  `${rows.length} ${createHash('sha256').update(rows.join('\n')).digest('hex')}`;

const killedPulls = async (node: Node, bulky: Bulky, folder: string, kills: number) => {
  const into = (job: number): string => join(folder, `pulled-${job}`);
  const source = digestOf(await rowsOf(await sstablesBelow(bulky.source)));
  await killed(
    kills,
    { seed: 32, part: 0.3 },
    (job) => [
      ...['pull', BULKY, '--from', `${node.address}:${node.nativePort}`, '--json', '--no-gossip'],
      ...['--into', into(job), '--ledger', join(folder, `pull-${job}.jsonl`)],
      ...['--unit-size', SMALL],
    ],
    async (job, isDone) => {
      if (existsSync(into(job))) await assertWhole(into(job));
      const records = await ledgerOf(join(folder, `pull-${job}.jsonl`));
      // a run that was killed behind its last record is complete: the one after it asks for everything again, on purpose
      const received = records
        .slice(records.findLastIndex(({ type }) => type === 'end') + 1)
        .flatMap((record) => (record.type === 'received' ? [record] : []));
      assertOnce(
        received.map(({ tableId, replica, ranges }) => JSON.stringify([tableId, replica, ranges])),
      );
      if (isDone)
        assert.is(digestOf(await rowsOf(await sstablesBelow(into(job)))), source, `pull ${job}`);
    },
  );
};

test.before(bundleCli);

for (const [index, release] of oneRelease('4.1.10').entries()) {
  const kills = Number(process.env['SCAMANDER_KILLS'] ?? (index === 0 ? MANY : FEW));
  test(`${release.name}: ${kills} kills of pulls and as many of loads, each resumed`, () =>
    withLoadNode(release, (node) =>
      withTempFolder(async (folder) => {
        const bulky = await writeBulky(node, join(folder, 'source'));
        await killedPulls(node, bulky, folder, kills);
        await killedLoads(node, bulky, folder, kills);
        const streams = await node.nodetool('netstats');
        assert.match(String(streams), /Not sending any streams/);
        await (await node.cql()).execute(`DROP KEYSPACE ${BULKY}`);
      }),
    ));
}

test.run();
