// Plans of pulls on small rings: who is asked, who is passed over and why, and what can't be planned.

import { type PullInput, type PullPlan, planErrorMessage, pullPlan } from '@scamander/planner';
import { ByteOrderedPartitioner, makeRing, type Replication, type RingNode } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { everywhere, ranges, rangesText, ringOf, simple, topology } from '../harness.ts';

const QUARTER = 2n ** 62n;
const quarter = Number(QUARTER);
const four = () =>
  ringOf({
    a: { tokens: [-quarter] },
    b: { tokens: [0] },
    c: { tokens: [quarter] },
    d: { tokens: [-2 * quarter] },
  });
const local: Replication = { strategy: 'LocalStrategy' };

const plan = (input: PullInput): PullPlan => {
  const found = pullPlan(input);
  assert.ok(found._tag === 'Right');
  return found.right;
};

const asked = (found: PullPlan): Record<string, string> =>
  Object.fromEntries(
    found.assignments.map(({ node, ranges: own }) => [node.endpoint.host, rangesText(own)]),
  );

const gaps = (found: PullPlan): readonly string[] =>
  found.gaps.map(
    ({ ranges: missing, replicas }) =>
      `${rangesText(missing)} ${replicas.map(({ node, reason }) => `${node.endpoint.host} ${reason}`).join(', ')}`,
  );

const codeOf = (input: PullInput): string => {
  const found = pullPlan(input);
  assert.ok(found._tag === 'Left');
  assert.ok(planErrorMessage(found.left).length > 10);
  return found.left.code;
};

test('even ranges: each node its primary one', () => {
  const found = plan({ ring: four(), replication: simple(3) });
  assert.equal(asked(found), {
    a: `(,${-QUARTER}]`,
    b: `(${-QUARTER},0]`,
    c: `(0,${QUARTER}]`,
    d: `(${QUARTER},]`,
  });
  assert.equal(found.gaps, []);
  assert.equal(found.excluded, []);
});

test('a node that is down is passed over, and the others share its part', () => {
  const ring = ringOf({
    a: { tokens: [0], alive: false },
    b: { tokens: [100] },
    c: { tokens: [200] },
  });
  const found = plan({ ring, replication: simple(2), filters: { ranges: ranges('(0,200]') } });
  assert.equal(asked(found), { b: '(0,100]', c: '(100,200]' });
  assert.equal(
    found.excluded.map(({ node, reason, ranges: missed }) => [
      node.endpoint.host,
      reason,
      rangesText(missed),
    ]),
    [['a', 'down', '(100,200]']],
  );
});

test('what only dead or filtered nodes hold is a gap that says why', () => {
  const ring = ringOf({
    a: { tokens: [0], alive: false },
    b: { tokens: [100], dc: 'dc2' },
    c: { tokens: [200] },
  });
  const found = plan({
    ring,
    replication: simple(2),
    filters: { dcs: ['dc1'], ranges: ranges('(200,0] (0,150]') },
  });
  assert.equal(asked(found), { c: '(0,150]' });
  assert.equal(gaps(found), ['(,0] (200,] a down, b other datacenter']);
});

test('nodes that leave and move give what they own, nodes that join nothing', () => {
  const ring = ringOf({
    a: { tokens: [0], status: 'leaving' },
    b: { tokens: [100], status: 'moving', newToken: 150n },
    j: { tokens: [50], status: 'joining' },
  });
  assert.equal(asked(plan({ ring, replication: simple(1) })), { a: '(,0] (100,]', b: '(0,100]' });
});

test('one node left that holds everything: the whole ring, as one range', () => {
  const found = plan({ ring: four(), replication: simple(4), filters: { only: ['c'] } });
  assert.equal(asked(found), { c: '(,]' });
  assert.equal(gaps(found), []);
});

test('adjoining ranges of one node are one', () => {
  const found = plan({ ring: four(), replication: simple(3), filters: { only: ['c'] } });
  assert.equal(asked(found), { c: `(,${QUARTER}]` });
  assert.equal(gaps(found).length, 1);
});

test('all replicas: each is asked for all it holds', () => {
  const ring = ringOf({ a: { tokens: [0] }, b: { tokens: [100] }, c: { tokens: [200] } });
  const found = plan({ ring, replication: simple(2), allReplicas: true });
  assert.equal(asked(found), {
    a: '(,0] (100,]',
    b: '(,100] (200,]',
    c: '(0,200]',
  });
});

test('what is done is not asked for again; with all replicas, of the node it came from', () => {
  const ring = ringOf({ a: { tokens: [0] }, b: { tokens: [100] } });
  const [a, b] = ring.nodes as [RingNode, RingNode];
  const filters = { ranges: ranges('(0,100]') };
  const done = [{ node: { ...a }, ranges: ranges('(0,60]') }];
  const one = plan({ ring, replication: simple(2), filters, done });
  assert.equal(Object.values(asked(one)), ['(60,100]']);
  assert.is(rangesText(one.doneRanges), '(0,60]');
  const all = plan({
    ring,
    replication: simple(2),
    filters,
    allReplicas: true,
    done: [...done, { node: undefined, ranges: ranges('(90,100]') }, { node: b, ranges: [] }],
  });
  assert.equal(asked(all), { a: '(60,90]', b: '(0,90]' });
  assert.is(rangesText(all.doneRanges), '(0,60] (90,100]');
});

test('transient replicas are never asked', () => {
  const ring = ringOf({ a: { tokens: [0] }, b: { tokens: [100] }, c: { tokens: [200] } });
  const input = { ring, replication: simple('2/1'), filters: { ranges: ranges('(0,100]') } };
  assert.equal(asked(plan(input)), { b: '(0,100]' });
  const found = plan({ ...input, filters: { ...input.filters, only: ['c'] } });
  assert.equal(gaps(found), ['(0,100] b not in --only, c transient replica']);
});

test('primary only: the first replica that passes, down or not', () => {
  const ring = ringOf({
    a: { tokens: [0] },
    b: { tokens: [100], alive: false },
    c: { tokens: [200] },
  });
  const found = plan({
    ring,
    replication: simple(2),
    filters: { primaryOnly: true, ranges: ranges('(0,200]') },
  });
  assert.equal(asked(found), { c: '(100,200]' });
  assert.equal(gaps(found), ['(0,100] b down, c not the primary replica']);
});

test('LocalStrategy: one node, or all of them, never one for another', () => {
  const ring = four();
  assert.is(codeOf({ ring, replication: local }), 'SCM_PLAN_LOCAL');
  assert.equal(asked(plan({ ring, replication: local, filters: { only: ['b'] } })), { b: '(,]' });
  const all = plan({
    ring,
    replication: local,
    allReplicas: true,
    filters: { ranges: ranges('(0,10]') },
  });
  assert.equal(asked(all), { a: '(0,10]', b: '(0,10]', c: '(0,10]', d: '(0,10]' });
});

test('tokens without a distance: the number of ranges is spread', () => {
  const nodes = ['10', '20', '30', '40'].map(
    (hex, index): RingNode => ({
      endpoint: { host: `n${index}`, port: 7000 },
      hostId: undefined,
      dc: 'dc1',
      rack: 'r1',
      status: 'normal',
      alive: true,
      tokens: [ByteOrderedPartitioner.tokenFromText(hex)],
    }),
  );
  const ring = makeRing(ByteOrderedPartitioner, nodes);
  assert.ok(ring._tag === 'Right');
  const found = plan({ ring: ring.right, replication: everywhere });
  // five ranges, since the one around the end of the ring is two
  assert.equal(found.assignments.length, 4);
});

test('what can not be planned', () => {
  const ring = four();
  assert.is(codeOf({ ring, replication: { strategy: 'MetaStrategy' } }), 'SCM_PLAN_NOT_PLACED');
  assert.is(codeOf({ ring, replication: topology({ dc9: 3 }) }), 'SCM_PLAN_NO_REPLICAS');
  assert.is(codeOf({ ring: ringOf({}), replication: simple(1) }), 'SCM_PLAN_NO_REPLICAS');
  assert.is(
    codeOf({ ring, replication: simple(1), filters: { only: ['e'] } }),
    'SCM_PLAN_UNKNOWN_NAME',
  );
  assert.is(codeOf({ ring: ringOf({}), replication: local }), 'SCM_PLAN_NO_REPLICAS');
});

test.run();
