import { bulkLoad } from '@scamander/planner';
import { Murmur3Partitioner as murmur3 } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planOf, ranges, ringOf, simple, sstable, transfersText } from '../harness.ts';

const one = ringOf({ a: { tokens: [0] } });
const two = ringOf({ a: { tokens: [0] }, b: { tokens: [100] } });

// (0,100] belongs to b, (100,0] to a.
for (const [first, last, expected] of [
  [1, 100, { b: 'x whole' }],
  [0, 0, { a: 'x whole' }],
  [101, 200, { a: 'x whole' }],
  [-50, 0, { a: 'x whole' }],
  [0, 1, { a: 'x (,0]', b: 'x (0,100]' }],
  [100, 101, { a: 'x (100,]', b: 'x (0,100]' }],
  [-50, 150, { a: 'x (,0] (100,]', b: 'x (0,100]' }],
] as const) {
  test(`keys from ${first} to ${last}`, () => {
    const plan = planOf({
      ring: two,
      replication: simple(1),
      sstables: [sstable('x', first, last)],
    });
    assert.equal(transfersText(plan), expected);
  });
}

test('a single node owns everything', () => {
  const all = sstable('x', -(2n ** 63n) + 1n, 2n ** 63n - 1n);
  const plan = planOf({ ring: one, replication: simple(3), sstables: [all] });
  assert.equal(transfersText(plan), { a: 'x whole' });
});

test('asked ranges cut what travels, and leave SSTables untouched', () => {
  const plan = planOf({
    ring: two,
    replication: simple(1),
    sstables: [sstable('x', 10, 90), sstable('y', 60, 70), sstable('z', 300, 400)],
    filters: { ranges: ranges('(50,80]') },
  });
  assert.equal(transfersText(plan), { b: 'x (50,80], y whole' });
  assert.equal(plan.untouched, ['z']);
});

test('first after last is refused', () => {
  const found = bulkLoad({ ring: two, replication: simple(1), sstables: [sstable('x', 2, 1)] });
  assert.ok(found._tag === 'Left' && found.left.code === 'SCM_PLAN_BAD_SSTABLE');
  assert.is(murmur3.compare(2n, 1n), 1);
});

test.run();
