// Random rings, settings and filters for property tests, on tokens few enough to try one of each range.

import type { LoadFilters } from '@scamander/planner';
import {
  contains,
  Murmur3Partitioner as murmur3,
  type Replication,
  type RingNode,
  type RingState,
  type TokenRange,
} from '@scamander/ring';
import fc from 'fast-check';
import { everywhere, type NodeRow, ringOf, simple, topology } from './harness.ts';

const MIN = -(2n ** 63n);
const STEP = 10;
const SLOTS = 60;

/** Node tokens are multiples of ten from 0 to 590, so between and at these lies one token of every range that there can be. */
export const probes: readonly bigint[] = [
  MIN,
  MIN + 1n,
  ...Array.from({ length: 2 * SLOTS }, (_, index) => BigInt((index * STEP) / 2)),
  2n ** 63n - 1n,
];

/** The probes that lie in the ranges. */
export const within = (ranges: readonly TokenRange[]): readonly bigint[] =>
  probes.filter((token) => ranges.some((range) => contains(murmur3, range, token)));

const statuses = ['normal', 'normal', 'normal', 'leaving', 'moving', 'joining'] as const;

const nodeRow = (dcs: readonly string[]) =>
  fc.record({
    vnodes: fc.constantFrom(1, 1, 2, 4),
    dc: fc.constantFrom(...dcs),
    rack: fc.constantFrom('r1', 'r2', 'r3'),
    status: fc.constantFrom(...statuses),
    alive: fc.constantFrom(true, true, true, undefined, false),
  });

/** Two normal nodes at least, one in each datacenter; `prefix` keeps the hosts of two rings apart. */
export const someRing = (
  prefix = 'n',
  dcs: readonly string[] = ['dc1', 'dc2'],
): fc.Arbitrary<RingState> =>
  fc
    .record({
      slots: fc.shuffledSubarray(
        Array.from({ length: SLOTS }, (_, slot) => slot * STEP),
        { minLength: SLOTS, maxLength: SLOTS },
      ),
      more: fc.array(nodeRow(dcs), { maxLength: 6 }),
    })
    .map(({ slots, more }) => {
      const free = [...slots];
      const take = () => free.pop() as number;
      const rows: Record<string, NodeRow> = {};
      for (const dc of dcs) rows[`${prefix}-${dc}`] = { tokens: [take()], dc };
      for (const [index, { vnodes, status, ...row }] of more.entries()) {
        const tokens = Array.from({ length: status === 'moving' ? 1 : vnodes }, take);
        const newToken = status === 'moving' ? { newToken: BigInt(take()) } : {};
        rows[`${prefix}${index}`] = { ...row, status, tokens, ...newToken };
      }
      return ringOf(rows);
    });

/** Strategies that the ring places. */
export const someReplication = (
  dcs: readonly string[] = ['dc1', 'dc2'],
): fc.Arbitrary<Replication> =>
  fc.constantFrom(
    simple(1),
    simple(2),
    simple(3),
    everywhere,
    topology(Object.fromEntries(dcs.map((dc) => [dc, 1]))),
    topology(Object.fromEntries(dcs.map((dc, index) => [dc, 2 - index]))),
    topology({ [dcs[0] as string]: 2 }),
  );

/** Ranges whose bounds are those of nodes, lie between them, or at the end of the ring. */
export const someRanges: fc.Arbitrary<readonly TokenRange[]> = fc.array(
  fc.record({
    left: fc.constantFrom(MIN, ...Array.from({ length: SLOTS }, (_, slot) => BigInt(slot * STEP))),
    right: fc.constantFrom(MIN, ...Array.from({ length: SLOTS }, (_, slot) => BigInt(slot * STEP))),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Filters that name what is in the ring. */
export const someFilters = (ring: RingState): fc.Arbitrary<LoadFilters> => {
  const hosts = ring.nodes.map(({ endpoint }) => endpoint.host);
  const dcs = [...new Set(ring.nodes.map(({ dc }) => dc))];
  return fc.record(
    {
      dcs: fc.subarray(dcs, { minLength: 1 }),
      only: fc.subarray(hosts, { minLength: 1 }),
      ignore: fc.subarray(hosts, { maxLength: 2 }),
      primaryOnly: fc.boolean(),
      ranges: someRanges,
    },
    { requiredKeys: [] },
  );
};

/** May a replica be asked at all, by the plain words of the filters; `primaryOnly` apart. */
export const passes = (node: RingNode, filters: LoadFilters): boolean =>
  (filters.dcs?.includes(node.dc) ?? true) &&
  (filters.only?.includes(node.endpoint.host) ?? true) &&
  !(filters.ignore?.includes(node.endpoint.host) ?? false);
