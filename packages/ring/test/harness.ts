// Builders shared by this package's tests: rings from short tables, ranges and replicas as short text.

import {
  Murmur3Partitioner,
  makeRing,
  type Partitioner,
  parseRange,
  parseReplication,
  parseToken,
  type Replica,
  type Replication,
  type RingNode,
  type RingState,
  rangeText,
  type Token,
  type TokenRange,
} from '@scamander/ring';
import * as assert from 'uvu/assert';

type TokenText = number | string | bigint;

/** A token of the partitioner from short text. */
export const token = (text: TokenText, partitioner: Partitioner = Murmur3Partitioner): Token => {
  const parsed = parseToken(partitioner, String(text));
  assert.ok(parsed._tag === 'Right', `no token: ${text}`);
  return parsed.right;
};

/** `(l,r]` of the partitioner from short text. */
export const range = (text: string, partitioner: Partitioner = Murmur3Partitioner): TokenRange => {
  const parsed = parseRange(partitioner, text);
  assert.ok(parsed._tag === 'Right', `no range: ${text}`);
  return parsed.right;
};

/** Several ranges, separated by spaces. */
export const ranges = (text: string, partitioner: Partitioner = Murmur3Partitioner) =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => range(word, partitioner));

/** Ranges as sorted text. */
export const texts = (
  found: readonly TokenRange[],
  partitioner: Partitioner = Murmur3Partitioner,
): readonly string[] => found.map((one) => rangeText(partitioner, one)).sort();

/** What a test says of a node; a node without `status` is normal. */
export interface NodeRow {
  readonly tokens: readonly TokenText[];
  readonly dc?: string;
  readonly rack?: string;
  readonly status?: RingNode['status'];
  readonly newToken?: TokenText;
  readonly replacing?: string;
}

/** A node named by its host. */
export const node = (
  host: string,
  row: NodeRow,
  partitioner: Partitioner = Murmur3Partitioner,
): RingNode => ({
  endpoint: { host, port: 7000 },
  hostId: undefined,
  dc: row.dc ?? 'dc1',
  rack: row.rack ?? 'r1',
  tokens: row.tokens.map((text) => token(text, partitioner)),
  status: row.status ?? 'normal',
  alive: undefined,
  ...(row.newToken === undefined ? {} : { newToken: token(row.newToken, partitioner) }),
  ...(row.replacing === undefined ? {} : { replacing: { host: row.replacing, port: 7000 } }),
});

/** A ring from a table of nodes; keys are hosts. */
export const ringOf = (
  rows: Readonly<Record<string, NodeRow>>,
  partitioner: Partitioner = Murmur3Partitioner,
): RingState => {
  const ring = makeRing(
    partitioner,
    Object.entries(rows).map(([host, row]) => node(host, row, partitioner)),
  );
  assert.ok(
    ring._tag === 'Right',
    JSON.stringify(ring, (_, value) => String(value)),
  );
  return ring.right;
};

/** `simple(3)`, `simple('3/1')`. */
export const simple = (factor: number | string): Replication =>
  replication({ class: 'SimpleStrategy', replication_factor: String(factor) });

/** `topology({ dc1: 3 })`. */
export const topology = (factors: Readonly<Record<string, number | string>>): Replication =>
  replication({
    class: 'org.apache.cassandra.locator.NetworkTopologyStrategy',
    ...Object.fromEntries(Object.entries(factors).map(([dc, factor]) => [dc, String(factor)])),
  });

/** Options map to replication; fails the test when it isn't one. */
export const replication = (options: Readonly<Record<string, string>>): Replication => {
  const parsed = parseReplication(options);
  assert.ok(parsed._tag === 'Right', JSON.stringify(parsed));
  return parsed.right;
};

/** Hosts in order. */
export const hosts = (replicas: readonly Replica[]): string =>
  replicas.map((replica) => replica.node.endpoint.host).join(' ');

/** `host` → sorted ranges, from a list of replicas. */
export const byHost = (
  replicas: readonly Replica[],
  partitioner: Partitioner = Murmur3Partitioner,
): Record<string, readonly string[]> => {
  const found: Record<string, readonly string[]> = {};
  for (const replica of replicas) {
    const { host } = replica.node.endpoint;
    found[host] = [...(found[host] ?? []), rangeText(partitioner, replica.range)].sort();
  }
  return found;
};
