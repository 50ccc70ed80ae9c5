import { Murmur3Partitioner as murmur3 } from '@scamander/ring';
import { encodeTokens } from '@scamander/wire-codec';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareHeartbeats, gossipStateOf } from '../../src/gossip/gossip-state.ts';
import { gossip, value } from '../harness.ts';

const endpoint = { host: '10.0.0.1', port: 7000 };
const state = (...states: readonly (readonly [number, string])[]) => ({
  endpoint,
  state: {
    generation: 7,
    heartbeatVersion: 9,
    states: states.map(([ordinal, text], version) => ({ ordinal, value: text, version })),
  },
});

// Ordinals: spec gossip §2.
test('every field that a ring needs', () => {
  const found = value(
    gossipStateOf(
      state(
        [17, 'MOVING,5'],
        [0, 'NORMAL,1'],
        [13, encodeTokens([1n, -7n], murmur3)],
        [12, 'host-id'],
        [3, 'dc1'],
        [4, 'r1'],
        [5, '5.0.6'],
        [2, 'schema'],
        [18, 'big-nb,bti-da'],
        [19, 'STUFFED'],
        [99, 'from the future'],
      ),
      murmur3,
    ),
  );
  assert.equal(found, {
    endpoint,
    generation: 7,
    heartbeatVersion: 9,
    status: { state: 'MOVING', pieces: ['5'] },
    tokens: [1n, -7n],
    hostId: 'host-id',
    dc: 'dc1',
    rack: 'r1',
    releaseVersion: '5.0.6',
    schemaVersion: 'schema',
    sstableVersions: ['big-nb', 'bti-da'],
    diskUsage: 'STUFFED',
    alive: undefined,
  });
});

test('who said goodbye is not alive', () => {
  for (const [status, alive] of [
    ['shutdown,true', false],
    ['LEFT,1,2', false],
    ['hibernate,true', false],
    ['removing,x', false],
    ['NORMAL,1', undefined],
    ['BOOT,1', undefined],
  ] as const) {
    assert.is(value(gossipStateOf(state([17, status]), murmur3)).alive, alive, status);
  }
});

test('tokens that are none', () => {
  const found = gossipStateOf(state([13, 'zzzz']), murmur3);
  assert.ok(found._tag === 'Left');
});

test('two answers tell who lives', () => {
  const earlier = [
    gossip('grows', 'NORMAL,1', [1], { heartbeatVersion: 10 }),
    gossip('stands', 'NORMAL,2', [2], { heartbeatVersion: 10 }),
    gossip('restarted', 'NORMAL,3', [3], { heartbeatVersion: 900 }),
    gossip('gone', 'shutdown,true', [4], { alive: false }),
  ];
  const later = [
    gossip('grows', 'NORMAL,1', [1], { heartbeatVersion: 13 }),
    gossip('stands', 'NORMAL,2', [2], { heartbeatVersion: 10 }),
    gossip('restarted', 'NORMAL,3', [3], { heartbeatVersion: 2, generation: 101 }),
    gossip('gone', 'shutdown,true', [4], { heartbeatVersion: 99, alive: false }),
    gossip('new', 'BOOT,5', [5]),
  ];
  assert.equal(
    compareHeartbeats(earlier, later).map(({ endpoint: { host }, alive }) => `${host} ${alive}`),
    ['grows true', 'stands false', 'restarted true', 'gone false', 'new undefined'],
  );
});

test.run();
