// Control plane. Which SSTables and which ranges answer a request, as nodes decide it (spec: streaming-4.0-plus §2.3, §2.6, §6.4, §6.9).
// Called by the sending port of serve. Pure.
import { normalize, type Partitioner, type TokenRange } from '@scamander/ring';
import type { OutgoingSessionInfo } from '@scamander/session';
import type { SSTable, StatisticsSummary } from '@scamander/sstable-io';
import type { StreamRequest } from '@scamander/wire-codec';
import type { Standing } from '../outgoing/standing.ts';

type Repair = Pick<StatisticsSummary, 'repairedAtMs' | 'pendingRepair'>;

const isRepaired = ({ repairedAtMs }: Repair): boolean => repairedAtMs !== 0n;

/** A preview selects by its kind, a session of a repair what belongs to that repair; any other session takes everything. */
export const isSelected = (
  sstable: Repair,
  { previewKind, pendingRepair }: Pick<OutgoingSessionInfo, 'previewKind' | 'pendingRepair'>,
): boolean => {
  switch (previewKind) {
    case 'ALL':
      return true;
    case 'UNREPAIRED':
      return !isRepaired(sstable);
    case 'REPAIRED':
      return isRepaired(sstable);
    case 'NONE':
      return pendingRepair === undefined || sstable.pendingRepair === pendingRepair;
    default: {
      const never: never = previewKind;
      return never;
    }
  }
};

/** The ranges as disjoint ones, in order. Of repaired SSTables, a transient replica holds nothing. */
export const rangesFor = (
  sstable: Repair,
  { fullRanges, transientRanges }: Pick<StreamRequest, 'fullRanges' | 'transientRanges'>,
  partitioner: Partitioner,
): readonly TokenRange[] =>
  normalize(partitioner, isRepaired(sstable) ? fullRanges : [...fullRanges, ...transientRanges]);

/** Operations that move a node's data to where it stays; the others send level 0. */
const KEEP_LEVEL: ReadonlySet<string> = new Set([
  'bootstrap',
  'rebuild',
  'unbootstrap',
  'relocation',
]);

/** What is told with the SSTable. */
export const standingOf = (
  { sstableLevel, repairedAtMs, pendingRepair }: StatisticsSummary,
  { operation }: Pick<OutgoingSessionInfo, 'operation'>,
): Standing => ({
  sstableLevel: KEEP_LEVEL.has(operation.toLowerCase()) ? sstableLevel : 0,
  repairedAtMs,
  pendingRepair,
});

/**
 * Why an SSTable that the ranges cover may still not travel whole; undefined when it may. A peer that speaks 12 may be a node of 5.0
 * in compatibility mode, which takes a whole `oa` SSTable and then does not start again (spec §4.4).
 */
export const sectionsOnly = (
  { files, statistics }: Pick<SSTable, 'files' | 'statistics'>,
  { version }: Pick<OutgoingSessionInfo, 'version'>,
): string | undefined => {
  if (statistics.hasLegacyCounterShards) return 'counters of before 2.1 are rewritten';
  if (files.descriptor.version === 'oa' && version < 13)
    return 'a node that speaks 12 may not start again with a whole oa SSTable';
  return undefined;
};
