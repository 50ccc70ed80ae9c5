// Control plane. What a copy came to: the verdict that decides the exit code, who misses what, and how they get it. Called by copy(); pure.
import { type ConsistencyLevel, type CopyUnit, reached } from '@scamander/planner';
import type { RingNode, TokenRange } from '@scamander/ring';
import { endpointText } from '@scamander/wire-codec';
import type { ScamanderErrorType } from '../errors.ts';
import type { LoadConsistency } from '../load/options.ts';
import { repairCommands } from '../load/repair-commands.ts';
import type { Delivery } from '../receipt/receipt.ts';
import type { Target } from '../target/target.ts';
import type { Copied } from './copied.ts';
import type { TableCopy } from './copy-table.ts';
import type { CopyReport, RowComparison } from './copy-types.ts';

/** What the end is judged by. */
export interface Ending {
  readonly tables: readonly TableCopy[];
  /** Problems of tables that were not begun. */
  readonly problems: readonly ScamanderErrorType[];
  readonly copied: Copied;
  readonly target: Target;
  readonly asked: LoadConsistency;
  readonly dryRun: boolean;
  readonly aborted: boolean;
  readonly comparison: RowComparison | undefined;
}

interface Missing {
  readonly node: RingNode;
  readonly reason: string;
  readonly ranges: TokenRange[];
  /** Of these what another replica has, and can give by a repair. */
  readonly mendable: TokenRange[];
  readonly owed: TokenRange[];
}

const levelOf = (asked: LoadConsistency, localDc: string): ConsistencyLevel =>
  asked === 'LOCAL_QUORUM' ? { level: asked, dc: localDc } : { level: asked };

const replicasOf = ({ natural, pending }: CopyUnit): readonly RingNode[] => [
  ...natural,
  ...pending,
];

/** Replicas left out on purpose miss nothing; those that were down, or failed, do. */
const isMissed = (unit: CopyUnit, node: RingNode): boolean => {
  const exclusion = unit.excluded.find((one) => one.node === node);
  return exclusion === undefined || exclusion.reason === 'down';
};

/** Of one table: the units whose level is not reached, and what each replica misses. */
const judgeTable = ({ pair, plan }: TableCopy, { copied, target, asked }: Ending) => {
  const short: CopyUnit[] = [];
  const missing = new Map<string, Missing>();
  for (const unit of plan?.units ?? []) {
    const has = (node: RingNode) => copied.missing(pair, unit.from, node, unit.ranges).length === 0;
    const acknowledged = new Set(
      replicasOf(unit)
        .filter(has)
        .map(({ endpoint }) => endpointText(endpoint)),
    );
    const { replication } = pair.target;
    const { ring, localDc } = target;
    const level = levelOf(asked, localDc);
    if (!reached({ ring, replication, groups: [unit] }, acknowledged, level).reached)
      short.push(unit);
    for (const node of replicasOf(unit)) {
      if (!isMissed(unit, node)) continue;
      const name = endpointText(node.endpoint);
      const reason = unit.excluded.some((one) => one.node === node) ? 'down' : 'failed';
      const entry = missing.get(name) ?? { node, reason, ranges: [], mendable: [], owed: [] };
      missing.set(name, entry);
      entry.owed.push(...unit.ranges);
      const missed = copied.missing(pair, unit.from, node, unit.ranges);
      entry.ranges.push(...missed);
      if (acknowledged.size > 0) entry.mendable.push(...missed);
    }
  }
  return { short, missing: [...missing.values()].filter(({ ranges }) => ranges.length > 0) };
};

const hasGaps = ({ plan }: TableCopy): boolean =>
  plan === undefined || plan.sourceGaps.length > 0 || plan.targetGaps.length > 0;

/** The part of a report that is judged. */
export type Judgement = Pick<CopyReport, 'verdict' | 'consistency' | 'repairCommands'>;

const verdictOf = (ending: Ending, isShort: boolean, isMissing: boolean): CopyReport['verdict'] => {
  const { tables, problems, dryRun, aborted, comparison } = ending;
  const all = [...problems, ...tables.flatMap((table) => table.problems)];
  const nothing = tables.every(({ deliveries }) =>
    deliveries.every(({ status }) => status === 'skipped' || status === 'failed'),
  );
  const isRefused = all.length > 0 && all.every(({ kind }) => kind === 'refused');
  if (aborted) return 'failed';
  if (dryRun) return all.length === 0 ? 'complete' : isRefused ? 'refused' : 'failed';
  if (isShort || problems.length > 0 || tables.some(hasGaps))
    return nothing && isRefused ? 'refused' : 'failed';
  if ((comparison?.differences.length ?? 0) > 0) return 'failed';
  return isMissing ? 'partial' : 'complete';
};

/** Verdict, consistency in words, and the commands that mend what replicas miss. */
export const judge = (ending: Ending): Judgement => {
  const judged = ending.tables.map((table) => ({ table, ...judgeTable(table, ending) }));
  const shorts = judged.flatMap(({ table, short, missing }) =>
    short.length === 0
      ? []
      : [
          `${table.pair.target.keyspace}.${table.pair.target.table}: ${ending.asked} is not reached in ${short.reduce((sum, { ranges }) => sum + ranges.length, 0)} ranges; missing: ${missing.map(({ node }) => endpointText(node.endpoint)).join(', ')}`,
        ],
  );
  const missing = judged.flatMap((one) => one.missing);
  const names = [
    ...new Set(missing.map(({ node, reason }) => `${endpointText(node.endpoint)} (${reason})`)),
  ];
  const isDone = ending.tables.length > 0 && !ending.dryRun;
  const commands = judged.flatMap(({ table, missing: misses }) =>
    misses.flatMap(({ node, mendable, owed }) =>
      repairCommands(
        {
          keyspace: table.pair.target.keyspace,
          table: table.pair.target.table,
          endpoint: node.endpoint,
          owed,
          missed: mendable,
        },
        ending.target.ring,
      ),
    ),
  );
  const reachedText = `consistency ${ending.asked} is reached${names.length === 0 ? '' : `; missing: ${names.join(', ')}`}`;
  return {
    verdict: verdictOf(ending, shorts.length > 0, missing.length > 0),
    consistency: !isDone ? undefined : shorts.length > 0 ? shorts.join('\n') : reachedText,
    repairCommands: ending.dryRun ? [] : commands,
  };
};

/** Files that went on in each form, however many replicas got them. */
export const countModes = (
  deliveries: readonly Delivery[],
): { readonly entire: number; readonly sections: number } => {
  const files = new Map<string, Delivery['mode']>();
  for (const { sstable, planId, mode, status } of deliveries)
    if (status === 'acknowledged') files.set(`${planId} ${sstable}`, mode);
  const entire = [...files.values()].filter((mode) => mode === 'entire').length;
  return { entire, sections: files.size - entire };
};
