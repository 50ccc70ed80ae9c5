// Builders shared by this package's tests: rows of real nodes, gossip states, short texts of rings.
import { readFileSync } from 'node:fs';
import { Murmur3Partitioner as murmur3, type RingState } from '@scamander/ring';
import * as assert from 'uvu/assert';
import type { Row } from '../src/cql/row.ts';
import type { GossipState } from '../src/gossip/gossip-state.ts';

/** Releases whose rows lie in fixtures. */
export const RELEASES = ['4.0.19', '4.1.10', '5.0.6', '6.0-alpha2'] as const;

/** Rows by table, as fixtures/README.md says. */
export type SystemRows = Readonly<
  Record<
    | 'local'
    | 'peers'
    | 'keyspaces'
    | 'tables'
    | 'columns'
    | 'dropped'
    | 'indexes'
    | 'views'
    | 'types',
    readonly Row[]
  >
>;

/** What a node of this release answered. */
export const rowsOf = (release: (typeof RELEASES)[number]): SystemRows =>
  JSON.parse(
    readFileSync(new URL(`./fixtures/rows-${release}.json`, import.meta.url), 'utf8'),
  ) as SystemRows;

/** What a node of this release tells of itself, as fixtures/README.md says. */
export interface Views {
  readonly virtualTables: readonly string[];
  readonly settings: readonly Row[];
  readonly threadPools: readonly Row[];
  readonly diskUsage: readonly Row[];
  readonly now: readonly Row[];
  /** From 4.1 on. */
  readonly gossipInfo?: readonly Row[];
}

/** A node that had just started. */
export const viewsOf = (release: (typeof RELEASES)[number]): Views =>
  JSON.parse(
    readFileSync(new URL(`./fixtures/views-${release}.json`, import.meta.url), 'utf8'),
  ) as Views;

/** The value, or the test fails with the error. */
export const value = <T>(
  either: { _tag: 'Left'; left: unknown } | { _tag: 'Right'; right: T },
): T => {
  if (either._tag === 'Right') return either.right;
  throw either.left instanceof Error ? either.left : new Error(JSON.stringify(either.left));
};

/** A gossip state; `status` as in gossip, `MOVING,15`. */
export const gossip = (
  host: string,
  status: string | undefined,
  tokens: readonly number[],
  more: Partial<GossipState> = {},
): GossipState => {
  const [state = '', ...pieces] = (status ?? '').split(',');
  return {
    endpoint: { host, port: 7000 },
    generation: 100,
    heartbeatVersion: 1,
    status: status === undefined ? undefined : { state, pieces },
    tokens: tokens.map(BigInt),
    hostId: `id-${host}`,
    dc: 'dc1',
    rack: 'r1',
    releaseVersion: '5.0.6',
    schemaVersion: undefined,
    sstableVersions: [],
    diskUsage: undefined,
    alive: undefined,
    ...more,
  };
};

/** `host status tokens`, in the ring's order. */
export const ringText = (ring: RingState): readonly string[] =>
  ring.nodes.map(
    ({ endpoint, status, tokens, newToken, replacing }) =>
      `${endpoint.host} ${status} ${tokens.map(murmur3.tokenToText).join(',')}` +
      `${newToken === undefined ? '' : ` to ${newToken}`}` +
      `${replacing === undefined ? '' : ` for ${replacing.host}`}`,
  );

/** Fails unless it is a Left with this code; returns its message. */
export const refusal = (
  either:
    | { _tag: 'Left'; left: { readonly code: string; readonly message: string } }
    | { _tag: 'Right' },
  code: string,
): string => {
  assert.ok(either._tag === 'Left', `expected ${code}`);
  assert.is(either.left.code, code);
  return either.left.message;
};
