// Control plane. Asks every node by gossip: what it knows of the others, and, as it answers over a connection of its own, whether it reaches
// us. Where nobody does, CQL tells the same, without tokens (4.1 and later). Called by gather-facts.ts. Nodes keep no trace of an outsider that
// asks (spec: gossip §5).
import {
  askGossip,
  type Cluster,
  compareHeartbeats,
  type GossipError,
  type GossipState,
} from '@scamander/cluster';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { atOnce } from '../../jobs/at-once.ts';
import { DOCTOR_NODES_AT_ONCE_MAX, HEARTBEATS_APART_MS } from '../../limits.ts';
import { pause } from '../../retry/policy.ts';
import { mappedTransport } from '../../target/mapped-transport.ts';
import type { DialBackFacts } from '../facts.ts';
import type { StorageAsking } from './storage.ts';

/** A node and where it is dialled. */
export interface Dialled {
  readonly endpoint: Endpoint;
  readonly dial: Endpoint;
}

/** What gossip said. */
export interface GossipFacts {
  /** By endpoint text. */
  readonly dialBacks: ReadonlyMap<string, DialBackFacts>;
  /** Of the first node that answered, its own words where it is about itself; `alive` as far as it is known. */
  readonly states: readonly GossipState[];
}

/** What gossip is asked of. */
export type Gossiper = Pick<Cluster, 'name' | 'partitioner' | 'gossipInfo'>;

type Answer = Either<GossipError, readonly GossipState[]>;

const ask = (
  { endpoint, dial }: Dialled,
  cluster: Gossiper,
  { options, parts, silenceMs }: StorageAsking,
): Promise<Answer> => {
  const { listen, announce, tls } = options;
  const transport = mappedTransport(
    parts.transport(tls),
    new Map([[endpointText(endpoint), dial]]),
  );
  return askGossip(
    { transport, clock: parts.clock, unixMs: parts.unixMs, random: parts.random },
    {
      ...{ node: endpoint, clusterName: cluster.name, partitioner: cluster.partitioner },
      timeoutMs: silenceMs,
      ...listenAt(listen, announce),
      ...(announce === undefined ? {} : { announce }),
    },
  );
};

const isWildcard = ({ host }: Endpoint): boolean => host === '0.0.0.0' || host === '::';

/** An announced address leads to our port of the same number unless we are told to listen on another. */
const listenAt = (listen: Endpoint | undefined, announce: Endpoint | undefined) => {
  if (listen === undefined) return announce === undefined ? {} : { listenPort: announce.port };
  return {
    ...(isWildcard(listen) ? {} : { listenHost: listen.host }),
    listenPort: listen.port === 0 && announce !== undefined ? announce.port : listen.port,
  };
};

const announcedText = ({ options }: StorageAsking): string => {
  const { announce, listen } = options;
  if (announce !== undefined) return endpointText(announce);
  return listen === undefined || isWildcard(listen)
    ? 'the address from which we dial it'
    : endpointText(listen);
};

const dialBackOf = (answer: Answer, announced: string): DialBackFacts => {
  // A node that is still starting answers with nothing, but it answers.
  if (!isLeft(answer) || answer.left.code === 'SCM_GOSSIP_STARTING')
    return { kind: 'reached', announced };
  return { kind: 'failed', announced, error: answer.left.detail };
};

/** Each node's own words about itself are newer than another's. */
const mergedStates = (
  answers: readonly { readonly node: Dialled; readonly answer: Answer }[],
): readonly GossipState[] => {
  const states = new Map<string, GossipState>();
  for (const { answer } of answers)
    for (const state of isLeft(answer) ? [] : answer.right) {
      const known = states.get(endpointText(state.endpoint));
      const newer =
        known === undefined ||
        state.generation > known.generation ||
        (state.generation === known.generation && state.heartbeatVersion > known.heartbeatVersion);
      if (newer) states.set(endpointText(state.endpoint), state);
    }
  return [...states.values()];
};

/** Two looks at the table of one node, so that it shows whose heart still beats; one, where there is no need. */
export const statesByCql = async (
  cluster: Pick<Cluster, 'gossipInfo'>,
  { parts, signal }: Pick<StorageAsking, 'parts' | 'signal'>,
  twice: boolean,
): Promise<readonly GossipState[]> => {
  const first = await cluster.gossipInfo();
  if (isLeft(first) || first.right === undefined) return [];
  if (!twice) return first.right;
  await pause(parts.clock, HEARTBEATS_APART_MS, signal);
  const second = await cluster.gossipInfo();
  return isLeft(second) || second.right === undefined
    ? first.right
    : compareHeartbeats(first.right, second.right);
};

/**
 * Two questions to each node, some seconds apart, so that it shows whose heart still beats. With a port of our own that is fixed, one node
 * after the other.
 */
export const gossipFactsOf = async (
  nodes: readonly Dialled[],
  cluster: Gossiper,
  asking: StorageAsking,
): Promise<GossipFacts> => {
  const { announce, listen } = asking.options;
  const isFixed = (listen?.port ?? announce?.port ?? 0) !== 0;
  const most = isFixed ? 1 : DOCTOR_NODES_AT_ONCE_MAX;
  const askAll = (some: readonly Dialled[]) =>
    atOnce(some, most, async (node) => ({ node, answer: await ask(node, cluster, asking) }));
  const first = await askAll(nodes);
  const announced = announcedText(asking);
  const dialBacks = new Map(
    first.map(({ node, answer }) => [endpointText(node.endpoint), dialBackOf(answer, announced)]),
  );
  const states = mergedStates(first);
  const answered = first.filter(({ answer }) => !isLeft(answer)).map(({ node }) => node);
  if (answered.length === 0)
    return { dialBacks, states: await statesByCql(cluster, asking, nodes.length > 1) };
  await pause(asking.parts.clock, HEARTBEATS_APART_MS, asking.signal);
  const second = asking.signal.aborted ? [] : await askAll(answered);
  const later = mergedStates(second);
  return { dialBacks, states: later.length === 0 ? states : compareHeartbeats(states, later) };
};
