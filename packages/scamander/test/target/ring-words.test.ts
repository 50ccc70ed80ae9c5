import { Murmur3Partitioner, makeRing, type RingNode, type RingState } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ringChange } from '../../src/target/ring-words.ts';

const node = (last: number, change: Partial<RingNode> = {}): RingNode => ({
  ...{ endpoint: { host: `10.0.0.${last}`, port: 7000 }, hostId: `host ${last}`, dc: 'dc1' },
  ...{ rack: 'r1', tokens: [BigInt(last)], status: 'normal', alive: true },
  ...change,
});

const ringOf = (...nodes: RingNode[]): RingState => {
  const ring = makeRing(Murmur3Partitioner, nodes);
  if (ring._tag === 'Left') throw new Error(ring.left.code);
  return ring.right;
};

const cases: readonly {
  readonly name: string;
  readonly before: readonly RingNode[];
  readonly after: readonly RingNode[];
  readonly says: string;
}[] = [
  { name: 'nothing', before: [node(1)], after: [node(1, { alive: false })], says: '' },
  {
    name: 'a new node that is still joining, and one that has joined',
    before: [node(1)],
    after: [node(1), node(2, { status: 'joining' }), node(3)],
    says: '10.0.0.2:7000 is joining; 10.0.0.3:7000 has joined',
  },
  {
    name: 'a joining node that is a member now',
    before: [node(1), node(2, { status: 'joining' })],
    after: [node(1), node(2)],
    says: '10.0.0.2:7000 is normal, it was joining',
  },
  {
    name: 'a node that has left',
    before: [node(1), node(2)],
    after: [node(1)],
    says: '10.0.0.2:7000 has left',
  },
  {
    name: 'a node that moves, and then has moved',
    before: [node(1), node(2)],
    after: [node(1, { status: 'moving', newToken: 77n }), node(2, { tokens: [88n] })],
    says: '10.0.0.1:7000 is moving, it was normal; 10.0.0.2:7000 has other tokens',
  },
  {
    name: 'a node under another address',
    before: [node(1)],
    after: [node(1, { endpoint: { host: '10.0.0.9', port: 7000 } })],
    says: '10.0.0.1:7000 has become 10.0.0.9:7000',
  },
  {
    name: 'another node under the same address',
    before: [node(1)],
    after: [node(1, { hostId: 'other', tokens: [5n] })],
    says: '10.0.0.1:7000 has joined; 10.0.0.1:7000 has left',
  },
];

for (const { name, before, after, says } of cases)
  test(name, () => assert.is(ringChange(ringOf(...before), ringOf(...after)), says));

test.run();
