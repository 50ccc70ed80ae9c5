// Control plane. What one node says (or is said) of a node, taken out of its gossip texts. Made by askGossip; read by ringState.
import type { Partitioner, Token } from '@scamander/ring';
import {
  applicationState,
  type CodecError,
  decodeTokens,
  type Endpoint,
  type EndpointStateEntry,
  type GossipStatus,
  statusOf,
} from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';

/** One endpoint of a gossip answer (spec: gossip §3). */
export interface GossipState {
  /** Broadcast address and storage port. */
  readonly endpoint: Endpoint;
  /** Start of the node in seconds, or more; the later start wins a conflict. */
  readonly generation: number;
  /** Grows each second while the node lives. */
  readonly heartbeatVersion: number;
  /** `NORMAL`, `BOOT`, `LEAVING`, … and what follows; undefined where the node said nothing. */
  readonly status: GossipStatus | undefined;
  /** Owned tokens, or those a starting node claims. */
  readonly tokens: readonly Token[];
  readonly hostId: string | undefined;
  readonly dc: string | undefined;
  readonly rack: string | undefined;
  readonly releaseVersion: string | undefined;
  readonly schemaVersion: string | undefined;
  /** `big-nb`, `bti-da`, …: what the node can read, from 4.0 on. */
  readonly sstableVersions: readonly string[];
  /** `SPACIOUS`, `STUFFED` (beyond the warning) or `FULL`: from 4.1 on, where the guardrail on disks is set. */
  readonly diskUsage: string | undefined;
  /** False when the node said goodbye or its heartbeat stands still; true when it was seen to grow; undefined when nobody knows. */
  readonly alive: boolean | undefined;
}

/** Nobody is alive in these (spec: gossip §3, "Dead states", and `shutdown`). */
const SILENT = new Set(['removing', 'removed', 'LEFT', 'hibernate', 'shutdown']);

/** Its last word says that it is not there. */
export const isSilent = ({ state }: GossipStatus): boolean => SILENT.has(state);

/** Reads one entry of an ACK. Left: TOKENS that are none. */
export const gossipStateOf = (
  { endpoint, state }: EndpointStateEntry,
  partitioner: Partitioner,
): Either<CodecError, GossipState> => {
  const tokensValue = applicationState(state, 'TOKENS');
  const tokens = tokensValue === undefined ? right([]) : decodeTokens(tokensValue, partitioner);
  if (tokens._tag === 'Left') return left(tokens.left);
  const status = statusOf(state);
  return right({
    endpoint,
    generation: state.generation,
    heartbeatVersion: state.heartbeatVersion,
    status,
    tokens: tokens.right,
    hostId: applicationState(state, 'HOST_ID'),
    dc: applicationState(state, 'DC'),
    rack: applicationState(state, 'RACK'),
    releaseVersion: applicationState(state, 'RELEASE_VERSION'),
    schemaVersion: applicationState(state, 'SCHEMA'),
    sstableVersions: (applicationState(state, 'SSTABLE_VERSIONS') ?? '').split(',').filter(Boolean),
    diskUsage: applicationState(state, 'DISK_USAGE'),
    alive: status !== undefined && isSilent(status) ? false : undefined,
  });
};

const sameNode = (a: GossipState, b: GossipState): boolean =>
  a.endpoint.host === b.endpoint.host && a.endpoint.port === b.endpoint.port;

/**
 * Two answers, asked a few seconds apart, tell who lives: a living node's heartbeat grows each second and reaches everyone
 * within a few. The later states, with `alive` filled in.
 */
export const compareHeartbeats = (
  earlier: readonly GossipState[],
  later: readonly GossipState[],
): readonly GossipState[] =>
  later.map((state) => {
    if (state.alive === false) return state;
    const before = earlier.find((one) => sameNode(one, state));
    if (before === undefined) return state;
    const alive =
      state.generation > before.generation || state.heartbeatVersion > before.heartbeatVersion;
    return { ...state, alive };
  });
