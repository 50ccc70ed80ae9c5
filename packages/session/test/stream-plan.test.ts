import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newPlanId } from '../src/plan-id.ts';
import { buckets, SessionRotation } from '../src/slices.ts';
import { A, request } from './machine/story.ts';
import { assertNothingOpen, entireFiles, makeWorld, settled } from './runtime/two-peers.ts';

test('buckets are cut as StreamCoordinator cuts them (spec: planning 16.3)', () => {
  const sizes = (count: number, sessions: number): number[] =>
    buckets(Array.from({ length: count }), sessions).map(({ length }) => length);
  assert.equal(sizes(0, 3), []);
  assert.equal(sizes(5, 1), [5]);
  assert.equal(sizes(4, 3), [1, 1, 1, 1]);
  assert.equal(sizes(5, 3), [2, 2, 1]);
  assert.equal(sizes(2, 4), [1, 1]);
  assert.equal(sizes(5, 2), [3, 2]);
  assert.equal(sizes(10, 4), [3, 3, 3, 1]);
});

test('the rotation over sessions has Cassandra’s quirk (spec: planning 16.2)', () => {
  const first = (count: number, sessions: number): number[] => {
    const rotation = new SessionRotation(sessions);
    return Array.from({ length: count }, () => rotation.next());
  };
  assert.equal(first(4, 1), [0, 0, 0, 0]);
  assert.equal(first(5, 2), [0, 1, 0, 0, 0]);
  assert.equal(first(9, 4), [0, 1, 2, 3, 0, 1, 2, 0, 1]);
});

test('plan ids are version-1 UUIDs of the given time (spec: streaming-4.0-plus 2.2.5)', () => {
  const random = seededRandom(1);
  const ids = Array.from({ length: 1000 }, () => newPlanId(1_700_000_000_000, random));
  assert.is(new Set(ids).size, 1000);
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const [low, mid, high] = id.split('-');
    const steps = BigInt(`0x${high?.slice(1)}${mid}${low}`);
    assert.is((steps - 0x01b21dd213814000n) / 10_000n, 1_700_000_000_000n);
    assert.is(Number.parseInt(id.slice(24, 26), 16) & 1, 1, 'the node is no real address');
  }
});

test('several calls add up; requests go round the sessions', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 10, 20);
  const result = world.left
    .plan({ preview: 'ALL', sessionsPerPeer: 2 })
    .transferFiles(world.right.endpoint, files.slice(0, 1))
    .transferFiles(world.right.endpoint, files.slice(1))
    .requestRanges(world.right.endpoint, [])
    .execute();
  const { sessions } = await settled(world, result);
  assert.equal(
    sessions.map(({ index, files }) => [index, files.length]),
    [
      [0, 1],
      [1, 1],
    ],
  );
  await assertNothingOpen(world, files);
});

test('limits and misuse', async () => {
  const world = await makeWorld();
  for (const options of [
    { sessionsPerPeer: 0 },
    { sessionsPerPeer: 65 },
    { fileConnectionsPerSession: 65 },
    { sessionsPerPeer: 1.5 },
  ])
    assert.throws(() => world.left.plan(options), /must be between 1 and/);
  const plan = world.left.plan();
  const result = plan.execute();
  assert.throws(() => plan.execute(), /executed before/);
  assert.throws(() => plan.requestRanges(world.right.endpoint, [request]), /under way/);
  const many = new Array(65_537).fill(entireFiles(A, 1)[0]);
  assert.throws(
    () => world.left.plan().transferFiles(world.right.endpoint, many),
    /more than 65536 files/,
  );
  await settled(world, result);
  await assertNothingOpen(world);
});

test.run();
