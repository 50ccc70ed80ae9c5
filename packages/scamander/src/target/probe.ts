// Control plane. Asks every replica, before a byte moves, whether and how it streams: one handshake, then the connection is closed.
// Called by every job that streams. A streaming connection that ends before STREAM_INIT leaves no trace on a node (spec: streaming-4.0-plus §6.2).
import { dialStreaming, type Transport, type TransportError } from '@scamander/transport';
import { type Endpoint, endpointText, type StreamingVersion } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import { atOnce } from '../jobs/at-once.ts';
import { CONNECT_TIMEOUT_MS, PEERS_AT_ONCE_MAX } from '../limits.ts';
import type { FrontDoorParts } from '../parts.ts';
import type { TargetNode } from './target.ts';

/** What a replica said. */
export interface Probe {
  readonly version: StreamingVersion | undefined;
  readonly error: TransportError | undefined;
  /** Our side of the connection: how the node sees us, where nothing else was announced. */
  readonly localHost: string | undefined;
}

/** News of probing. */
export interface ProbeNews {
  readonly type: 'ReplicaProbed';
  readonly replica: string;
  readonly version: number | undefined;
  readonly problem: string | undefined;
}

/** What probing needs. */
export interface ProbeInput {
  readonly transport: Transport;
  /** What we call ourselves; nobody dials it. @default the storage port of 127.0.0.1 */
  readonly announce?: Endpoint | undefined;
  readonly versions: { readonly min: StreamingVersion; readonly max: StreamingVersion };
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly emit: (event: ProbeNews) => void;
}

const UNNAMED: Endpoint = { host: '127.0.0.1', port: 7000 };

const probeOne = async (
  node: TargetNode,
  parts: FrontDoorParts,
  input: ProbeInput,
): Promise<Probe> => {
  const dialled = await dialStreaming(
    { transport: input.transport, clock: parts.clock },
    {
      to: node.dial,
      from: input.announce ?? UNNAMED,
      versions: input.versions,
      connectTimeoutMs: Math.min(input.timeoutMs, CONNECT_TIMEOUT_MS),
      handshakeTimeoutMs: input.timeoutMs,
      signal: input.signal,
    },
  );
  if (isLeft(dialled)) return { version: undefined, error: dialled.left, localHost: undefined };
  const { connection, version } = dialled.right;
  const localHost = connection.local.host;
  connection.destroy();
  await connection.closed;
  return { version, error: undefined, localHost };
};

/** All nodes at once; the answers by endpoint text. */
export const probeNodes = async (
  nodes: readonly TargetNode[],
  parts: FrontDoorParts,
  input: ProbeInput,
): Promise<ReadonlyMap<string, Probe>> => {
  const answers = new Map<string, Probe>();
  await atOnce(nodes, PEERS_AT_ONCE_MAX, async (node) => {
    const probe = await probeOne(node, parts, input);
    const replica = endpointText(node.endpoint);
    answers.set(replica, probe);
    input.emit({
      type: 'ReplicaProbed',
      replica,
      version: probe.version,
      problem: probe.error?.message,
    });
  });
  return answers;
};
