// The tables of planning §5.6 (Cassandra: NetworkTopologyStrategyTest, SimpleStrategyTest) and the rack tables beside them.

import {
  naturalReplicas,
  nodeRanges,
  OrderPreservingPartitioner,
  placedRanges,
  rangesByReplica,
  rangeText,
} from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hosts, replication, ringOf, simple, texts, token, topology } from '../harness.ts';

const threeDcs = {
  a: { tokens: ['123'], dc: 'DC1' },
  b: { tokens: ['234'], dc: 'DC1' },
  c: { tokens: ['345'], dc: 'DC1' },
  d: { tokens: ['789'], dc: 'DC2' },
  e: { tokens: ['890'], dc: 'DC2' },
  f: { tokens: ['456'], dc: 'DC3' },
  g: { tokens: ['567'], dc: 'DC3' },
  h: { tokens: ['90A'], dc: 'DC1' },
  i: { tokens: ['0AB'], dc: 'DC3' },
  j: { tokens: ['ABC'], dc: 'DC2' },
} as const;

test('three datacenters, text tokens: six distinct replicas', () => {
  const ring = ringOf(threeDcs, OrderPreservingPartitioner);
  const key = token('123', OrderPreservingPartitioner);
  const found = naturalReplicas(ring, topology({ DC1: 3, DC2: 2, DC3: 1 }), key);
  assert.is(found.length, 6);
  assert.is(new Set(found.map(({ node }) => node)).size, 6);
  const dcs = found.map(({ node }) => node.dc).sort();
  assert.equal(dcs, ['DC1', 'DC1', 'DC1', 'DC2', 'DC2', 'DC3']);
  assert.is(found[0]?.node.endpoint.host, 'a');
});

test('a datacenter without nodes, RF 3, 3, 0', () => {
  const rows = Object.fromEntries(Object.entries(threeDcs).filter(([, { dc }]) => dc !== 'DC3'));
  const ring = ringOf(rows, OrderPreservingPartitioner);
  const key = token('123', OrderPreservingPartitioner);
  for (const factors of [
    { DC1: 3, DC2: 3, DC3: 0 },
    { DC1: 3, DC2: 3, DC3: 2 },
  ]) {
    const found = naturalReplicas(ring, topology(factors), key);
    assert.is(new Set(found.map(({ node }) => node)).size, 6);
  }
});

test('transient replicas are computed and marked', () => {
  const ring = ringOf({
    '.1': { tokens: [100] },
    '.2': { tokens: [200] },
    '.3': { tokens: [300] },
    '.4': { tokens: [400] },
  });
  for (const setting of [topology({ dc1: '3/1' }), simple('3/1')]) {
    const found = naturalReplicas(ring, setting, 99n);
    assert.equal(
      found.map(({ node, full }) => `${node.endpoint.host}${full ? 'F' : 'T'}`),
      ['.1F', '.2F', '.3T'],
    );
    assert.is(rangeText(ring.partitioner, found[0]?.range ?? { left: 0n, right: 0n }), '(400,100]');
  }
  const ranges = nodeRanges(ring, simple('3/1'), { host: '.3', port: 7000 });
  assert.equal(texts(ranges.full), ['(100,300]']);
  assert.equal(texts(ranges.transient), [
    '(-9223372036854775808,100]',
    '(400,-9223372036854775808]',
  ]);
});

test('fewer nodes than replicas: the transient ones give way', () => {
  const ring = ringOf({ a: { tokens: [0] }, b: { tokens: [10] } });
  const found = naturalReplicas(ring, topology({ dc1: '3/1' }), 5n);
  assert.equal(
    found.map(({ full }) => full),
    [true, true],
  );
});

test('SimpleStrategy: the next nodes clockwise', () => {
  const names = ['n0', 'n1', 'n2', 'n3', 'n4'];
  const ring = ringOf(Object.fromEntries(names.map((name, i) => [name, { tokens: [10 * i] }])));
  for (let i = 0; i < 5; i++) {
    for (const factor of [1, 2, 3, 5]) {
      const wanted = Array.from({ length: factor }, (_, k) => names[(i + 1 + k) % 5]);
      const found = naturalReplicas(ring, simple(factor), BigInt(10 * i + 5));
      assert.is(hosts(found), wanted.join(' '));
    }
  }
});

test('an empty ring has no replicas', () => {
  assert.equal(naturalReplicas(ringOf({}), simple(3), 5n), []);
  assert.equal(placedRanges(ringOf({}), topology({ dc1: 3 })), []);
});

test('two datacenters with vnodes under SimpleStrategy 3', () => {
  const ring = ringOf({
    '.1': { tokens: ['-6639341390736545756', '-2688160409776496397'], dc: 'DC1' },
    '.2': { tokens: ['-2506475074448728501', '8473270337963525440'], dc: 'DC1' },
    '.4': { tokens: ['-3736333188524231709', '8673615181726552074'], dc: 'DC2' },
  });
  const placed = placedRanges(ring, simple(3));
  const primaries = placed.map(({ replicas }) => replicas[0]?.node.endpoint.host).sort();
  assert.equal(primaries, ['.1', '.1', '.2', '.2', '.4', '.4']);
  for (const { replicas } of rangesByReplica(ring, simple(3)).values())
    assert.is(replicas.length, 6);
});

const racks = (third: string, fourth: string, last: string) =>
  ringOf({
    a: { tokens: [10], rack: 'r1' },
    b: { tokens: [20], rack: 'r1' },
    c: { tokens: [30], rack: third },
    d: { tokens: [40], rack: fourth },
    e: { tokens: [50], rack: fourth },
    f: { tokens: [60], rack: last },
  });

for (const [factor, row] of [
  [2, 'a d|b d|c d|d f|e f|f a|a d'],
  [3, 'a d f|b d f|c d f|d f a|e f a|f a d|a d f'],
  [4, 'a b d f|b c d f|c d e f|d e f a|e f a b|f a b d|a b d f'],
  [5, 'a b c d f|b c d e f|c d e f a|d e f a b|e f a b c|f a b c d|a b c d f'],
] as const) {
  test(`three racks, RF ${factor}`, () => {
    const ring = racks('r1', 'r2', 'r3');
    const found = [5n, 15n, 25n, 35n, 45n, 55n, 65n].map((key) =>
      hosts(naturalReplicas(ring, topology({ dc1: factor }), key)),
    );
    assert.equal(found, row.split('|'));
  });
}

test('two racks, RF 3: the first repeat met is taken', () => {
  const ring = racks('r1', 'r2', 'r2');
  const found = [5n, 15n, 25n, 35n, 45n, 55n, 65n].map((key) =>
    hosts(naturalReplicas(ring, topology({ dc1: 3 }), key)),
  );
  assert.equal(found, ['a b d', 'b c d', 'c d e', 'd e a', 'e f a', 'f a b', 'a b d']);
});

test('EverywhereStrategy: every member; Local and Meta: not for the ring to say', () => {
  const ring = ringOf({
    a: { tokens: [0] },
    b: { tokens: [10] },
    c: { tokens: [20], status: 'joining' },
  });
  assert.is(hosts(naturalReplicas(ring, replication({ class: 'EverywhereStrategy' }), 5n)), 'b a');
  const local = replication({ class: 'LocalStrategy' });
  const meta = replication({ class: 'MetaStrategy' });
  assert.equal(naturalReplicas(ring, local, 5n), []);
  assert.equal(naturalReplicas(ring, meta, 5n), []);
  const min = '-9223372036854775808';
  const at = { host: 'a', port: 7000 };
  assert.equal(texts(nodeRanges(ring, local, at).full), [`(${min},${min}]`]);
  assert.equal(nodeRanges(ring, meta, at).full, []);
});

// spec: planning §21, the worked example
test('four nodes, two datacenters, RF 1 + 1', () => {
  const ring = ringOf({
    A: { tokens: [0], dc: 'DC1', rack: 'r1' },
    B: { tokens: [100], dc: 'DC2', rack: 'r1' },
    C: { tokens: [200], dc: 'DC1', rack: 'r2' },
    D: { tokens: [300], dc: 'DC2', rack: 'r2' },
  });
  const placed = placedRanges(ring, topology({ DC1: 1, DC2: 1 }));
  assert.equal(
    placed.map(({ range, replicas }) => `${rangeText(ring.partitioner, range)} ${hosts(replicas)}`),
    ['(300,0] A B', '(0,100] B C', '(100,200] C D', '(200,300] D A'],
  );
});

test.run();
