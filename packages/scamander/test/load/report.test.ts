import { type BulkLoadPlan, bulkLoad } from '@scamander/planner';
import { Murmur3Partitioner, makeRing, type RingNode } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorKind, ScamanderErrorType } from '../../src/errors.ts';
import type { LoadConsistency } from '../../src/load/options.ts';
import { consistencyText, tableOutcome, verdictOf } from '../../src/load/report.ts';
import type { Delivery, DeliveryStatus } from '../../src/receipt/receipt.ts';

const node = (last: number, token: bigint, change: Partial<RingNode> = {}): RingNode => ({
  endpoint: { host: `10.0.0.${last}`, port: 7000 },
  hostId: undefined,
  dc: last === 3 ? 'dc2' : 'dc1',
  rack: 'r',
  tokens: [token],
  status: 'normal',
  alive: true,
  ...change,
});

/** Three nodes, every one a replica of everything; one SSTable over the whole ring. */
const planOf = (change: Partial<RingNode> = {}): BulkLoadPlan => {
  const ring = makeRing(Murmur3Partitioner, [node(1, -9n), node(2, 0n), node(3, 9n, change)]);
  if (ring._tag === 'Left') throw ring.left;
  const plan = bulkLoad({
    ring: ring.right,
    replication: { strategy: 'EverywhereStrategy' },
    sstables: [
      { id: 'a', firstToken: -100n, lastToken: 100n, sizeBytes: 10n, entireAllowed: () => true },
    ],
  });
  if (plan._tag === 'Left') throw plan.left;
  return plan.right;
};

const delivery = (last: number, status: DeliveryStatus): Delivery => ({
  sstable: 'a',
  keyspace: 'ks',
  table: 't',
  replica: `10.0.0.${last}:7000`,
  mode: 'entire',
  modeReason: undefined,
  status,
  ranges: [],
  bytes: 10,
  protocolVersion: 14,
  planId: undefined,
  earlierRun: undefined,
  startedAt: undefined,
  finishedAt: undefined,
  reason: undefined,
});

const problem = (kind: ErrorKind): ScamanderErrorType => ({
  code: 'SCM_X',
  kind,
  message: 'm',
  where: 'w',
  lost: 'nothing',
  advice: 'a',
  retryable: false,
});

const outcome = (
  statuses: readonly DeliveryStatus[],
  asked: LoadConsistency = 'QUORUM',
  plan = planOf(),
) =>
  tableOutcome(
    { keyspace: 'ks', table: 't' },
    plan,
    statuses.map((status, index) => delivery(index + 1, status)),
    asked,
    'dc1',
  );

const verdict = (
  statuses: readonly DeliveryStatus[],
  options: {
    readonly asked?: LoadConsistency;
    readonly kinds?: readonly ErrorKind[];
    readonly dryRun?: boolean;
    readonly aborted?: boolean;
    readonly plan?: BulkLoadPlan;
  } = {},
) =>
  verdictOf({
    outcomes:
      statuses.length === 0 && options.dryRun !== true
        ? []
        : [outcome(statuses, options.asked, options.plan)],
    problems: (options.kinds ?? []).map(problem),
    dryRun: options.dryRun ?? false,
    aborted: options.aborted ?? false,
  });

const ALL: readonly DeliveryStatus[] = ['acknowledged', 'acknowledged', 'acknowledged'];

test('everything acknowledged is complete', () => {
  assert.is(verdict(ALL), 'complete');
});

for (const status of ['failed', 'unknown', 'skipped'] as const) {
  test(`one of three replicas ${status}: the quorum is reached, so partial`, () => {
    assert.is(verdict(['acknowledged', status, 'acknowledged']), 'partial');
  });
  test(`two of three replicas ${status}: failed`, () => {
    assert.is(verdict(['acknowledged', status, status]), 'failed');
  });
}

test('the asked level decides between partial and failed', () => {
  const two: readonly DeliveryStatus[] = ['acknowledged', 'acknowledged', 'failed'];
  assert.is(verdict(two, { asked: 'ALL' }), 'failed');
  assert.is(verdict(two, { asked: 'LOCAL_QUORUM' }), 'partial');
  assert.is(verdict(['failed', 'failed', 'acknowledged'], { asked: 'LOCAL_QUORUM' }), 'failed');
  assert.is(verdict(['failed', 'failed', 'acknowledged'], { asked: 'ONE' }), 'partial');
});

test('a replica that is down and got nothing makes it partial', () => {
  const plan = planOf({ alive: false });
  assert.is(verdict(['acknowledged', 'acknowledged'], { plan }), 'partial');
  assert.is(verdict(['acknowledged', 'acknowledged'], { plan, asked: 'ALL' }), 'failed');
});

test('a bad SSTable is bad data, although the others arrived', () => {
  assert.is(verdict(ALL, { kinds: ['bad-data'] }), 'bad-data');
  assert.is(verdict([], { kinds: ['bad-data'] }), 'bad-data');
});

test('what did not reach the level is worse than a bad SSTable', () => {
  assert.is(verdict(['failed', 'failed', 'failed'], { kinds: ['bad-data'] }), 'failed');
});

test('refused means that nothing was sent at all', () => {
  assert.is(verdict([], { kinds: ['refused'] }), 'refused');
  assert.is(verdict(['skipped', 'skipped', 'skipped'], { kinds: ['refused'] }), 'refused');
  assert.is(verdict(ALL, { kinds: ['refused'] }), 'failed');
  assert.is(verdict(['failed', 'skipped', 'skipped'], { kinds: ['refused'] }), 'failed');
});

test('an interrupted load is never complete', () => {
  assert.is(verdict(ALL, { aborted: true }), 'failed');
});

test('a dry run is complete when nothing stands against the load', () => {
  assert.is(verdict([], { dryRun: true }), 'complete');
  assert.is(verdict([], { dryRun: true, kinds: ['bad-data'] }), 'bad-data');
  assert.is(verdict([], { dryRun: true, kinds: ['refused'] }), 'refused');
});

test('the consistency in words: reached, passed over, missing', () => {
  assert.is(consistencyText([outcome(ALL)], 'QUORUM'), 'consistency QUORUM is reached');
  assert.is(
    consistencyText(
      [outcome(['acknowledged', 'acknowledged'], 'QUORUM', planOf({ alive: false }))],
      'QUORUM',
    ),
    'consistency QUORUM is reached; passed over: 10.0.0.3:7000 (down)',
  );
  assert.match(
    consistencyText([outcome(['acknowledged', 'failed', 'failed'])], 'QUORUM') ?? '',
    /^ks\.t: QUORUM is not reached in \d ranges?; missing: 10\.0\.0\.2:7000, 10\.0\.0\.3:7000$/,
  );
  assert.is(consistencyText([], 'QUORUM'), undefined);
});

test('a replica acknowledges only with every SSTable it was given', () => {
  const level = tableOutcome(
    { keyspace: 'ks', table: 't' },
    planOf(),
    [
      delivery(1, 'acknowledged'),
      { ...delivery(1, 'failed'), sstable: 'b' },
      delivery(2, 'acknowledged'),
      delivery(3, 'acknowledged'),
    ],
    'ALL',
    'dc1',
  ).level;
  assert.is(level.reached, false);
  const hosts = level.missing.flatMap(({ missing }) =>
    missing.map(({ endpoint }) => endpoint.host),
  );
  assert.equal([...new Set(hosts)], ['10.0.0.1']);
});

test.run();
