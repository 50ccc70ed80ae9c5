// A pull is killed with SIGKILL at seeded moments and run again, until it is done. After each kill: what the ledger has is there, it has no ranges
// twice, and nothing half-written is visible. In the end everything is there once. And a disk that takes no more bytes of a component ends it in order.
// Six kills; fifty with SCAMANDER_SWEEP=whole in the environment.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { intersectionOfSets, Murmur3Partitioner, parseRange } from '@scamander/ring';
import { discover } from '@scamander/sstable-io';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { receivedUnits } from '../../src/ledger/done-ranges.ts';
import { systemParts } from '../../src/parts.ts';
import type { EmbeddedNode } from '../../src/serve/serve.ts';
import { copyTable, snapshot, startNode } from '../harness.ts';
import { recordsIn } from '../load/ledger-records.ts';
import { bundleChild, Child } from '../stories/children.ts';
import { writeLargeSSTable } from '../stories/large-sstable.ts';
import { SAMPLE } from './asking.ts';
import { partitionsIn, TABLES } from './asking-many.ts';

const KILLS = process.env['SCAMANDER_SWEEP'] === 'whole' ? 50 : 6;
const NAMES = TABLES.join(',');

test.before(bundleChild);

const withNode = (
  fill: (folder: string) => void,
  body: (node: EmbeddedNode, there: string, into: string) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const there = join(folder, 'there');
    fill(there);
    const node = await startNode(
      { dataDirectory: there, listen: { host: '127.0.0.1', port: 0 } },
      systemParts,
    );
    try {
      await body(node, there, join(folder, 'into'));
    } finally {
      await node.close();
    }
  });

/** Ledger and disk agree, as far as a process that was killed leaves them. */
const assertSound = async (into: string): Promise<void> => {
  const ledger = join(into, '.scamander', 'ledger.jsonl');
  if (!existsSync(ledger)) return;
  const records = await recordsIn(ledger);
  for (const tableId of new Set(
    records.flatMap((one) => ('tableId' in one ? [one.tableId] : [])),
  )) {
    const units = receivedUnits(records, { tableId });
    for (const { sstables } of units)
      for (const { path } of sstables) assert.ok(existsSync(join(into, path)), path);
    const ranges = units.map((unit) =>
      unit.ranges.map((text) => {
        const range = parseRange(Murmur3Partitioner, text);
        if (range._tag === 'Left') throw new Error(text);
        return range.right;
      }),
    );
    for (const [index, one] of ranges.entries())
      for (const other of ranges.slice(index + 1))
        assert.equal(intersectionOfSets(Murmur3Partitioner, one, other), [], 'nothing twice');
  }
  const { problems } = await discover([into]);
  assert.equal(
    problems.filter(({ code }) => !/NOT_AN_SSTABLE|NOT_FOUND|UNFINISHED/.test(code)),
    [],
    'nothing half-written is visible',
  );
};

/** Runs it to its end; the number of moments that it had. */
const runWhole = async (node: EmbeddedNode, into: string): Promise<void> => {
  const child = new Child('pull', node.endpoint.port, into, NAMES, 0);
  assert.is(await child.next(), 'done complete');
  await child.gone;
};

const fillSamples = (folder: string): void => {
  for (const table of TABLES) copyTable(SAMPLE, table, folder);
};

test(`killed ${KILLS} times and run again each time: the union is complete`, () =>
  withNode(fillSamples, async (node, there, into) => {
    const random = seededRandom(11);
    let kills = 0;
    let runs = 0;
    while (kills < KILLS) {
      // Each run gets on at least as far as to its moment; one that comes to its end begins anew elsewhere.
      const data = join(into, String(runs));
      for (let isDone = false; !isDone && kills < KILLS; ) {
        const moment = 1 + Math.floor(random() * 120);
        const child = new Child('pull', node.endpoint.port, data, NAMES, moment);
        const said = (await child.next()) ?? '';
        await child.kill();
        isDone = said.startsWith('done');
        if (isDone) assert.is(said, 'done complete');
        else {
          assert.match(said, /^stopped/);
          kills += 1;
        }
        await assertSound(data);
      }
      await runWhole(node, data);
      await assertSound(data);
      assert.equal(await partitionsIn(data), await partitionsIn(there));
      runs += 1;
    }
  }));

test('the disk takes no more bytes of a component: the pull ends and says so, and nothing of the unit stays', () =>
  withNode(
    (folder) => {
      writeLargeSSTable(folder, 2_000, 1_000);
    },
    async (node, _there, into) => {
      Child.fileBlocksMax = 1024;
      const child = new Child('pull', node.endpoint.port, into, 'with_none', 0, 1e9);
      Child.fileBlocksMax = 'unlimited';
      const said = (await child.next()) ?? '';
      await child.gone;
      assert.match(said, /^done (failed|partial) SCM_PULL_DISK$/);
      assert.equal(
        snapshot(into).filter(([path]) => path.includes('incoming')),
        [],
      );
      await assertSound(into);
    },
  ));

test.run();
