// Control plane. Room for what is to come. Called by all-checks.ts; pure. No release tells how much of its disks is free: what there is are the
// bytes of its tables, the guardrail on disks where it is set (4.1 and later), and since 5.0 the node's own check before it takes a stream.
import type { NodeSettings } from '@scamander/cluster';
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';
import { bytesText } from '../words.ts';
import { reportOf } from './settings-of.ts';

/** Enough for most tables, where nothing is said and no backup is given. */
export const HEADROOM_BYTES = 10 * 1024 ** 3;

/** What the backup brings to the node; undefined where it brings nothing. */
export const backupBytesTo = ({ backup }: DoctorFacts, node: string): number | undefined => {
  if (backup?.outcome.kind !== 'planned') return undefined;
  const bytes = backup.outcome.plan.tables
    .flatMap(({ replicas }) => replicas)
    .filter(({ replica }) => replica === node)
    .reduce((sum, one) => sum + one.bytes, 0);
  return bytes === 0 ? undefined : bytes;
};

/** Bytes until the guardrail fails writes; only where it goes by a size of its own, since the disk's is not told. */
const leftOf = (settings: NodeSettings | undefined, usedBytes: number | undefined) => {
  if (settings?.diskBytesMax === undefined || usedBytes === undefined) return undefined;
  const share = (settings.diskFailPercent ?? 100) / 100;
  return settings.diskBytesMax * share - usedBytes;
};

const evidenceOf = (node: NodeFacts): string => {
  const report = reportOf(node);
  const settings = report?.settings;
  const parts = [
    report?.usedBytes === undefined ? undefined : `its tables take ${bytesText(report.usedBytes)}`,
    settings?.diskBytesMax === undefined
      ? undefined
      : `data_disk_usage_max_disk_size ${bytesText(settings.diskBytesMax)}`,
    settings?.diskFailPercent === undefined
      ? undefined
      : `the guardrail fails at ${settings.diskFailPercent} %`,
    settings?.skipsDiskSpaceCheck === undefined
      ? undefined
      : settings.skipsDiskSpaceCheck
        ? 'it takes streams without looking at its disks (skip_stream_disk_space_check)'
        : 'it looks at its disks itself before it takes a stream',
    node.state?.diskUsage === undefined ? undefined : `gossip says ${node.state.diskUsage}`,
  ];
  return parts.filter((part) => part !== undefined).join('; ') || 'it tells nothing of its disks';
};

const MAKE_ROOM = 'make room: nodetool clearsnapshot, another disk, more nodes';

/** One node. */
export const checkDisk = (facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const report = reportOf(node);
  const usage = node.state?.diskUsage;
  if (report === undefined && usage === undefined) return [];
  const evidence = evidenceOf(node);
  if (usage === 'FULL' || usage === 'STUFFED')
    return [
      found('disk', usage === 'FULL' ? 'critical' : 'warning', node.node, {
        finding: `its disks are ${usage === 'FULL' ? 'full' : 'nearly full'}, by its own guardrail`,
        evidence,
        remedy: MAKE_ROOM,
      }),
    ];
  const coming = backupBytesTo(facts, node.node);
  const needed = facts.options.headroomBytes ?? coming ?? HEADROOM_BYTES;
  const left = leftOf(report?.settings, report?.usedBytes);
  const needs = coming === undefined ? '' : `; the backup brings it ${bytesText(coming)}`;
  if (left !== undefined && left < needed)
    return [
      found('disk', 'warning', node.node, {
        finding: `its guardrail leaves room for ${bytesText(Math.max(0, left))}, and ${bytesText(needed)} are needed${needs}`,
        evidence,
        remedy: MAKE_ROOM,
      }),
    ];
  if (left !== undefined)
    return [
      found('disk', 'ok', node.node, {
        finding: `its guardrail leaves room for ${bytesText(left)}${needs}`,
        evidence,
      }),
    ];
  return [
    found('disk', 'info', node.node, {
      finding: `it does not tell how much of its disks is free${needs}`,
      evidence,
      remedy: `see that its data directories have at least ${bytesText(needed)} free, and as much again for compaction`,
    }),
  ];
};
