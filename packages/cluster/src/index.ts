export type { ClusterTls, ConnectClusterOptions } from './cql/client-options.ts';
export { type Cluster, connectCluster } from './cql/cluster.ts';
export type { KeyspaceInfo } from './cql/keyspace-info.ts';
export type { NodeInfo, SchemaAgreement } from './cql/node-info.ts';
export type { NodeSettings } from './cql/node-settings.ts';
export type { PendingHints, RunningStream, RunningTask, ThreadPool } from './cql/node-work.ts';
export { type RangeDigest, rangeDigest } from './cql/range-digest.ts';
export type { ReadConsistency, RowPage, RowQuestion } from './cql/row-pages.ts';
export type { SelfReport } from './cql/self-report.ts';
export type { SizeEstimate } from './cql/size-estimates.ts';
export type { TableIndex, TableIndexKind } from './cql/table-index.ts';
export type {
  ColumnKind,
  ColumnSchema,
  DroppedColumn,
  TableSchema,
  UserTypeSchema,
} from './cql/table-schema.ts';
export {
  ClusterError,
  type ClusterErrorType,
  type ContactFailure,
  clusterErrorMessage,
} from './errors.ts';
export { askGossip } from './gossip/ask-gossip.ts';
export {
  GossipError,
  type GossipErrorType,
  type GossipWaitingFor,
  gossipErrorMessage,
} from './gossip/errors.ts';
export { compareHeartbeats, type GossipState } from './gossip/gossip-state.ts';
export type { GossipParts, GossipQuestion } from './gossip/question.ts';
export { ringState } from './ring/ring-of-nodes.ts';
