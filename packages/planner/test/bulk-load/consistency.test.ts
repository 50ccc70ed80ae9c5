import {
  type BulkLoadPlan,
  type ConsistencyLevel,
  levelsReached,
  reached,
} from '@scamander/planner';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planOf, rangesText, ringOf, simple, sstable, topology } from '../harness.ts';

const twoDcs = ringOf({
  a: { tokens: [0], dc: 'dc1', rack: 'r1' },
  b: { tokens: [10], dc: 'dc1', rack: 'r2' },
  c: { tokens: [20], dc: 'dc1', rack: 'r3' },
  d: { tokens: [30], dc: 'dc2', rack: 'r1' },
  e: { tokens: [40], dc: 'dc2', rack: 'r2' },
  f: { tokens: [50], dc: 'dc2', rack: 'r3' },
});
const plan = planOf({
  ring: twoDcs,
  replication: topology({ dc1: 3, dc2: 3 }),
  sstables: [sstable('x', 1, 45)],
});

const names = (from: BulkLoadPlan, acknowledged: string): readonly string[] =>
  levelsReached(from, new Set(acknowledged.split(' ').map((host) => `${host}:7000`)))
    .filter((result) => result.reached)
    .map(({ level }) => ('dc' in level ? `${level.level} ${level.dc}` : level.level));

for (const [acknowledged, levels] of [
  ['', []],
  ['a', ['ONE', 'LOCAL_ONE dc1']],
  ['a b', ['LOCAL_QUORUM dc1', 'ONE', 'LOCAL_ONE dc1']],
  ['a b c', ['LOCAL_QUORUM dc1', 'ONE', 'LOCAL_ONE dc1']],
  ['a b c d', ['QUORUM', 'LOCAL_QUORUM dc1', 'ONE', 'LOCAL_ONE dc1', 'LOCAL_ONE dc2']],
  [
    'a b d e',
    [
      'EACH_QUORUM',
      'QUORUM',
      'LOCAL_QUORUM dc1',
      'LOCAL_QUORUM dc2',
      'ONE',
      'LOCAL_ONE dc1',
      'LOCAL_ONE dc2',
    ],
  ],
] as const) {
  test(`3 + 3 replicas, acknowledged by {${acknowledged}}`, () => {
    assert.equal([...names(plan, acknowledged)].sort(), [...levels].sort());
  });
}

test('all six reach everything', () => {
  assert.is(names(plan, 'a b c d e f').length, levelsReached(plan, new Set()).length);
});

test('what is missing, by range and datacenter', () => {
  const found = reached(plan, new Set(['a:7000', 'b:7000', 'd:7000']), { level: 'EACH_QUORUM' });
  assert.not(found.reached);
  for (const missing of found.missing) {
    assert.is(missing.dc, 'dc2');
    assert.is(missing.required, 2);
    assert.is(missing.acknowledged, 1);
    assert.equal(missing.missing.map(({ endpoint }) => endpoint.host).sort(), ['e', 'f']);
  }
});

const level = (of: BulkLoadPlan, acknowledged: readonly string[], asked: ConsistencyLevel) =>
  reached(of, new Set(acknowledged.map((host) => `${host}:7000`)), asked);

test('only ranges with data count', () => {
  const ring = ringOf({ a: { tokens: [0] }, b: { tokens: [100] }, c: { tokens: [200] } });
  const narrow = planOf({ ring, replication: simple(1), sstables: [sstable('x', 10, 150)] });
  // (0,100] is b's, (100,200] is c's; a keeps nothing of it.
  assert.ok(level(narrow, ['b', 'c'], { level: 'ALL' }).reached);
  const half = level(narrow, ['b'], { level: 'ALL' });
  assert.equal(
    half.missing.map((one) => rangesText(one.ranges)),
    ['(100,200]'],
  );
});

// Cassandra: ConsistencyLevel.blockForWrite adds the pending replicas.
test('a joining replica raises what is required, and counts', () => {
  const ring = ringOf({
    a: { tokens: [0] },
    b: { tokens: [100] },
    c: { tokens: [200] },
    j: { tokens: [150], status: 'joining' },
  });
  const joining = planOf({ ring, replication: simple(3), sstables: [sstable('x', 110, 140)] });
  assert.not(level(joining, ['a', 'b'], { level: 'QUORUM' }).reached);
  assert.ok(level(joining, ['a', 'b', 'j'], { level: 'QUORUM' }).reached);
  assert.ok(level(joining, ['a', 'b', 'c'], { level: 'QUORUM' }).reached);
  assert.not(level(joining, ['a', 'b', 'c'], { level: 'ALL' }).reached);
  assert.not(level(joining, ['a'], { level: 'ONE' }).reached);
  assert.ok(level(joining, ['a', 'j'], { level: 'ONE' }).reached);
});

test('fewer nodes than replicas: ALL is everybody there is, QUORUM stays out of reach', () => {
  const ring = ringOf({ a: { tokens: [0] } });
  const single = planOf({ ring, replication: simple(3), sstables: [sstable('x', 1, 2)] });
  assert.ok(level(single, ['a'], { level: 'ALL' }).reached);
  assert.not(level(single, ['a'], { level: 'QUORUM' }).reached);
});

test('excluded replicas still count as missing', () => {
  const filtered = planOf({
    ring: twoDcs,
    replication: topology({ dc1: 3, dc2: 3 }),
    sstables: [sstable('x', 1, 45)],
    filters: { dcs: ['dc1'] },
  });
  const found = level(filtered, ['a', 'b', 'c'], { level: 'ALL' });
  assert.not(found.reached);
  assert.ok(level(filtered, ['a', 'b', 'c'], { level: 'LOCAL_QUORUM', dc: 'dc1' }).reached);
});

test.run();
