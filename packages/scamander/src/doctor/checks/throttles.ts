// Control plane. The node's own limits in force. Called by all-checks.ts; pure. They bound what the node sends (pull, du, copy from it, its own
// bootstraps and repairs); what it receives it does not limit (spec: management §5.4).
import type { NodeSettings } from '@scamander/cluster';
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';
import { rateText } from '../words.ts';
import { settingsOf } from './settings-of.ts';

/** Below this a pull of 100 GiB takes longer than a day. */
export const RATE_BYTES_MIN = 1_258_291;

const NAMES: readonly (readonly [field: keyof NodeSettings, name: string])[] = [
  ['streamRate', 'sends'],
  ['interDcStreamRate', 'sends to other datacenters'],
  ['entireStreamRate', 'sends whole SSTables'],
  ['entireInterDcStreamRate', 'sends whole SSTables to other datacenters'],
];

/** One node. */
export const checkThrottles = (_facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const settings = settingsOf(node);
  if (settings === undefined) return [];
  const rates = NAMES.flatMap(([field, name]) => {
    const rate = settings[field];
    return typeof rate === 'number' ? [{ name, rate }] : [];
  });
  if (rates.length === 0) return [];
  const compaction =
    settings.compactionRate === undefined
      ? ''
      : `; compacts with ${rateText(settings.compactionRate)}`;
  const evidence = `${rates.map(({ name, rate }) => `${name} with ${rateText(rate)}`).join(', ')}${compaction}`;
  const slow = rates.filter(({ rate }) => rate > 0 && rate < RATE_BYTES_MIN);
  if (slow.length > 0)
    return [
      found('throttle', 'warning', node.node, {
        finding: `it holds itself to ${rateText(Math.min(...slow.map(({ rate }) => rate)))} while it sends: a pull takes very long`,
        evidence,
        remedy: 'nodetool setstreamthroughput for the time of the pull (-e for whole SSTables)',
      }),
    ];
  return [
    found('throttle', 'info', node.node, {
      finding: `its own limit for what it sends is ${rateText(rates[0]?.rate ?? 0)}; what it receives has none`,
      evidence,
    }),
  ];
};
