import {
  afterAllSettled,
  makeRing,
  Murmur3Partitioner as murmur3,
  nodeAt,
  RING_NODES_MAX,
  ringErrorMessage,
} from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type NodeRow, node, ringOf } from './harness.ts';

const made = (rows: Readonly<Record<string, NodeRow>>) =>
  makeRing(
    murmur3,
    Object.entries(rows).map(([host, row]) => node(host, row)),
  );

const refusal = (rows: Readonly<Record<string, NodeRow>>): string => {
  const ring = made(rows);
  assert.ok(ring._tag === 'Left');
  return ringErrorMessage(ring.left);
};

test('tokens of members are in order, joiners own nothing', () => {
  const ring = ringOf({
    a: { tokens: [30, -10] },
    b: { tokens: [5] },
    c: { tokens: [7], status: 'joining' },
    d: { tokens: [9], status: 'leaving' },
  });
  assert.equal(
    ring.owners.map(({ token, node: owner }) => `${token}${owner.endpoint.host}`),
    ['-10a', '5b', '9d', '30a'],
  );
  assert.is(ring.members.length, 3);
  assert.is(nodeAt(ring, { host: 'c', port: 7000 })?.status, 'joining');
  assert.is(nodeAt(ring, { host: 'c', port: 7001 }), undefined);
});

// spec: planning §3 rule 7
test('two owners of a token', () => {
  assert.match(
    refusal({ a: { tokens: [1] }, b: { tokens: [1] } }),
    /collision between a:7000 and b:7000/,
  );
});

test('a joiner may take a token only from whom it replaces', () => {
  const a = { tokens: [1] };
  assert.match(refusal({ a, b: { tokens: [1], status: 'joining' } }), /collision/);
  assert.match(
    refusal({ a, b: { tokens: [2], status: 'joining' }, c: { tokens: [2], status: 'joining' } }),
    /collision/,
  );
  assert.is(made({ a, b: { tokens: [1], status: 'joining', replacing: 'a' } })._tag, 'Right');
});

test('a node given twice, a move without a target, too many nodes', () => {
  const twice = makeRing(murmur3, [node('a', { tokens: [1] }), node('a', { tokens: [2] })]);
  assert.ok(twice._tag === 'Left');
  assert.is(ringErrorMessage(twice.left), 'a:7000 is in the ring twice');
  assert.match(refusal({ a: { tokens: [1], status: 'moving' } }), /nobody says where to/);
  const many = makeRing(
    murmur3,
    Array.from({ length: RING_NODES_MAX + 1 }, (_, index) => node(`n${index}`, { tokens: [] })),
  );
  assert.ok(many._tag === 'Left' && many.left.code === 'SCM_RING_TOO_LARGE');
});

test('the ring after everything has settled', () => {
  const settled = afterAllSettled(
    ringOf({
      a: { tokens: [1] },
      b: { tokens: [5], status: 'leaving' },
      c: { tokens: [9], status: 'moving', newToken: 12 },
      d: { tokens: [1], status: 'joining', replacing: 'a' },
    }),
  );
  assert.equal(
    settled.owners.map(({ token, node: owner }) => `${token}${owner.endpoint.host}`),
    ['1d', '12c'],
  );
});

test.run();
