// Control plane. Settings that change how streams go, and are worth knowing before one fails for them. Called by all-checks.ts; pure.
import type { NodeSettings } from '@scamander/cluster';
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { found, type Said } from '../finding.ts';
import { timeText } from '../words.ts';
import { settingsOf } from './settings-of.ts';

const notesOf = (settings: NodeSettings): readonly (Said | undefined)[] => [
  settings.rejectsOutOfRange === true
    ? {
        finding: 'it refuses a session with any range that it does not own',
        evidence: 'reject_out_of_token_range_requests: true',
        remedy:
          'load and pull ask for owned ranges only; while nodes join or leave, let the ring settle',
      }
    : undefined,
  settings.streamsEntireSSTables === false
    ? {
        finding: 'it sends no whole SSTables: a pull gets sections, which are written anew here',
        evidence: 'stream_entire_sstables: false',
      }
    : undefined,
  settings.keepAliveSeconds === 0
    ? {
        finding: 'it sends no keep-alive: a long quiet stream may be cut by a firewall',
        evidence: 'streaming_keep_alive_period: 0',
        remedy: 'set streaming_keep_alive_period where firewalls stand between',
      }
    : undefined,
  settings.internodeEncryption === 'dc' || settings.internodeEncryption === 'rack'
    ? {
        finding: `it decides by the address that we announce whether it wants TLS of us: one that the cluster does not know counts as another ${settings.internodeEncryption}`,
        evidence: `internode_encryption: ${settings.internodeEncryption}`,
        remedy: 'give --tls with a certificate',
      }
    : undefined,
];

const usual = (settings: NodeSettings): string =>
  [
    settings.streamsEntireSSTables === undefined
      ? undefined
      : `stream_entire_sstables: ${settings.streamsEntireSSTables}`,
    settings.keepAliveSeconds === undefined
      ? undefined
      : `keep-alive ${timeText(settings.keepAliveSeconds * 1000)}`,
    settings.connectionsPerHost === undefined
      ? undefined
      : `streaming_connections_per_host: ${settings.connectionsPerHost}`,
    settings.concurrentCompactors === undefined
      ? undefined
      : `concurrent_compactors: ${settings.concurrentCompactors}`,
    settings.internodeEncryption === undefined
      ? undefined
      : `internode_encryption: ${settings.internodeEncryption}`,
    settings.rejectsOutOfRange === undefined
      ? undefined
      : `reject_out_of_token_range_requests: ${settings.rejectsOutOfRange}`,
    settings.storageCompatibilityMode === undefined
      ? undefined
      : `storage_compatibility_mode: ${settings.storageCompatibilityMode}`,
  ]
    .filter((part) => part !== undefined)
    .join('; ');

/** One node: what is unusual, then all of it. */
export const checkSettings = (_facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const settings = settingsOf(node);
  if (settings === undefined) return [];
  const notes = notesOf(settings).filter((note) => note !== undefined);
  return [
    ...notes.map((note) => found('settings', 'info', node.node, note)),
    found('settings', 'ok', node.node, {
      finding: 'its settings let streams through',
      evidence: usual(settings),
    }),
  ];
};

/** The one guardrail that forbids loads; it exists since 6.0. */
export const checkGuardrail = (_facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const enabled = settingsOf(node)?.bulkLoadEnabled;
  if (enabled === undefined) return [];
  const evidence = `bulk_load_enabled: ${enabled}`;
  if (enabled)
    return [found('guardrail', 'ok', node.node, { finding: 'it lets loads in', evidence })];
  return [
    found('guardrail', 'critical', node.node, {
      finding: 'its guardrail forbids loads: it fails every one without a reason',
      evidence,
      remedy:
        'bulk_load_enabled: true in cassandra.yaml, or nodetool setguardrailsconfig bulk_load_enabled true',
    }),
  ];
};
