import { copyPlan } from '@scamander/planner';
import { Murmur3Partitioner, makeRing, type RingNode, type RingState } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Copied } from '../../src/copy/copied.ts';
import type { TableCopy } from '../../src/copy/copy-table.ts';
import { type Ending, judge } from '../../src/copy/report.ts';
import type { TablePair } from '../../src/copy/table-pair.ts';
import type { ScamanderErrorType } from '../../src/errors.ts';
import type { Target } from '../../src/target/target.ts';

const node = (host: string, token: bigint, alive = true): RingNode => ({
  endpoint: { host, port: 7000 },
  hostId: undefined,
  dc: 'dc1',
  rack: 'r1',
  tokens: [token],
  status: 'normal',
  alive,
});

const ringOf = (...nodes: readonly RingNode[]): RingState => {
  const ring = makeRing(Murmur3Partitioner, nodes);
  if (ring._tag === 'Left') throw new Error(ring.left.code);
  return ring.right;
};

const factor = (all: number) =>
  ({ strategy: 'SimpleStrategy', factor: { all, transient: 0 } }) as const;

const pair: TablePair = {
  source: {
    keyspace: 'ks',
    table: 't',
    tableId: 'a',
    schema: undefined,
    indexes: { sai: [], other: [] },
    replication: factor(1),
  },
  target: {
    keyspace: 'ks',
    table: 't',
    tableId: 'b',
    schema: undefined,
    indexes: { sai: [], other: [] },
    replication: factor(3),
  },
};

const SOURCE = ringOf(node('10.0.0.1', 0n));

/** Three replicas of everything; some of them acknowledge, some are down. */
const ended = async (
  acknowledging: readonly string[],
  down: readonly string[] = [],
  more: Partial<Ending> = {},
): Promise<ReturnType<typeof judge>> => {
  const hosts = ['10.0.1.1', '10.0.1.2', '10.0.1.3'];
  const ring = ringOf(
    ...hosts.map((host, index) => node(host, BigInt(index), !down.includes(host))),
  );
  const plan = copyPlan({
    source: { ring: SOURCE, replication: pair.source.replication },
    target: { ring, replication: pair.target.replication },
  });
  if (plan._tag === 'Left') throw new Error(plan.left.code);
  const copied = new Copied(Murmur3Partitioner, undefined, () => 0, false);
  for (const unit of plan.right.units) {
    const to = unit.to.filter(({ endpoint }) => acknowledging.includes(endpoint.host));
    const { from, ranges } = unit;
    await copied.add({ pair, from, to, ranges, whole: true, bytes: 1, planId: 'p' });
  }
  const table: TableCopy = {
    pair,
    plan: plan.right,
    views: [],
    deliveries: [],
    planIds: [],
    problems: [],
    bytes: 1,
  };
  const target = { ring, localDc: 'dc1' } as Partial<Target> as Target;
  return judge({
    ...{ tables: [table], problems: [], copied, target, asked: 'QUORUM' },
    ...{ dryRun: false, aborted: false, comparison: undefined },
    ...more,
  });
};

const ALL = ['10.0.1.1', '10.0.1.2', '10.0.1.3'];
const repair = (host: string) => `nodetool -h ${host} repair -full ks t`;

test('complete: every replica has everything', async () => {
  const { verdict, consistency, repairCommands } = await ended(ALL);
  assert.equal([verdict, consistency], ['complete', 'consistency QUORUM is reached']);
  assert.equal(repairCommands, []);
});

test('partial: the level is reached, and who misses it is told with the command that mends it', async () => {
  const failed = await ended(ALL.slice(0, 2));
  assert.is(failed.verdict, 'partial');
  assert.match(failed.consistency ?? '', 'reached; missing: 10.0.1.3:7000 (failed)');
  assert.equal(failed.repairCommands, [repair('10.0.1.3')]);
  const down = await ended(ALL.slice(0, 2), ['10.0.1.3']);
  assert.is(down.verdict, 'partial');
  assert.match(down.consistency ?? '', 'missing: 10.0.1.3:7000 (down)');
  assert.equal(down.repairCommands, [repair('10.0.1.3')]);
});

test('failed: the level is not reached', async () => {
  const one = await ended(['10.0.1.1']);
  assert.is(one.verdict, 'failed');
  assert.match(one.consistency ?? '', 'QUORUM is not reached');
  assert.match(one.consistency ?? '', 'missing: 10.0.1.2:7000, 10.0.1.3:7000');
  assert.is((await ended(['10.0.1.1'], [], { asked: 'ONE' })).verdict, 'partial');
  assert.is((await ended(ALL.slice(0, 2), [], { asked: 'ALL' })).verdict, 'failed');
});

test('no repair is advised for what no replica has', async () => {
  const { verdict, repairCommands } = await ended([]);
  assert.equal([verdict, repairCommands], ['failed', []]);
});

test('a copy that was given up, or whose rows differ, failed', async () => {
  assert.is((await ended(ALL, [], { aborted: true })).verdict, 'failed');
  const difference = { keyspace: 'ks', table: 't', range: '1:2', sourceRows: 1, targetRows: 2 };
  const comparison = { ranges: 1, rows: 1, differences: [difference] };
  assert.is((await ended(ALL, [], { comparison })).verdict, 'failed');
  const same = { ...comparison, differences: [] };
  assert.is((await ended(ALL, [], { comparison: same })).verdict, 'complete');
});

test('tables that were refused decide, whatever became of the others', async () => {
  const refusedTable: ScamanderErrorType = {
    code: 'SCM_COPY_SCHEMA',
    kind: 'refused',
    message: '',
    where: '',
    lost: '',
    advice: '',
    retryable: false,
  };
  assert.is((await ended(ALL, [], { problems: [refusedTable] })).verdict, 'refused');
  assert.is((await ended([], [], { tables: [], problems: [refusedTable] })).verdict, 'refused');
  assert.is((await ended([], [], { problems: [], dryRun: true })).verdict, 'complete');
});

test.run();
