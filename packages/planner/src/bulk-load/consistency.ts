// Control plane. Which consistency a load reached, from who acknowledged: Cassandra's arithmetic for writes. Called by the front door,
// which answers with exit code 5 when the asked level is reached and replicas are missing.
import {
  type Replication,
  type RingNode,
  ringEndpointText,
  type TokenRange,
} from '@scamander/ring';
import type { BulkLoadPlan, ReplicaGroup } from './types.ts';

/** A level, the local ones with their datacenter. */
export type ConsistencyLevel =
  | { readonly level: 'ALL' }
  | { readonly level: 'QUORUM' }
  | { readonly level: 'EACH_QUORUM' }
  | { readonly level: 'ONE' }
  | { readonly level: 'LOCAL_QUORUM'; readonly dc: string }
  | { readonly level: 'LOCAL_ONE'; readonly dc: string };

/** How many of whom must acknowledge a range. */
export interface Requirement {
  /** A datacenter, or undefined for the whole cluster. */
  readonly dc: string | undefined;
  readonly required: number;
  /** Replicas that count, natural and pending. */
  readonly candidates: readonly RingNode[];
}

/** A requirement that is not met. */
export interface MissingAcknowledgements {
  readonly ranges: readonly TokenRange[];
  readonly dc: string | undefined;
  readonly required: number;
  readonly acknowledged: number;
  /** Those that did not acknowledge. */
  readonly missing: readonly RingNode[];
}

/** What became of a level. */
export interface LevelResult {
  readonly level: ConsistencyLevel;
  readonly reached: boolean;
  readonly missing: readonly MissingAcknowledgements[];
}

const quorumOf = (replicas: number): number => Math.floor(replicas / 2) + 1;

const factorOfCluster = (replication: Replication, members: number): number => {
  switch (replication.strategy) {
    case 'SimpleStrategy':
      return replication.factor.all;
    case 'NetworkTopologyStrategy':
      return [...replication.factors.values()].reduce((sum, { all }) => sum + all, 0);
    case 'EverywhereStrategy':
      return members;
    case 'LocalStrategy':
    case 'MetaStrategy':
      return 0;
    default: {
      const never: never = replication;
      return never;
    }
  }
};

/** Of a datacenter; strategies without datacenters answer for the cluster, as Cassandra does. */
const factorOf = (replication: Replication, members: number, dc: string): number =>
  replication.strategy === 'NetworkTopologyStrategy'
    ? (replication.factors.get(dc)?.all ?? 0)
    : factorOfCluster(replication, members);

/**
 * What a level demands of a group's ranges. Every pending replica raises the number by one, and counts
 * (Cassandra: ConsistencyLevel.blockForWrite), so that enough remain when the ring has settled. `ALL` differs: it is every
 * replica there is, not the replication factor, which a small cluster could never reach.
 */
export const requirements = (
  plan: Pick<BulkLoadPlan, 'ring' | 'replication'>,
  group: ReplicaGroup,
  asked: ConsistencyLevel,
): readonly Requirement[] => {
  const { ring, replication } = plan;
  const members = ring.members.length;
  const replicas = [...group.natural, ...group.pending];
  const everywhere = (natural: number): Requirement => ({
    dc: undefined,
    required: natural + group.pending.length,
    candidates: replicas,
  });
  const within = (dc: string, natural: number): Requirement => ({
    dc,
    required: natural + group.pending.filter((node) => node.dc === dc).length,
    candidates: replicas.filter((node) => node.dc === dc),
  });
  switch (asked.level) {
    case 'ALL':
      return [everywhere(group.natural.length)];
    case 'QUORUM':
      return [everywhere(quorumOf(factorOfCluster(replication, members)))];
    case 'ONE':
      return [everywhere(1)];
    case 'LOCAL_QUORUM':
      return [within(asked.dc, quorumOf(factorOf(replication, members, asked.dc)))];
    case 'LOCAL_ONE':
      return [within(asked.dc, 1)];
    case 'EACH_QUORUM':
      if (replication.strategy !== 'NetworkTopologyStrategy')
        return [everywhere(quorumOf(factorOfCluster(replication, members)))];
      return [...replication.factors]
        .filter(([, { all }]) => all > 0)
        .map(([dc, { all }]) => within(dc, quorumOf(all)));
    default: {
      const never: never = asked;
      return never;
    }
  }
};

/**
 * Whether every range with data reached the level. `acknowledged` are the endpoint texts (`ringEndpointText`) of nodes that
 * acknowledged everything the plan gave them.
 */
export const reached = (
  plan: Pick<BulkLoadPlan, 'ring' | 'replication' | 'groups'>,
  acknowledged: ReadonlySet<string>,
  level: ConsistencyLevel,
): LevelResult => {
  const has = (node: RingNode) => acknowledged.has(ringEndpointText(node.endpoint));
  const missing = plan.groups.flatMap((group) =>
    requirements(plan, group, level).flatMap(
      ({ dc, required, candidates }): readonly MissingAcknowledgements[] => {
        const count = candidates.filter(has).length;
        if (count >= required) return [];
        return [
          {
            ranges: group.ranges,
            dc,
            required,
            acknowledged: count,
            missing: candidates.filter((node) => !has(node)),
          },
        ];
      },
    ),
  );
  return { level, reached: missing.length === 0, missing };
};

/** Every level that can be asked, the local ones for each datacenter with replicas, with what became of it. */
export const levelsReached = (
  plan: Pick<BulkLoadPlan, 'ring' | 'replication' | 'groups'>,
  acknowledged: ReadonlySet<string>,
): readonly LevelResult[] => {
  const dcs = [...new Set(plan.groups.flatMap(({ natural }) => natural.map(({ dc }) => dc)))];
  const levels: readonly ConsistencyLevel[] = [
    { level: 'ALL' },
    { level: 'EACH_QUORUM' },
    { level: 'QUORUM' },
    ...dcs.map((dc) => ({ level: 'LOCAL_QUORUM', dc }) as const),
    { level: 'ONE' },
    ...dcs.map((dc) => ({ level: 'LOCAL_ONE', dc }) as const),
  ];
  return levels.map((level) => reached(plan, acknowledged, level));
};
