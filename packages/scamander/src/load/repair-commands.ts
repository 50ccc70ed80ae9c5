// Control plane. What to run on which node so that it gets what it misses. Called at the end of a load; pure.
// nodetool refuses a range that is not within one of the node's own (spec: repair §6), so each is cut at the tokens of the ring.
import {
  normalize,
  type Partitioner,
  type RingState,
  sameTokens,
  type TokenRange,
} from '@scamander/ring';
import type { Endpoint } from '@scamander/wire-codec';
import { REPAIR_RANGES_MAX } from '../limits.ts';

/** What one replica misses of one table. */
export interface MissedRanges {
  readonly keyspace: string;
  readonly table: string;
  readonly endpoint: Endpoint;
  /** All that the load had for it. */
  readonly owed: readonly TokenRange[];
  readonly missed: readonly TokenRange[];
}

/** The parts of a normalized range between the tokens of the ring. */
const cutAtTokens = (ring: RingState, { left, right }: TokenRange): readonly TokenRange[] => {
  const { partitioner, owners } = ring;
  const { compare, minimumToken } = partitioner;
  const isToEnd = compare(right, minimumToken) === 0;
  const cuts = owners
    .map(({ token }) => token)
    .filter((token) => compare(token, left) > 0 && (isToEnd || compare(token, right) < 0));
  const bounds = [left, ...cuts, right];
  return bounds.slice(1).map((end, index) => ({ left: bounds[index] ?? left, right: end }));
};

const rangeFlags = ({ tokenToText }: Partitioner, { left, right }: TokenRange): string =>
  `-st ${tokenToText(left)} -et ${tokenToText(right)}`;

/** One command for each range, or one for all where it misses everything or too many to be named. */
export const repairCommands = (missed: MissedRanges, ring: RingState): readonly string[] => {
  const { partitioner } = ring;
  const { keyspace, table, endpoint, owed } = missed;
  const command = (flags: string): string =>
    `nodetool -h ${endpoint.host} repair -full ${flags}${keyspace} ${table}`;
  if (missed.missed.length === 0) return [];
  if (sameTokens(partitioner, owed, missed.missed)) return [command('')];
  const ranges = normalize(partitioner, missed.missed).flatMap((range) => cutAtTokens(ring, range));
  return ranges.length > REPAIR_RANGES_MAX
    ? [command('')]
    : ranges.map((range) => command(`${rangeFlags(partitioner, range)} `));
};
