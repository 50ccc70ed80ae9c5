// The rules of gossip §3.1, and its jump cases (Cassandra: LeaveAndBootstrapTest).

import { type NodeInfo, ringState } from '@scamander/cluster';
import { Murmur3Partitioner as murmur3 } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GossipState } from '../../src/gossip/gossip-state.ts';
import { gossip, ringText, value } from '../harness.ts';

const cql = (host: string, ...tokens: number[]): NodeInfo => ({
  endpoint: { host, port: 7000 },
  listen: undefined,
  native: { host, port: 9042 },
  hostId: `id-${host}`,
  dc: 'dc1',
  rack: 'r1',
  releaseVersion: '5.0.6',
  schemaVersion: undefined,
  tokens: tokens.map(BigInt),
});

const nodes = [cql('a', 0), cql('b', 10), cql('c', 20)];
const members = [gossip('a', 'NORMAL,0', [0]), gossip('b', 'NORMAL,10', [10])];

const ringWith = (...states: readonly GossipState[]): readonly string[] =>
  ringText(value(ringState(murmur3, nodes, states)));

test('without gossip every node is normal and nobody knows who lives', () => {
  const ring = value(ringState(murmur3, nodes));
  assert.equal(ringText(ring), ['a normal 0', 'b normal 10', 'c normal 20']);
  assert.equal(
    ring.nodes.map(({ alive }) => alive),
    [undefined, undefined, undefined],
  );
});

const cases: readonly (readonly [string, GossipState, readonly string[]])[] = [
  ['NORMAL stays', gossip('c', 'NORMAL,20', [20]), ['a normal 0', 'b normal 10', 'c normal 20']],
  [
    'BOOT: joins with its tokens',
    gossip('d', 'BOOT,5', [5, 25]),
    ['a normal 0', 'b normal 10', 'c normal 20', 'd joining 5,25'],
  ],
  [
    'BOOT of a member takes it out and lets it join',
    gossip('c', 'BOOT,45', [45]),
    ['a normal 0', 'b normal 10', 'c joining 45'],
  ],
  [
    'BOOT without tokens is not in the ring yet',
    gossip('d', 'BOOT', []),
    ['a normal 0', 'b normal 10', 'c normal 20'],
  ],
  [
    'BOOT_REPLACE with a port',
    gossip('d', 'BOOT_REPLACE,c:7000', [20]),
    ['a normal 0', 'b normal 10', 'c normal 20', 'd joining 20 for c'],
  ],
  [
    'BOOT_REPLACE in its old form, without tokens of its own',
    gossip('d', 'BOOT_REPLACE,c', []),
    ['a normal 0', 'b normal 10', 'c normal 20', 'd joining 20 for c'],
  ],
  ['LEAVING', gossip('c', 'LEAVING,20', [20]), ['a normal 0', 'b normal 10', 'c leaving 20']],
  [
    'LEAVING with another token: that one counts',
    gossip('c', 'LEAVING,35', [35]),
    ['a normal 0', 'b normal 10', 'c leaving 35'],
  ],
  [
    'LEAVING of a node that CQL does not list',
    gossip('d', 'LEAVING,15', [15]),
    ['a normal 0', 'b normal 10', 'c normal 20', 'd leaving 15'],
  ],
  ['MOVING', gossip('c', 'MOVING,33', [20]), ['a normal 0', 'b normal 10', 'c moving 20 to 33']],
  ['LEFT', gossip('c', 'LEFT,20,1700000000000', [20]), ['a normal 0', 'b normal 10']],
  ['removed', gossip('c', 'removed,id-c,1700000000000', [20]), ['a normal 0', 'b normal 10']],
  [
    'removing of a member',
    gossip('c', 'removing,id-c', [20]),
    ['a normal 0', 'b normal 10', 'c leaving 20'],
  ],
  [
    'removing of a stranger is harmless',
    gossip('d', 'removing,id-d', [25]),
    ['a normal 0', 'b normal 10', 'c normal 20'],
  ],
  [
    'hibernate changes nothing',
    gossip('c', 'hibernate,true', [99]),
    ['a normal 0', 'b normal 10', 'c normal 20'],
  ],
  [
    'hibernate of a stranger',
    gossip('d', 'hibernate,true', [25]),
    ['a normal 0', 'b normal 10', 'c normal 20'],
  ],
  [
    'a node that says nothing',
    gossip('c', undefined, []),
    ['a normal 0', 'b normal 10', 'c normal 20'],
  ],
  [
    'NORMAL with a new token: that one counts',
    gossip('c', 'NORMAL,25', [25]),
    ['a normal 0', 'b normal 10', 'c normal 25'],
  ],
  [
    'a new member that CQL does not list yet',
    gossip('d', 'NORMAL,25', [25]),
    ['a normal 0', 'b normal 10', 'c normal 20', 'd normal 25'],
  ],
];
for (const [name, state, expected] of cases) {
  test(name, () => {
    assert.equal(ringWith(...members, state), expected);
  });
}

test('shutdown keeps the tokens and is down', () => {
  const down = gossip('c', 'shutdown,true', [20], { alive: false });
  const ring = value(ringState(murmur3, nodes, [...members, down]));
  assert.equal(ringText(ring), ['a normal 0', 'b normal 10', 'c normal 20']);
  assert.equal(
    ring.nodes.map(({ alive }) => alive),
    [undefined, undefined, false],
  );
});

test('two nodes claim a token: the later start has it, the loser without any is out', () => {
  const late = gossip('d', 'NORMAL,20', [20], { generation: 200 });
  const early = gossip('c', 'NORMAL,20', [20]);
  assert.equal(ringWith(...members, early, late), ['a normal 0', 'b normal 10', 'd normal 20']);
  const many = gossip('c', 'NORMAL,20', [20, 30]);
  assert.equal(ringWith(...members, many, late), [
    'a normal 0',
    'b normal 10',
    'c normal 30',
    'd normal 20',
  ]);
});

test('one host id at two addresses: the later start stays', () => {
  const moved = gossip('d', 'NORMAL,20', [20], { hostId: 'id-c', generation: 200 });
  const old = gossip('c', 'NORMAL,20', [20]);
  assert.equal(ringWith(...members, old, moved), ['a normal 0', 'b normal 10', 'd normal 20']);
});

test('a joiner that claims the token of a living member is an error, as nodes say it', () => {
  const ring = ringState(murmur3, nodes, [...members, gossip('d', 'BOOT,20', [20])]);
  assert.ok(ring._tag === 'Left' && ring.left.code === 'SCM_RING_TOKEN_COLLISION');
});

test.run();
