// Plans of copies between small rings, between large ones, and what can't be planned.

import { type CopyInput, type CopyPlan, copyPlan, planErrorMessage } from '@scamander/planner';
import { makeRing, RandomPartitioner, type RingNode, rangeWidth } from '@scamander/ring';
import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  everywhere,
  type NodeRow,
  ranges,
  rangesText,
  ringOf,
  simple,
  topology,
} from '../harness.ts';

const QUARTER = 2 ** 62;

const plan = (input: CopyInput): CopyPlan => {
  const found = copyPlan(input);
  assert.ok(found._tag === 'Right');
  return found.right;
};

const hosts = (nodes: readonly RingNode[]): string =>
  nodes.map(({ endpoint }) => endpoint.host).join('+');

const text = ({ units }: CopyPlan): readonly string[] =>
  units.map(({ from, to, ranges: own }) => `${hosts([from])} -> ${hosts(to)} ${rangesText(own)}`);

const source = {
  ring: ringOf({ a: { tokens: [0] }, b: { tokens: [100] } }),
  replication: simple(1),
};

test('both rings are cut where either changes its replicas', () => {
  const target = {
    ring: ringOf({ x: { tokens: [50] }, y: { tokens: [150] } }),
    replication: simple(1),
  };
  assert.equal(text(plan({ source, target })), [
    'a -> x (,0] (150,]',
    'b -> x (0,50]',
    'b -> y (50,100]',
    'a -> y (100,150]',
  ]);
});

test('to the same replicas from one node that has all, where that is no more than a quarter above the balance', () => {
  // of (0,30] and (70,100] a and b would get one each, were it not for c's hundred
  const three = {
    ring: ringOf({ a: { tokens: [50] }, b: { tokens: [100] }, c: { tokens: [200] } }),
    replication: simple(2),
    filters: { ranges: ranges('(0,30] (70,100] (100,200]') },
  };
  const target = {
    ring: ringOf({ x: { tokens: [100] }, y: { tokens: [0] } }),
    replication: simple(1),
  };
  assert.equal(text(plan({ source: three, target })), [
    'b -> x (0,30] (70,100]',
    'c -> y (100,200]',
  ]);
});

test('nodes that join the target get what they will own, nodes down are said to miss it', () => {
  const target = {
    ring: ringOf({
      x: { tokens: [100] },
      y: { tokens: [200], alive: false },
      z: { tokens: [50], status: 'joining' },
    }),
    replication: simple(2),
    filters: { ranges: ranges('(10,90]') },
  };
  const found = plan({ source, target });
  assert.equal(text(found), ['b -> x+z (10,50]', 'b -> x (50,90]']);
  const [unit] = found.units;
  assert.equal(
    unit?.excluded.map(({ node, reason }) => [node.endpoint.host, reason]),
    [['y', 'down']],
  );
  assert.is(hosts(unit?.natural ?? []), 'x+y');
  assert.is(hosts(unit?.pending ?? []), 'z');
});

test('gaps of either side, and what is done', () => {
  const half = {
    ring: ringOf({ a: { tokens: [0], alive: false }, b: { tokens: [100] } }),
    replication: simple(1),
  };
  const target = {
    ring: ringOf({ x: { tokens: [50], alive: false }, y: { tokens: [150] } }),
    replication: simple(1),
  };
  const found = plan({ source: half, target, done: ranges('(60,70]') });
  assert.equal(text(found), ['b -> y (50,60] (70,100]']);
  assert.equal(
    found.sourceGaps.map(({ ranges: own }) => rangesText(own)),
    ['(,0] (100,]'],
  );
  assert.equal(
    found.targetGaps.map(({ ranges: own }) => rangesText(own)),
    ['(,50] (150,]'],
  );
  assert.equal(
    found.targetGaps[0]?.replicas.map(({ node, reason }) => [node.endpoint.host, reason]),
    [['x', 'down']],
  );
  assert.is(rangesText(found.doneRanges), '(60,70]');
});

test('the same ring on both sides: each node gives its primary range', () => {
  const rows = (prefix: string): Record<string, NodeRow> =>
    Object.fromEntries(
      [-QUARTER, 0, QUARTER, -2 * QUARTER].map((token, index) => [
        `${prefix}${index}`,
        { tokens: [token] },
      ]),
    );
  const found = plan({
    source: { ring: ringOf(rows('a')), replication: simple(1) },
    target: { ring: ringOf(rows('x')), replication: simple(1) },
  });
  assert.equal(found.units.map(({ from, to }) => `${hosts([from])} ${hosts(to)}`).sort(), [
    'a0 x0',
    'a1 x1',
    'a2 x2',
    'a3 x3',
  ]);
});

test('what can not be planned', () => {
  const codeOf = (input: Partial<CopyInput>): string => {
    const found = copyPlan({ source, target: source, ...input });
    assert.ok(found._tag === 'Left');
    assert.ok(planErrorMessage(found.left).length > 10);
    return found.left.code;
  };
  const random = makeRing(RandomPartitioner, [{ ...(source.ring.nodes[0] as RingNode) }]);
  assert.ok(random._tag === 'Right');
  const other = { ring: random.right, replication: simple(1) };
  assert.is(codeOf({ target: other }), 'SCM_PLAN_PARTITIONER');
  assert.is(
    codeOf({ target: { ...source, replication: { strategy: 'LocalStrategy' } } }),
    'SCM_PLAN_NOT_PLACED',
  );
  assert.is(
    codeOf({ source: { ...source, replication: { strategy: 'LocalStrategy' } } }),
    'SCM_PLAN_LOCAL',
  );
  assert.is(codeOf({ target: { ...source, replication: simple('2/1') } }), 'SCM_PLAN_TRANSIENT');
  assert.is(
    codeOf({ target: { ...source, replication: topology({ dc7: 1 }) } }),
    'SCM_PLAN_NO_REPLICAS',
  );
  assert.is(codeOf({ target: { ...source, filters: { only: ['q'] } } }), 'SCM_PLAN_UNKNOWN_NAME');
  assert.is(
    codeOf({ target: { ring: ringOf({}), replication: everywhere } }),
    'SCM_PLAN_NO_REPLICAS',
  );
});

const large = (prefix: string, seed: number) => {
  const random = seededRandom(seed);
  const nodes = Array.from({ length: 100 }, (_, index) => [
    `${prefix}${index}`,
    {
      rack: `r${index % 3}`,
      tokens: Array.from({ length: 16 }, () => Math.floor((random() - 0.5) * 2 ** 64)),
    },
  ]);
  return ringOf(Object.fromEntries(nodes));
};

test('two rings of 100 nodes with 16 tokens each: balanced, and far fewer units than pieces', () => {
  const from = large('a', 1);
  const found = plan({
    source: { ring: from, replication: topology({ dc1: 3 }) },
    target: { ring: large('x', 2), replication: topology({ dc1: 3 }) },
  });
  const pieces = found.units.reduce((sum, unit) => sum + unit.ranges.length, 0);
  assert.ok(found.units.length < 2600, `${found.units.length} units of ${pieces} ranges`);
  const loads = new Map<RingNode, number>();
  for (const { from: node, ranges: own } of found.units)
    for (const range of own)
      loads.set(node, (loads.get(node) ?? 0) + Number(rangeWidth(from.partitioner, range)));
  const share = 2 ** 64 / 100;
  assert.ok(Math.max(...loads.values()) < 1.5 * share, `${Math.max(...loads.values()) / share}`);
});

test.run();
