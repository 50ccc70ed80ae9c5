// The plan of a copy against the plain meaning, token by token: every asked token goes from one node that has it to all the replicas that may get it.

import { type CopyInput, type CopyPlan, copyPlan } from '@scamander/planner';
import {
  contains,
  Murmur3Partitioner as murmur3,
  naturalReplicas,
  normalize,
  type RingNode,
  rangeWidth,
  type TokenRange,
  writeReplicas,
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
import { everywhere } from '../harness.ts';

const targetDcs = ['east', 'west'];

const someInput: fc.Arbitrary<CopyInput> = fc
  .record({
    from: someRing(),
    to: someRing('t', targetDcs),
    read: someReplication(),
    written: someReplication(targetDcs),
  })
  .chain(({ from, to, read, written }) =>
    fc.record({
      source: someFilters(from).map((filters) => ({ ring: from, replication: read, filters })),
      target: someFilters(to).map((filters) => ({ ring: to, replication: written, filters })),
      done: fc.oneof(fc.constant([]), someRanges),
    }),
  );

const planOf = (input: CopyInput): CopyPlan => {
  const plan = copyPlan(input);
  assert.ok(
    plan._tag === 'Right',
    JSON.stringify(plan, (_, value) => String(value)),
  );
  return plan.right;
};

const holds = (ranges: readonly TokenRange[] | undefined, token: bigint): boolean =>
  ranges?.some((range) => contains(murmur3, range, token)) ?? true;

const givers = ({ source }: CopyInput, token: bigint): readonly RingNode[] => {
  const { ring, replication, filters = {} } = source;
  const passing = naturalReplicas(ring, replication, token)
    .map(({ node }) => node)
    .filter((node) => passes(node, filters));
  return (filters.primaryOnly ? passing.slice(0, 1) : passing).filter(
    ({ alive }) => alive !== false,
  );
};

const takers = ({ target }: CopyInput, token: bigint): readonly RingNode[] => {
  const { ring, replication, filters = {} } = target;
  const natural = new Set(naturalReplicas(ring, replication, token).map(({ node }) => node));
  const passing = writeReplicas(ring, replication, token)
    .map(({ node }) => node)
    .filter((node) => passes(node, filters));
  const primary = passing.find((node) => natural.has(node));
  return passing.filter(
    (node) =>
      node.alive !== false && !(filters.primaryOnly && natural.has(node) && node !== primary),
  );
};

test('each token once, from one holder to every replica that may get it; the rest are gaps', () => {
  fc.assert(
    fc.property(someInput, (input) => {
      const plan = planOf(input);
      const units = plan.units.map((unit) => ({ ...unit, tokens: new Set(within(unit.ranges)) }));
      const sourceGaps = new Set(plan.sourceGaps.flatMap(({ ranges }) => within(ranges)));
      const targetGaps = new Set(plan.targetGaps.flatMap(({ ranges }) => within(ranges)));
      for (const token of probes) {
        const asked =
          holds(input.source.filters?.ranges, token) &&
          holds(input.target.filters?.ranges, token) &&
          !(input.done ?? []).some((range) => contains(murmur3, range, token));
        const from = givers(input, token);
        const to = takers(input, token);
        assert.is(sourceGaps.has(token), asked && from.length === 0, `source gap at ${token}`);
        assert.is(targetGaps.has(token), asked && to.length === 0, `target gap at ${token}`);
        const here = units.filter(({ tokens }) => tokens.has(token));
        assert.is(here.length, asked && from.length > 0 && to.length > 0 ? 1 : 0, `at ${token}`);
        for (const unit of here) {
          assert.ok(from.includes(unit.from));
          assert.equal(new Set(unit.to), new Set(to), `who gets ${token}`);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('with every replica each holder gives all that it has, to the same replicas as one of them would', () => {
  fc.assert(
    fc.property(someInput, (input) => {
      const whole = { ...input, source: { ...input.source, allReplicas: true } };
      const plan = planOf(whole);
      const one = planOf(input);
      assert.equal(plan.sourceGaps, one.sourceGaps);
      assert.equal(plan.targetGaps, one.targetGaps);
      const units = plan.units.map((unit) => ({ ...unit, tokens: new Set(within(unit.ranges)) }));
      for (const token of probes) {
        const here = units.filter(({ tokens }) => tokens.has(token));
        const chosen = one.units.find(({ ranges }) =>
          ranges.some((range) => contains(murmur3, range, token)),
        );
        const from = chosen === undefined ? [] : givers(input, token);
        assert.equal(new Set(here.map((unit) => unit.from)), new Set(from), `who gives ${token}`);
        assert.is(here.length, from.length, `once each at ${token}`);
        for (const unit of here) assert.equal(new Set(unit.to), new Set(chosen?.to));
      }
    }),
    { numRuns: 200 },
  );
});

test('a unit names the replicas of its ranges: those that get them, and those that miss them', () => {
  fc.assert(
    fc.property(someInput, (input) => {
      const { target } = input;
      const names = new Set<string>();
      for (const unit of planOf(input).units) {
        assert.equal(unit.ranges, normalize(murmur3, unit.ranges));
        const all = new Set([...unit.natural, ...unit.pending]);
        assert.equal(new Set([...unit.to, ...unit.excluded.map(({ node }) => node)]), all);
        for (const token of within(unit.ranges)) {
          const natural = naturalReplicas(target.ring, target.replication, token);
          assert.equal(new Set(unit.natural), new Set(natural.map(({ node }) => node)));
          const written = writeReplicas(target.ring, target.replication, token);
          assert.equal(all, new Set(written.map(({ node }) => node)));
        }
        const hosts = [unit.to, unit.natural, unit.pending].map((nodes) =>
          nodes.map(({ endpoint }) => endpoint.host).sort(),
        );
        const name = JSON.stringify([unit.from.endpoint.host, ...hosts]);
        assert.not(names.has(name), 'two units that could be one');
        names.add(name);
      }
    }),
  );
});

test('where every node has everything, none is asked for more than a quarter above its share and the widest piece', () => {
  fc.assert(
    fc.property(
      someRing(),
      someRing('t', targetDcs),
      someReplication(targetDcs),
      (from, to, written) => {
        const plan = planOf({
          source: { ring: from, replication: everywhere },
          target: { ring: to, replication: written },
        });
        const widths = plan.units.map(({ from: node, ranges }) => ({
          node,
          width: ranges.reduce((sum, range) => sum + (rangeWidth(murmur3, range) as bigint), 0n),
        }));
        const whole = widths.reduce((sum, { width }) => sum + width, 0n);
        const alive = from.members.filter((node) => node.alive !== false);
        const cuts = [
          ...from.owners,
          ...to.owners,
          ...to.nodes.flatMap(({ tokens, newToken }) =>
            [...tokens, ...(newToken === undefined ? [] : [newToken])].map((token) => ({ token })),
          ),
        ]
          .map(({ token }) => token as bigint)
          .sort(murmur3.compare);
        const bounds = [murmur3.minimumToken as bigint, ...cuts];
        const widest = bounds
          .map(
            (left, index) =>
              rangeWidth(murmur3, {
                left,
                right: bounds[index + 1] ?? murmur3.minimumToken,
              }) as bigint,
          )
          .reduce((most, width) => (width > most ? width : most), 0n);
        for (const node of alive) {
          const load = widths
            .filter((one) => one.node === node)
            .reduce((sum, { width }) => sum + width, 0n);
          assert.ok(4n * load <= 5n * (whole / BigInt(alive.length) + widest) + 5n);
        }
      },
    ),
  );
});

test.run();
