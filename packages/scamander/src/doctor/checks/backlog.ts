// Control plane. What the node is busy with: streams, compactions, hints. Called by all-checks.ts; pure.
import type { SelfReport } from '@scamander/cluster';
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';
import { reportOf } from './settings-of.ts';

/** So many compactions that wait: the node is behind, and what a load brings comes on top. */
export const PENDING_COMPACTIONS_MAX = 100;

const listed = (texts: readonly string[], most: number): string =>
  texts.length <= most
    ? texts.join('; ')
    : `${texts.slice(0, most).join('; ')}; and ${texts.length - most} more`;

const SHOWN_MAX = 5;

const streamsFinding = (node: string, { streams = [] }: SelfReport): readonly Finding[] =>
  streams.length === 0
    ? []
    : [
        found('backlog', 'info', node, {
          finding: `${streams.length === 1 ? 'a stream is' : `${streams.length} streams are`} running there`,
          evidence: listed(
            streams.map(
              ({ operation, peers, progressPercent, planId }) =>
                `${operation} with ${peers.join(', ') || 'nobody yet'}, ${progressPercent} % (${planId})`,
            ),
            SHOWN_MAX,
          ),
          remedy: 'they share its disks and network with yours; nodetool netstats follows them',
        }),
      ];

const compactionsFinding = (node: string, report: SelfReport): readonly Finding[] => {
  const { pools, tasks = [], settings } = report;
  const pool = pools?.find(({ name }) => name === 'CompactionExecutor');
  const pending = pool?.pending ?? 0;
  const evidence = `${pending} compactions wait, ${pool?.active ?? 0} run: ${listed(
    tasks.map(
      ({ kind, table, progress, total, unit }) =>
        `${kind} of ${table}, ${progress} of ${total} ${unit}`,
    ),
    SHOWN_MAX,
  )}`;
  const limit = settings?.pendingCompactionsMax;
  if (limit !== undefined && pending >= limit)
    return [
      found('backlog', 'critical', node, {
        finding: `so many compactions wait (${pending}) that it refuses repairs, and from 5.0 on every stream`,
        evidence: `${evidence}; reject_repair_compaction_threshold: ${limit}`,
        remedy: 'wait until nodetool compactionstats shows less',
      }),
    ];
  if (pending >= PENDING_COMPACTIONS_MAX)
    return [
      found('backlog', 'warning', node, {
        finding: `${pending} compactions wait: it is behind, and a load comes on top`,
        evidence,
        remedy: 'wait until nodetool compactionstats shows less, or load with --throttle',
      }),
    ];
  if (tasks.length === 0 && pending === 0) return [];
  return [found('backlog', 'info', node, { finding: 'it is compacting', evidence })];
};

const hintsFinding = (node: string, { hints = [] }: SelfReport): readonly Finding[] => {
  const waiting = hints.filter(({ files }) => files > 0);
  if (waiting.length === 0) return [];
  return [
    found('backlog', 'warning', node, {
      finding: `it holds hints for ${waiting.length === 1 ? 'another node' : `${waiting.length} other nodes`}: those lack writes, and a pull from them does too`,
      evidence: waiting
        .map(({ address, hostId, files }) => `${address ?? hostId}: ${files} files`)
        .join('; '),
      remedy: 'wait until they are delivered, or repair',
    }),
  ];
};

/** One node. */
export const checkBacklog = (
  _facts: DoctorFacts,
  { node, ...rest }: NodeFacts,
): readonly Finding[] => {
  const report = reportOf({ node, ...rest });
  if (report === undefined) return [];
  const findings = [
    ...streamsFinding(node, report),
    ...compactionsFinding(node, report),
    ...hintsFinding(node, report),
  ];
  if (findings.length > 0) return findings;
  const looked = [
    report.streams === undefined ? undefined : 'no streams',
    report.pools === undefined ? undefined : 'no compactions',
    report.hints === undefined ? undefined : 'no hints',
  ].filter((part) => part !== undefined);
  return looked.length === 0
    ? []
    : [
        found('backlog', 'ok', node, {
          finding: 'it has nothing else to do',
          evidence: looked.join(', '),
        }),
      ];
};
