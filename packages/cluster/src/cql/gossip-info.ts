// Control plane. The states of gossip as one node shows them in `system_views.gossip_info` (4.1 and later): what askGossip gives, without tokens,
// and without a connection back to us. Called by Cluster.gossipInfo(); pure.
import type { Either } from 'fp-ts/lib/Either.js';
import type { ClusterError } from '../errors.ts';
import { type GossipState, isSilent } from '../gossip/gossip-state.ts';
import { optionalText, type Row, reading, text, wholeNumber } from './row.ts';

/** STATUS_WITH_PORT, else the legacy one (spec: gossip §5). */
const statusOf = (row: Row): GossipState['status'] => {
  const status = optionalText(row, 'status_with_port') ?? optionalText(row, 'status');
  if (status === undefined) return undefined;
  const [state = '', ...pieces] = status.split(',');
  return { state, pieces };
};

const stateOf = (row: Row): GossipState => {
  const status = statusOf(row);
  return {
    endpoint: { host: text(row, 'address'), port: wholeNumber(row, 'port') },
    generation: wholeNumber(row, 'generation'),
    heartbeatVersion: wholeNumber(row, 'heartbeat'),
    status,
    tokens: [],
    hostId: optionalText(row, 'host_id'),
    dc: optionalText(row, 'dc'),
    rack: optionalText(row, 'rack'),
    releaseVersion: optionalText(row, 'release_version'),
    schemaVersion: optionalText(row, 'schema'),
    sstableVersions: (optionalText(row, 'sstable_versions') ?? '').split(',').filter(Boolean),
    diskUsage: optionalText(row, 'disk_usage'),
    alive: status !== undefined && isSilent(status) ? false : undefined,
  };
};

/** One state for each row. Left: `SCM_CLUSTER_BAD_ROW`. */
export const gossipInfoOf = (rows: readonly Row[]): Either<ClusterError, readonly GossipState[]> =>
  reading('system_views.gossip_info', () => rows.map(stateOf));
