// Builders shared by this package's tests: rings, SSTables and plans as short text.

import {
  type BulkLoadInput,
  type BulkLoadPlan,
  bulkLoad,
  type LoadSSTable,
} from '@scamander/planner';
import {
  makeRing,
  Murmur3Partitioner as murmur3,
  parseRange,
  parseReplication,
  type Replication,
  type RingNode,
  type RingState,
  rangeText,
  type TokenRange,
} from '@scamander/ring';
import * as assert from 'uvu/assert';

/** What a test says of a node; normal, in dc1 and r1 and alive where it says nothing. */
export interface NodeRow extends Partial<Omit<RingNode, 'tokens' | 'endpoint'>> {
  readonly tokens: readonly number[];
}

/** A ring from a table of nodes; keys are hosts. */
export const ringOf = (rows: Readonly<Record<string, NodeRow>>): RingState => {
  const nodes = Object.entries(rows).map(
    ([host, row]): RingNode => ({
      hostId: undefined,
      dc: 'dc1',
      rack: 'r1',
      status: 'normal',
      alive: true,
      ...row,
      endpoint: { host, port: 7000 },
      tokens: row.tokens.map(BigInt),
    }),
  );
  const ring = makeRing(murmur3, nodes);
  assert.ok(ring._tag === 'Right');
  return ring.right;
};

/** Options map to replication. */
export const replication = (options: Readonly<Record<string, string>>): Replication => {
  const parsed = parseReplication(options);
  assert.ok(parsed._tag === 'Right');
  return parsed.right;
};

/** `simple(2)`. */
export const simple = (factor: number | string): Replication =>
  replication({ class: 'SimpleStrategy', replication_factor: String(factor) });

/** Every node keeps everything. */
export const everywhere: Replication = { strategy: 'EverywhereStrategy' };

/** `topology({ dc1: 2 })`. */
export const topology = (factors: Readonly<Record<string, number>>): Replication =>
  replication({
    class: 'NetworkTopologyStrategy',
    ...Object.fromEntries(Object.entries(factors).map(([dc, factor]) => [dc, String(factor)])),
  });

/** An SSTable of 1,000 bytes between two tokens, which may travel whole. */
export const sstable = (
  id: string,
  first: number | bigint,
  last: number | bigint,
  more: Partial<LoadSSTable> = {},
): LoadSSTable => ({
  id,
  firstToken: BigInt(first),
  lastToken: BigInt(last),
  sizeBytes: 1000n,
  entireAllowed: () => true,
  ...more,
});

/** Ranges from text, separated by spaces. */
export const ranges = (text: string): readonly TokenRange[] =>
  text.split(' ').map((word) => {
    const parsed = parseRange(murmur3, word);
    assert.ok(parsed._tag === 'Right');
    return parsed.right;
  });

/** Ranges as text; the minimum token is an empty bound. */
export const rangesText = (found: readonly TokenRange[]): string =>
  found.map((one) => rangeText(murmur3, one).replaceAll(`${-(2n ** 63n)}`, '')).join(' ');

/** The plan; fails the test when there is none. */
export const planOf = (input: BulkLoadInput): BulkLoadPlan => {
  const plan = bulkLoad(input);
  assert.ok(
    plan._tag === 'Right',
    JSON.stringify(plan, (_, value) => String(value)),
  );
  return plan.right;
};

/** `host: id whole, id (0,10]`. */
export const transfersText = (plan: BulkLoadPlan): Record<string, string> =>
  Object.fromEntries(
    plan.targets.map(({ node, transfers }) => [
      node.endpoint.host,
      transfers
        .map((one) => `${one.sstable} ${one.mode === 'entire' ? 'whole' : rangesText(one.ranges)}`)
        .join(', '),
    ]),
  );

/** `host reason (0,10]`. */
export const excludedText = (plan: BulkLoadPlan): readonly string[] =>
  plan.excluded.map(
    ({ node, reason, ranges: missed }) => `${node.endpoint.host} ${reason} ${rangesText(missed)}`,
  );
