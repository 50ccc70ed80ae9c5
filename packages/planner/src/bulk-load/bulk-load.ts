// Control plane. Who gets what when SSTables are loaded into a live ring. Called by the front door; knows tokens and ranges, no files.
import {
  fullRing,
  isPlacedByRing,
  normalize,
  type Partitioner,
  pendingRanges,
  type RingNode,
  replicationText,
  ringEndpointText,
  type TokenRange,
} from '@scamander/ring';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { PlanErrorType } from '../errors.ts';
import { LOAD_SSTABLES_MAX } from '../limits.ts';
import { checkFilters, verdicts } from './filters.ts';
import { type MarkedGroup, replicaGroups } from './groups.ts';
import { holdsSpan, mergeSpans, rangesMeeting, type TokenSpan } from './spans.ts';
import type {
  BulkLoadInput,
  BulkLoadPlan,
  ExclusionReason,
  LoadExclusion,
  LoadFilters,
  LoadSSTable,
  LoadTarget,
  LoadTransfer,
} from './types.ts';

const spanOf = ({ firstToken, lastToken }: LoadSSTable): TokenSpan => ({
  first: firstToken,
  last: lastToken,
});

const transferOf = (
  partitioner: Partitioner,
  sstable: LoadSSTable,
  node: RingNode,
  owned: readonly TokenRange[],
): LoadTransfer | undefined => {
  const ranges = rangesMeeting(partitioner, owned, spanOf(sstable));
  if (ranges.length === 0) return undefined;
  const sizes = sstable.sections?.(ranges);
  if (sizes?.bytes === 0n) return undefined;
  const ownsAll = sizes?.whole === true || holdsSpan(partitioner, owned, spanOf(sstable));
  const allowed = ownsAll ? sstable.entireAllowed(node) : 'it owns only a part of the SSTable';
  return allowed === true
    ? {
        sstable: sstable.id,
        mode: 'entire',
        ranges,
        whySections: undefined,
        bytes: sstable.sizeBytes,
      }
    : { sstable: sstable.id, mode: 'sections', ranges, whySections: allowed, bytes: sizes?.bytes };
};

interface TargetDraft {
  natural: boolean;
  pending: boolean;
  readonly ranges: TokenRange[];
}

interface Assignment {
  readonly targets: ReadonlyMap<RingNode, TargetDraft>;
  readonly excluded: readonly LoadExclusion[];
}

/** Not by spread: a call takes some hundred thousand arguments at most. */
const addAll = (to: TokenRange[], from: readonly TokenRange[]): void => {
  for (const range of from) to.push(range);
};

const assign = (
  partitioner: Partitioner,
  groups: readonly MarkedGroup[],
  filters: LoadFilters,
): Assignment => {
  const targets = new Map<RingNode, TargetDraft>();
  const passedOver = new Map<RingNode, Map<ExclusionReason, TokenRange[]>>();
  for (const group of groups) {
    for (const { node, role, reason } of verdicts(group, filters)) {
      if (reason === undefined) {
        const draft = targets.get(node) ?? { natural: false, pending: false, ranges: [] };
        targets.set(node, draft);
        draft[role] = true;
        addAll(draft.ranges, group.ranges);
      } else {
        const byReason = passedOver.get(node) ?? new Map<ExclusionReason, TokenRange[]>();
        passedOver.set(node, byReason);
        const ranges = byReason.get(reason) ?? [];
        byReason.set(reason, ranges);
        addAll(ranges, group.ranges);
      }
    }
  }
  const excluded = [...passedOver].flatMap(([node, byReason]) =>
    [...byReason].map(([reason, ranges]) => ({
      node,
      reason,
      ranges: normalize(partitioner, ranges),
    })),
  );
  return { targets, excluded };
};

const checkInput = (input: BulkLoadInput): PlanErrorType | undefined => {
  const { ring, replication, sstables, filters = {} } = input;
  if (!isPlacedByRing(replication))
    return { code: 'SCM_PLAN_NOT_PLACED', replication: replicationText(replication) };
  if (sstables.length > LOAD_SSTABLES_MAX) {
    const { length: count } = sstables;
    return { code: 'SCM_PLAN_TOO_LARGE', what: 'SSTables', count, limit: LOAD_SSTABLES_MAX };
  }
  const seen = new Set<string>();
  for (const { id, firstToken, lastToken } of sstables) {
    const bad = (reason: string): PlanErrorType => ({
      code: 'SCM_PLAN_BAD_SSTABLE',
      sstable: id,
      reason,
    });
    if (seen.has(id)) return bad('it is in the load twice');
    seen.add(id);
    if (ring.partitioner.compare(firstToken, lastToken) > 0)
      return bad('its first token lies after its last one');
  }
  return checkFilters(ring, filters);
};

const checkGroups = (
  groups: readonly MarkedGroup[],
  replication: string,
): PlanErrorType | undefined => {
  if (groups.some(({ natural }) => natural.length === 0))
    return { code: 'SCM_PLAN_NO_REPLICAS', replication };
  const transient = new Set(groups.flatMap((group) => group.transient));
  if (transient.size === 0) return undefined;
  const nodes = [...transient].map(({ endpoint }) => ringEndpointText(endpoint)).sort();
  return { code: 'SCM_PLAN_TRANSIENT', replication, nodes };
};

/**
 * The plan of a load: every replica that owns, or will own, part of the data gets exactly that part. Nodes that join,
 * replace or move get what they will own, nodes that leave what they still own. Nodes held for down are passed over and
 * said so. Left: `SCM_PLAN_TRANSIENT`, `SCM_PLAN_NOT_PLACED`, `SCM_PLAN_NO_REPLICAS`, `SCM_PLAN_UNKNOWN_NAME`,
 * `SCM_PLAN_BAD_SSTABLE`, `SCM_PLAN_TOO_LARGE`.
 */
export const bulkLoad = (input: BulkLoadInput): Either<PlanErrorType, BulkLoadPlan> => {
  const wrong = checkInput(input);
  if (wrong !== undefined) return left(wrong);
  const { ring, replication, sstables, filters = {} } = input;
  const { partitioner } = ring;
  const asked = normalize(partitioner, filters.ranges ?? [fullRing(partitioner)]);
  const touched = sstables.filter(
    (sstable) => rangesMeeting(partitioner, asked, spanOf(sstable)).length > 0,
  );
  if (touched.length > 0 && ring.owners.length === 0)
    return left({ code: 'SCM_PLAN_NO_REPLICAS', replication: replicationText(replication) });
  const touchedIds = new Set(touched.map(({ id }) => id));
  const data = mergeSpans(partitioner, touched.map(spanOf));
  const pending = pendingRanges(ring, replication);
  const groups = replicaGroups(ring, replication, pending, asked, data);
  const impossible = checkGroups(groups, replicationText(replication));
  if (impossible !== undefined) return left(impossible);
  const { targets, excluded } = assign(partitioner, groups, filters);
  const planned = ring.nodes.flatMap((node): readonly LoadTarget[] => {
    const draft = targets.get(node);
    if (draft === undefined) return [];
    const ranges = normalize(partitioner, draft.ranges);
    const transfers = touched.flatMap(
      (sstable) => transferOf(partitioner, sstable, node, ranges) ?? [],
    );
    return transfers.length === 0 ? [] : [{ ...draft, node, ranges, transfers }];
  });
  return right({
    ring,
    replication,
    targets: planned,
    excluded,
    untouched: sstables.map(({ id }) => id).filter((id) => !touchedIds.has(id)),
    groups: groups.map(({ ranges, natural, pending: coming }) => ({
      ranges,
      natural,
      pending: coming,
    })),
  });
};
