// Control plane. The replication setting of a keyspace, from the map in system_schema.keyspaces. Called by cluster and by tests.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { RingErrorType } from './errors.ts';
import {
  parseReplicationFactor,
  type ReplicationFactor,
  replicationFactorText,
} from './replication-factor.ts';

/**
 * Which nodes keep which ranges (spec: planning §5). LocalStrategy: every node its own; MetaStrategy (6.0,
 * `system_cluster_metadata`): the members of the metadata service, which the ring does not name.
 */
export type Replication =
  | { readonly strategy: 'SimpleStrategy'; readonly factor: ReplicationFactor }
  | {
      readonly strategy: 'NetworkTopologyStrategy';
      /** By datacenter name, in the order of the setting. */
      readonly factors: ReadonlyMap<string, ReplicationFactor>;
    }
  | { readonly strategy: 'EverywhereStrategy' }
  | { readonly strategy: 'LocalStrategy' }
  | { readonly strategy: 'MetaStrategy' };

/** Short name of a strategy. */
export type ReplicationStrategy = Replication['strategy'];

type Options = Readonly<Record<string, string>>;

const bad = (strategy: string, option: string, value: string, reason: string) =>
  left<RingErrorType>({ code: 'SCM_RING_BAD_REPLICATION', strategy, option, value, reason });

const parseSimple = (options: Options): Either<RingErrorType, Replication> => {
  const text = options['replication_factor'];
  if (text === undefined) {
    const reason = 'SimpleStrategy requires a replication_factor strategy option.';
    return bad('SimpleStrategy', 'replication_factor', '', reason);
  }
  const factor = parseReplicationFactor(text);
  return factor._tag === 'Left'
    ? bad('SimpleStrategy', 'replication_factor', text, factor.left)
    : right({ strategy: 'SimpleStrategy', factor: factor.right });
};

const parseNetworkTopology = (options: Options): Either<RingErrorType, Replication> => {
  const factors = new Map<string, ReplicationFactor>();
  for (const [datacenter, text] of Object.entries(options)) {
    if (datacenter === 'class') continue;
    if (datacenter === 'replication_factor') {
      // Only a shorthand of CREATE and ALTER; the stored setting never has it (spec: planning §5.2).
      const reason = 'replication_factor is an option of SimpleStrategy, not a datacenter';
      return bad('NetworkTopologyStrategy', datacenter, text, reason);
    }
    const factor = parseReplicationFactor(text);
    if (factor._tag === 'Left')
      return bad('NetworkTopologyStrategy', datacenter, text, factor.left);
    factors.set(datacenter, factor.right);
  }
  return right({ strategy: 'NetworkTopologyStrategy', factors });
};

/**
 * Reads the `replication` map of `system_schema.keyspaces`: `class` (full or short Java name) and the options.
 * Left: `SCM_RING_UNKNOWN_STRATEGY`, `SCM_RING_BAD_REPLICATION`.
 */
export const parseReplication = (options: Options): Either<RingErrorType, Replication> => {
  const className = options['class'] ?? '';
  const strategy = className.slice(className.lastIndexOf('.') + 1);
  switch (strategy) {
    case 'SimpleStrategy':
      return parseSimple(options);
    case 'NetworkTopologyStrategy':
      return parseNetworkTopology(options);
    case 'EverywhereStrategy':
    case 'LocalStrategy':
    case 'MetaStrategy':
      return right({ strategy });
    default:
      return left({ code: 'SCM_RING_UNKNOWN_STRATEGY', strategy: className });
  }
};

/** `NetworkTopologyStrategy dc1:3 dc2:3/1`, for messages. */
export const replicationText = (replication: Replication): string => {
  switch (replication.strategy) {
    case 'SimpleStrategy':
      return `SimpleStrategy ${replicationFactorText(replication.factor)}`;
    case 'NetworkTopologyStrategy':
      return [
        'NetworkTopologyStrategy',
        ...[...replication.factors].map(([dc, factor]) => `${dc}:${replicationFactorText(factor)}`),
      ].join(' ');
    case 'EverywhereStrategy':
    case 'LocalStrategy':
    case 'MetaStrategy':
      return replication.strategy;
    default: {
      const never: never = replication;
      return never;
    }
  }
};
