// Control plane. Gathers ranges with the same replicas, cut to where there is data. Called by bulkLoad.
import {
  intersectionOfSets,
  type Replica,
  type Replication,
  type RingNode,
  type RingState,
  type TokenRange,
} from '@scamander/ring';
import { ringCells } from '../cells.ts';
import { meetsSpans, type TokenSpan } from './spans.ts';
import type { ReplicaGroup } from './types.ts';

/** A group that still knows full from transient. */
export interface MarkedGroup extends ReplicaGroup {
  readonly transient: readonly RingNode[];
}

/**
 * Groups of ranges with equal replicas, cut to the asked ranges and to where there is data.
 * Within a group the natural replicas stand in ring order, so the first is the primary.
 */
export const replicaGroups = (
  ring: RingState,
  replication: Replication,
  pending: readonly Replica[],
  asked: readonly TokenRange[],
  data: readonly TokenSpan[],
): readonly MarkedGroup[] => {
  const { partitioner } = ring;
  const withData = (range: TokenRange) => meetsSpans(partitioner, range, data);
  const drafts = new Map<string, MarkedGroup & { readonly ranges: TokenRange[] }>();
  for (const { key, range, ...replicas } of ringCells(ring, replication, pending, withData)) {
    const known = drafts.get(key);
    if (known === undefined) drafts.set(key, { ...replicas, ranges: [range] });
    else known.ranges.push(range);
  }
  return [...drafts.values()]
    .map((draft) => ({
      ...draft,
      ranges: intersectionOfSets(partitioner, draft.ranges, asked),
    }))
    .filter(({ ranges }) => ranges.some(withData));
};
