// The plan of a pull against the plain meaning, token by token: every asked token comes from one node that owns it and may be asked, or is in a gap.

import { type LoadFilters, type PullInput, type PullPlan, pullPlan } from '@scamander/planner';
import {
  fullRing,
  intersectionOfSets,
  Murmur3Partitioner as murmur3,
  naturalReplicas,
  normalize,
  placedRanges,
  type RingNode,
  rangeWidth,
} from '@scamander/ring';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  passes,
  probes,
  someFilters,
  someRanges,
  someReplication,
  someRing,
  within,
} from '../arbitrary-rings.ts';

const someInput: fc.Arbitrary<PullInput> = fc
  .tuple(someRing(), someReplication(), fc.boolean())
  .chain(([ring, replication, allReplicas]) =>
    fc.record({
      ring: fc.constant(ring),
      replication: fc.constant(replication),
      allReplicas: fc.constant(allReplicas),
      filters: someFilters(ring),
      done: fc.array(
        fc.record({ node: fc.constantFrom(undefined, ...ring.nodes), ranges: someRanges }),
        { maxLength: 3 },
      ),
    }),
  );

const planOf = (input: PullInput): PullPlan => {
  const plan = pullPlan(input);
  assert.ok(
    plan._tag === 'Right',
    JSON.stringify(plan, (_, value) => String(value)),
  );
  return plan.right;
};

/** Who may be asked for a token. */
const holdersOf = (
  { ring, replication, filters = {} }: PullInput,
  token: bigint,
): readonly RingNode[] => {
  const passing = naturalReplicas(ring, replication, token)
    .map(({ node }) => node)
    .filter((node) => passes(node, filters));
  return (filters.primaryOnly ? passing.slice(0, 1) : passing).filter(
    ({ alive }) => alive !== false,
  );
};

const isDone = ({ done = [], allReplicas }: PullInput, token: bigint, node?: RingNode): boolean =>
  done.some(
    (one) =>
      (!allReplicas || one.node === undefined || one.node === node) &&
      within(one.ranges).includes(token),
  );

const askedTokens = (filters: LoadFilters = {}) => within(filters.ranges ?? [fullRing(murmur3)]);

test('each token from one holder, or from each with all replicas; where there is none, a gap; done ones not again', () => {
  fc.assert(
    fc.property(someInput, (input) => {
      const plan = planOf(input);
      const from = plan.assignments.map(({ node, ranges }) => ({
        node,
        tokens: new Set(within(ranges)),
      }));
      const gaps = new Set(plan.gaps.flatMap(({ ranges }) => within(ranges)));
      const asked = new Set(askedTokens(input.filters));
      for (const token of probes) {
        const nodes = from.filter(({ tokens }) => tokens.has(token)).map(({ node }) => node);
        const holders = holdersOf(input, token);
        const open = asked.has(token) && !isDone(input, token);
        assert.is(gaps.has(token), open && holders.length === 0, `gap at ${token}`);
        if (input.allReplicas) {
          const wanted = open ? holders.filter((node) => !isDone(input, token, node)) : [];
          assert.equal(new Set(nodes), new Set(wanted), `nodes of ${token}`);
        } else {
          assert.is(
            nodes.length,
            open && holders.length > 0 ? 1 : 0,
            `times ${token} is asked for`,
          );
          for (const node of nodes) assert.ok(holders.includes(node), `who is asked for ${token}`);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('ranges are normalized, and a gap names all its replicas with a reason', () => {
  fc.assert(
    fc.property(someInput, (input) => {
      const plan = planOf(input);
      for (const { ranges } of [...plan.assignments, ...plan.gaps, ...plan.excluded]) {
        assert.ok(ranges.length > 0);
        assert.equal(ranges, normalize(murmur3, ranges));
      }
      for (const { ranges, replicas } of plan.gaps) {
        for (const token of within(ranges)) {
          const owners = naturalReplicas(input.ring, input.replication, token);
          assert.equal(
            new Set(replicas.map(({ node }) => node)),
            new Set(owners.map(({ node }) => node)),
          );
        }
      }
    }),
  );
});

test('no range could go to another holder without giving that one more than its node has', () => {
  fc.assert(
    fc.property(someRing(), someReplication(), (ring, replication) => {
      const input = { ring, replication };
      const plan = planOf(input);
      const loads = new Map<RingNode, bigint>(ring.nodes.map((node) => [node, 0n]));
      const widthOf = (ranges: PullPlan['doneRanges']) =>
        ranges.reduce((sum, range) => sum + (rangeWidth(murmur3, range) as bigint), 0n);
      for (const { node, ranges } of plan.assignments) loads.set(node, widthOf(ranges));
      for (const { node, ranges } of plan.assignments) {
        for (const { range, replicas } of placedRanges(ring, replication)) {
          // the piece around the end of the ring is two pieces of the plan
          for (const piece of intersectionOfSets(murmur3, [range], ranges)) {
            for (const other of replicas.map((replica) => replica.node)) {
              if (other === node || other.alive === false) continue;
              const width = rangeWidth(murmur3, piece) as bigint;
              assert.ok((loads.get(node) as bigint) <= (loads.get(other) as bigint) + width);
            }
          }
        }
      }
    }),
    { numRuns: 150 },
  );
});

test.run();
