// The tables of planning §6.1 (Cassandra: PendingRangesTest, MoveTest, LeaveAndBootstrapTest, SimpleStrategyTest).

import {
  afterAllSettled,
  nodeRanges,
  pendingRanges,
  type Replication,
  type RingState,
  rangesByReplica,
  writeReplicas,
} from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { byHost, hosts, type NodeRow, ringOf, simple, texts, topology } from './harness.ts';

type Rows = Record<string, NodeRow>;

const sixNodes: Rows = Object.fromEntries(
  [0, 10, 20, 30, 40, 50].map((token, index) => [`n${index + 1}`, { tokens: [token] }]),
);

test('a settled ring has nothing pending', () => {
  assert.equal(pendingRanges(ringOf(sixNodes), simple(3)), []);
});

test('replacement of one node, then of another', () => {
  const oneReplaced: Rows = {
    ...sixNodes,
    n1A: { tokens: [0], status: 'joining', replacing: 'n1' },
  };
  const first = { n1A: ['(30,40]', '(40,50]', '(50,0]'] };
  assert.equal(byHost(pendingRanges(ringOf(oneReplaced), simple(3))), first);
  const twoReplaced: Rows = {
    ...oneReplaced,
    n4A: { tokens: [30], status: 'joining', replacing: 'n4' },
  };
  assert.equal(byHost(pendingRanges(ringOf(twoReplaced), simple(3))), {
    ...first,
    n4A: ['(0,10]', '(10,20]', '(20,30]'],
  });
});

test('one leaves while another moves', () => {
  const ring = ringOf({
    n1: { tokens: [-9] },
    n2: { tokens: [-5] },
    n3: { tokens: [-1], status: 'moving', newToken: 0 },
    n4: { tokens: [1] },
    n5: { tokens: [5], status: 'leaving' },
  });
  assert.equal(byHost(pendingRanges(ring, simple(3))), {
    n1: ['(-5,-1]'],
    n2: ['(-1,1]'],
    n3: ['(-1,0]', '(1,5]'],
  });
});

/** `(0,2]:.1 (1,5]:.3` as the table writes it. */
const pendingText = (ring: RingState, replication: Replication): readonly string[] =>
  pendingRanges(ring, replication)
    .flatMap((replica) =>
      texts([replica.range]).map((range) => `${range}:${replica.node.endpoint.host}`),
    )
    .sort();

const tensRing = (count: number, moved: Record<string, number> = {}): Rows =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `.${i + 1}`,
      { tokens: [moved[`.${i + 1}`] ?? 10 * i] },
    ]),
  );

const move = (rows: Rows, host: string, newToken: number): RingState => {
  const row = rows[host];
  assert.ok(row);
  return ringOf({ ...rows, [host]: { ...row, status: 'moving', newToken } });
};

const simpleMoves: readonly (readonly [Rows, string, number, readonly string[]])[] = [
  [tensRing(10), '.1', 2, ['(0,2]:.1', '(0,2]:.1', '(0,2]:.1']],
  [tensRing(10, { '.1': 2 }), '.1', 0, ['(0,2]:.2', '(0,2]:.3', '(0,2]:.4']],
  [
    tensRing(10),
    '.1',
    35,
    [
      '(30,35]:.1 (90,0]:.2',
      '(30,35]:.1 (20,30]:.1 (80,90]:.2 (90,0]:.3',
      '(30,35]:.1 (20,30]:.1 (10,20]:.1 (70,80]:.2 (80,90]:.3 (90,0]:.4',
    ],
  ],
  [
    tensRing(4),
    '.1',
    15,
    ['(10,15]:.1 (30,0]:.2', '(20,30]:.2 (10,15]:.1 (0,10]:.1', '(15,20]:.2 (0,10]:.1'],
  ],
  [
    tensRing(4, { '.1': 15 }),
    '.1',
    0,
    ['(30,0]:.1 (10,15]:.3', '(20,30]:.1 (10,15]:.4 (0,10]:.3', '(15,20]:.1 (0,10]:.4'],
  ],
  [tensRing(4), '.4', 33, ['(30,33]:.4', '(30,33]:.4', '(30,33]:.4']],
];
for (const [rows, host, target, expected] of simpleMoves) {
  for (const [index, text] of expected.entries()) {
    const from = rows[host]?.tokens[0];
    const count = Object.keys(rows).length;
    test(`${count} nodes, SimpleStrategy ${index + 1}: ${host} moves from ${from} to ${target}`, () => {
      const found = pendingText(move(rows, host, target), simple(index + 1));
      assert.equal(found, text.split(' ').sort());
    });
  }
}

const twoDcs = (moved: Record<string, number> = {}): Rows =>
  Object.fromEntries(
    Array.from({ length: 14 }, (_, i) => {
      const host = `.${i + 1}`;
      const token = moved[host] ?? 10 * Math.floor(i / 2) + (i % 2);
      return [host, { tokens: [token], dc: i % 2 === 0 ? 'DC1' : 'DC2', rack: `rack${i}` }];
    }),
  );

const topologyMoves: readonly (readonly [Rows, string, number, readonly string[]])[] = [
  [twoDcs(), '.1', 5, ['(0,1]:.1 (1,5]:.1', '(0,1]:.1 (1,5]:.1', '(0,1]:.1 (1,5]:.1']],
  [twoDcs({ '.1': 5 }), '.1', 0, ['(0,1]:.3 (1,5]:.3', '(0,1]:.5 (1,5]:.5', '(0,1]:.7 (1,5]:.7']],
  [
    twoDcs(),
    '.4',
    25,
    [
      '(1,10]:.6 (10,11]:.6 (21,25]:.4',
      '(61,0]:.6 (0,1]:.6 (21,25]:.4 (11,20]:.4 (20,21]:.4',
      '(51,60]:.6 (60,61]:.6 (21,25]:.4 (11,20]:.4 (20,21]:.4',
    ],
  ],
];
for (const [rows, host, target, expected] of topologyMoves) {
  for (const [index, text] of expected.entries()) {
    test(`two datacenters, RF ${index + 1} each: ${host} moves to ${target}`, () => {
      const setting = topology({ DC1: index + 1, DC2: index + 1 });
      assert.equal(pendingText(move(rows, host, target), setting), text.split(' ').sort());
    });
  }
}

const movedRing = tensRing(10, { '.7': 67, '.9': 87 });

test('several moves at once: the ring they settle to', () => {
  const rows: Rows = {
    ...tensRing(10),
    '.7': { tokens: [60], status: 'moving', newToken: 67 },
    '.9': { tokens: [80], status: 'moving', newToken: 87 },
    '.10': { tokens: [90], status: 'moving', newToken: 97 },
  };
  const settled = afterAllSettled(ringOf(rows));
  const owned = [...rangesByReplica(settled, simple(3)).values()].flatMap(
    ({ replicas }) => replicas,
  );
  assert.equal(byHost(owned), {
    '.1': ['(70,87]', '(87,97]', '(97,0]'],
    '.2': ['(0,10]', '(87,97]', '(97,0]'],
    '.3': ['(0,10]', '(10,20]', '(97,0]'],
    '.4': ['(0,10]', '(10,20]', '(20,30]'],
    '.5': ['(10,20]', '(20,30]', '(30,40]'],
    '.6': ['(20,30]', '(30,40]', '(40,50]'],
    '.7': ['(30,40]', '(40,50]', '(50,67]'],
    '.8': ['(40,50]', '(50,67]', '(67,70]'],
    '.9': ['(50,67]', '(67,70]', '(70,87]'],
    '.10': ['(67,70]', '(70,87]', '(87,97]'],
  });
});

const written = (ring: RingState, replication: Replication, token: number): string =>
  [...hosts(writeReplicas(ring, replication, BigInt(token))).split(' ')].sort().join(' ');

const sorted = (text: string): string => text.split(' ').sort().join(' ');

test('two nodes join the ring that moved: write sets of RF 3', () => {
  const ring = ringOf({
    ...movedRing,
    '.10': { tokens: [97] },
    b1: { tokens: [55], status: 'joining' },
    b2: { tokens: [75], status: 'joining' },
  });
  for (const [token, expected] of [
    [5, '.2 .3 .4'],
    [15, '.3 .4 .5'],
    [25, '.4 .5 .6'],
    [35, '.5 .6 .7 b1'],
    [45, '.6 .7 .8 b1'],
    [55, '.7 .8 .9 b1 b2'],
    [65, '.7 .8 .9 b2'],
    [75, '.9 .10 .1 b2'],
    [85, '.9 .10 .1'],
    [95, '.10 .1 .2'],
  ] as const) {
    assert.is(written(ring, simple(3), token), sorted(expected), `token ${token}`);
  }
});

test('an eleventh node joins: old replicas stay in the write set', () => {
  const rows: Rows = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [`n${i}`, { tokens: [20 * i] }]),
  );
  const ring = ringOf({ ...rows, joiner: { tokens: [210], status: 'joining' } });
  for (const factor of [1, 2, 3]) {
    for (let i = 0; i < 10; i++) {
      const set = writeReplicas(ring, simple(factor), BigInt(20 * i + 10)).map(
        ({ node }) => node.endpoint.host,
      );
      for (let k = 0; k < factor; k++) assert.ok(set.includes(`n${(i + 1 + k) % 10}`));
      assert.is(set.includes('joiner'), i >= 10 - factor, `RF ${factor}, node ${i}`);
    }
  }
});

test('three leave and two join at once: write sets', () => {
  const rows = tensRing(10);
  for (const host of ['.7', '.9', '.10'])
    rows[host] = { ...(rows[host] as NodeRow), status: 'leaving' };
  const ring = ringOf({
    ...rows,
    b1: { tokens: [55], status: 'joining' },
    b2: { tokens: [75], status: 'joining' },
  });
  for (const [token, one, three] of [
    [5, '.2', '.2 .3 .4'],
    [25, '.4', '.4 .5 .6'],
    [35, '.5', '.5 .6 .7 b1 .8'],
    [55, '.7 .8 b1', '.7 .8 .9 .1 .2 b1 b2'],
    [75, '.9 b2 .1', '.9 .10 .1 b2 .2 .3'],
    [85, '.10 .1', '.10 .1 .2 .3'],
    [95, '.1', '.1 .2 .3'],
  ] as const) {
    assert.is(written(ring, simple(1), token), sorted(one), `RF 1, token ${token}`);
    assert.is(written(ring, simple(3), token), sorted(three), `RF 3, token ${token}`);
  }
});

test('ranges of one node with and without what is pending', () => {
  const ring = ringOf({ ...sixNodes, n7: { tokens: [25], status: 'joining' } });
  const at = { host: 'n7', port: 7000 };
  assert.equal(nodeRanges(ring, simple(3), at).full, []);
  // planning §21: n7 joins at 25 and takes (0,10], (10,20] and (20,25].
  const pending = nodeRanges(ring, simple(3), at, { includePending: true });
  assert.equal(texts(pending.full), ['(0,25]']);
});

test.run();
