// Control plane. Everything that is asked before anything is judged: the cluster, every node in several ways at once, the backup. Called by
// doctor(). What can't be had is a fact too; nothing here fails.
import {
  type Cluster,
  type ClusterErrorType,
  connectCluster,
  type NodeInfo,
  ringState,
} from '@scamander/cluster';
import { type RingNode, ringEndpointText } from '@scamander/ring';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { atOnce } from '../../jobs/at-once.ts';
import { DOCTOR_NODES_AT_ONCE_MAX, DOCTOR_SILENCE_MS } from '../../limits.ts';
import type { FrontDoorParts } from '../../parts.ts';
import { type ClusterTargetOptions, connectOptions, nativeDial } from '../../target/cql-access.ts';
import { reachable } from '../../target/mapped-transport.ts';
import type { DoctorOptions } from '../doctor-types.ts';
import type { CqlFacts, DoctorFacts, NodeFacts } from '../facts.ts';
import { backupFactsOf } from './backup.ts';
import { cqlFactsOf } from './cql.ts';
import { type GossipFacts, gossipFactsOf, statesByCql } from './gossip.ts';
import { type StorageAsking, storageFactsOf } from './storage.ts';

type NodesFacts = Pick<DoctorFacts, 'cluster' | 'contactError' | 'nodes' | 'gossipSilent'>;

const STORAGE_PORT = 7000;
const NOBODY: GossipFacts = { dialBacks: new Map(), states: [] };

const bare = (endpoint: Endpoint) => ({
  node: endpointText(endpoint),
  ...{ info: undefined, state: undefined, ringNode: undefined, dialBack: undefined },
});

/** Embedded nodes: a storage port and nothing else. */
const directFacts = async (
  endpoints: readonly Endpoint[],
  asking: StorageAsking,
): Promise<NodesFacts> => ({
  ...{ cluster: undefined, contactError: undefined, gossipSilent: false },
  nodes: await atOnce(endpoints, DOCTOR_NODES_AT_ONCE_MAX, async (endpoint) => ({
    ...bare(endpoint),
    cql: undefined,
    storage: await storageFactsOf(endpoint, asking),
  })),
});

/** Nobody told the ring: what can be said of the contact points themselves. */
const contactFacts = async (
  target: ClusterTargetOptions,
  asking: StorageAsking,
  contactError: ClusterErrorType,
): Promise<NodesFacts> => ({
  ...{ cluster: undefined, contactError, gossipSilent: false },
  nodes: await atOnce(target.contactPoints, DOCTOR_NODES_AT_ONCE_MAX, async (contact) => {
    const endpoint = { host: contact.host, port: target.storagePort ?? STORAGE_PORT };
    return {
      ...bare(endpoint),
      cql: await cqlFactsOf(contact, target, asking),
      storage: await storageFactsOf(endpoint, asking),
    };
  }),
});

const storageDial = (
  endpoint: Endpoint,
  { addressMap }: DoctorOptions,
  { storagePort }: ClusterTargetOptions,
): Endpoint => {
  const there = reachable(endpoint, addressMap);
  const isMapped = there.host !== endpoint.host || there.port !== endpoint.port;
  return isMapped || storagePort === undefined ? there : { host: there.host, port: storagePort };
};

/** Members as CQL lists them, then those that only gossip knows. */
const placesOf = (
  cluster: Cluster,
  infos: readonly NodeInfo[],
  { states }: GossipFacts,
): readonly (readonly [endpoint: Endpoint, place: RingNode | undefined])[] => {
  const ring = ringState(cluster.partitioner, infos, states);
  const members = isRight(ring) ? ring.right.nodes : [];
  const placed = new Map(members.map((node) => [ringEndpointText(node.endpoint), node]));
  // Without its tokens a joining node has no place in the ring, but it joins.
  const joining = states.filter(({ status }) => status?.state.startsWith('BOOT') === true);
  const endpoints = [...infos, ...members, ...joining].map(({ endpoint }) => endpoint);
  const named = new Map(endpoints.map((endpoint) => [endpointText(endpoint), endpoint]));
  return [...named].map(([text, endpoint]) => [endpoint, placed.get(text)]);
};

const ringFacts = async (
  cluster: Cluster,
  infos: readonly NodeInfo[],
  target: ClusterTargetOptions,
  asking: StorageAsking,
): Promise<NodesFacts> => {
  const { options } = asking;
  const dialOf = (endpoint: Endpoint): Endpoint => storageDial(endpoint, options, target);
  const members = infos.map(({ endpoint }) => ({ endpoint, dial: dialOf(endpoint) }));
  const asked = options.gossip !== false;
  const gossiping = asked
    ? gossipFactsOf(members, cluster, asking)
    : statesByCql(cluster, asking, false).then((states) => ({ ...NOBODY, states }));
  const cqlOf = new Map<string, CqlFacts>();
  const asks = atOnce(infos, DOCTOR_NODES_AT_ONCE_MAX, async ({ endpoint, native }) => {
    const facts = await cqlFactsOf(nativeDial(native, options), target, asking);
    cqlOf.set(endpointText(endpoint), facts);
  });
  const [gossip] = await Promise.all([gossiping, asks]);
  const nodes = await atOnce(
    placesOf(cluster, infos, gossip),
    DOCTOR_NODES_AT_ONCE_MAX,
    async ([endpoint, ringNode]): Promise<NodeFacts> => {
      const node = endpointText(endpoint);
      return {
        ...{ node, ringNode },
        info: infos.find((info) => endpointText(info.endpoint) === node),
        state: gossip.states.find((state) => endpointText(state.endpoint) === node),
        storage: await storageFactsOf(dialOf(endpoint), asking),
        cql: cqlOf.get(node),
        dialBack: gossip.dialBacks.get(node),
      };
    },
  );
  return {
    ...{ cluster: cluster.name, contactError: undefined, nodes },
    gossipSilent: asked && gossip.states.length === 0,
  };
};

const clusterFacts = async (
  target: ClusterTargetOptions,
  asking: StorageAsking,
): Promise<NodesFacts> => {
  const connected = await connectCluster(connectOptions(target, target.contactPoints));
  if (isLeft(connected)) return contactFacts(target, asking, connected.left.detail);
  const cluster = connected.right;
  try {
    const infos = await cluster.nodes();
    return isLeft(infos)
      ? await contactFacts(target, asking, infos.left.detail)
      : await ringFacts(cluster, infos.right, target, asking);
  } finally {
    await cluster.close();
  }
};

/** Never a Left: see the head of this file. Given up, it ends early with what there is. */
export const gatherFacts = async (
  options: DoctorOptions,
  parts: FrontDoorParts,
  signal: AbortSignal,
): Promise<DoctorFacts> => {
  const { target, announce, backup } = options;
  const asking: StorageAsking = {
    ...{ options, parts, signal },
    from: announce ?? { host: '127.0.0.1', port: STORAGE_PORT },
    silenceMs: options.silenceTimeoutMs ?? DOCTOR_SILENCE_MS,
  };
  const seen =
    target.kind === 'cluster'
      ? await clusterFacts(target, asking)
      : await directFacts(target.nodes, asking);
  const isWanted = backup !== undefined && backup.length > 0 && !signal.aborted;
  return {
    ...seen,
    options,
    nowMs: parts.unixMs(),
    backup: isWanted ? await backupFactsOf(backup, options, parts, signal) : undefined,
  };
};
