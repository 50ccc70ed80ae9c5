// Control plane. What a node tells over its own CQL port: its clock, its settings, its work. Virtual tables are the node's own, so every node is
// asked at its own address. Called by gather-facts.ts. Reads only.
import { type Cluster, connectCluster } from '@scamander/cluster';
import type { Endpoint } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import { type ClusterTargetOptions, connectOptions } from '../../target/cql-access.ts';
import type { ClockFacts, CqlFacts } from '../facts.ts';
import { certificatesOf, type StorageAsking } from './storage.ts';

const CLOCK_TRIES = 3;

/** The best of some tries: the shortest round trip leaves the least doubt. */
export const clockOf = async (
  cluster: Pick<Cluster, 'time'>,
  unixMs: () => number,
): Promise<ClockFacts | undefined> => {
  let best: ClockFacts | undefined;
  for (let attempt = 0; attempt < CLOCK_TRIES; attempt++) {
    const before = unixMs();
    const time = await cluster.time();
    const after = unixMs();
    if (isLeft(time)) return best;
    const uncertaintyMs = (after - before) / 2;
    if (best === undefined || uncertaintyMs < best.uncertaintyMs)
      best = { offsetMs: time.right - (before + after) / 2, uncertaintyMs };
  }
  return best;
};

const looksAtTls = async (
  dialled: Endpoint,
  { cqlTls }: ClusterTargetOptions,
  asking: StorageAsking,
  failure: string | undefined,
) => {
  if (cqlTls !== undefined) return certificatesOf(dialled, cqlTls, asking);
  // Without TLS asked for: is it TLS that it wants?
  return failure === 'SCM_CLUSTER_UNREACHABLE'
    ? certificatesOf(dialled, undefined, asking)
    : undefined;
};

/** Connects, asks, and closes. */
export const cqlFactsOf = async (
  dialled: Endpoint,
  target: ClusterTargetOptions,
  asking: StorageAsking,
): Promise<CqlFacts> => {
  const connected = await connectCluster(connectOptions(target, [dialled]));
  const failure = isLeft(connected) ? connected.left.code : undefined;
  const certificates = await looksAtTls(dialled, target, asking, failure);
  if (isLeft(connected))
    return { kind: 'failed', dialled, error: connected.left.detail, certificates };
  const cluster = connected.right;
  try {
    const clock = await clockOf(cluster, asking.parts.unixMs);
    const report = await cluster.selfReport();
    return {
      ...{ kind: 'answered', dialled, clock, certificates },
      report: isLeft(report) ? undefined : report.right,
    };
  } finally {
    await cluster.close();
  }
};
