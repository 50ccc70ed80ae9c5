export { afterAllLeft, afterAllSettled } from './derived-rings.ts';
export { RingError, type RingErrorType, ringErrorMessage } from './errors.ts';
export {
  REPLICATION_FACTOR_MAX,
  RING_NODES_MAX,
  RING_TOKENS_MAX,
  TOKEN_BYTES_MAX,
} from './limits.ts';
export { ByteOrderedPartitioner } from './partitioners/byte-ordered.ts';
export { LocalPartitioner, localPartitionerOf } from './partitioners/local.ts';
export { Murmur3Partitioner } from './partitioners/murmur3.ts';
export { OrderPreservingPartitioner } from './partitioners/order-preserving.ts';
export { partitionerNamed } from './partitioners/partitioner-named.ts';
export { RandomPartitioner } from './partitioners/random.ts';
export { pendingRanges } from './pending-ranges.ts';
export {
  isPlacedByRing,
  naturalReplicas,
  naturalReplicasFinder,
  type PlacedRange,
  placedRanges,
  type ReplicaRanges,
  rangesByReplica,
} from './placement/placement.ts';
export type { Replica } from './placement/replica.ts';
export {
  compareRanges,
  contains,
  containsRange,
  fullRing,
  isFullRing,
  rangeWidth,
  sameRange,
  unwrap,
  wraps,
} from './range.ts';
export {
  differenceOfSets,
  differenceToFetch,
  intersection,
  intersectionOfSets,
  normalize,
  overlapping,
  sameTokens,
  subtract,
  subtractAll,
} from './range-sets.ts';
export { parseRange, parseToken, rangeText } from './range-text.ts';
export {
  parseReplication,
  type Replication,
  type ReplicationStrategy,
  replicationText,
} from './replication.ts';
export {
  parseReplicationFactor,
  type ReplicationFactor,
  replicationFactorText,
} from './replication-factor.ts';
export {
  isMember,
  type RingEndpoint,
  type RingNode,
  type RingNodeStatus,
  ringEndpointText,
} from './ring-node.ts';
export { makeRing, nodeAt, type RingState, type TokenOwner } from './ring-state.ts';
export type { Partitioner, Token, TokenRange } from './token.ts';
export { type NodeRanges, nodeRanges, writeReplicas } from './write-replicas.ts';
