// Control plane. The cluster that a copy writes to: its ring, what its nodes answer, and plans of sessions with them. Made by copy(), closed with it.
import { type SessionTimeouts, StreamOperation, StreamPlan } from '@scamander/session';
import type { OutboundThrottle } from '@scamander/throttle';
import {
  type Endpoint,
  endpointText,
  STREAMING_VERSIONS,
  sameEndpoint,
} from '@scamander/wire-codec';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { JobNews } from '../jobs/news.ts';
import type { AccessOptions } from '../load/options.ts';
import type { FrontDoorParts } from '../parts.ts';
import { silenceTimeoutOf } from '../pull/source/session-timeouts.ts';
import type { Source } from '../pull/source/source.ts';
import { announcedEndpoint } from '../target/announced-endpoint.ts';
import { directTarget } from '../target/direct-target.ts';
import { mappedTransport } from '../target/mapped-transport.ts';
import { openCluster } from '../target/open-target.ts';
import type { ProbeNews } from '../target/probe.ts';
import { Probes } from '../target/probes.ts';
import { RingWatch } from '../target/ring-watch.ts';
import type { Target, TargetNews } from '../target/target.ts';
import type { CopyOptions } from './copy-types.ts';

/** See the head of this file. */
export interface TargetSide {
  readonly target: Target;
  readonly probes: Probes;
  readonly watch: RingWatch;
  /** Of what the target gets. */
  readonly throttle: OutboundThrottle;
  /** A plan without files; its sessions write into the target. */
  newPlan(): StreamPlan;
  close(): Promise<void>;
}

/** What opening needs. */
export interface TargetSideInput {
  readonly options: CopyOptions;
  readonly source: Source;
  readonly throttle: OutboundThrottle;
  readonly signal: AbortSignal;
  readonly emit: (event: TargetNews | ProbeNews | JobNews) => void;
}

/** Longer than any node of 4.0 waits inside a message, 180 s: then it would be the node that gives up (spec: streaming-4.0-plus §1.6). */
const STALL_MS_MAX = 120_000;

/** A replica that stands still holds up the others, and the source: it is given up sooner than in a load. */
export const targetTimeouts = (silenceMs: number) =>
  ({
    connectMs: Math.min(silenceMs, 5_000),
    handshakeMs: silenceMs,
    prepareSynAckMs: silenceMs,
    prepareAckMs: silenceMs,
    receivedMs: silenceMs * 10,
    completeMs: silenceMs * 60,
    messageMs: Math.min(silenceMs, STALL_MS_MAX),
    fileStallMs: Math.min(silenceMs, STALL_MS_MAX),
  }) as const satisfies Partial<SessionTimeouts>;

/** How the target's nodes are reached. */
export const targetAccessOf = ({
  targetAccess,
  tls,
  addressMap,
  gossip,
}: CopyOptions): AccessOptions =>
  targetAccess ?? {
    ...(tls === undefined ? {} : { tls }),
    ...(addressMap === undefined ? {} : { addressMap }),
    ...(gossip === undefined ? {} : { gossip }),
  };

const openTarget = async (
  { options, source, emit }: TargetSideInput,
  parts: FrontDoorParts,
): Promise<Either<ScamanderErrorType, Target>> =>
  options.target.kind === 'cluster'
    ? openCluster(options.target, targetAccessOf(options), parts, emit)
    : directTarget(options.target.nodes, source.target.partitioner);

/** Opens the target and asks its nodes. */
export const openTargetSide = async (
  input: TargetSideInput,
  parts: FrontDoorParts,
): Promise<Either<ScamanderErrorType, TargetSide>> => {
  const { options, throttle, signal, emit } = input;
  const opened = await openTarget(input, parts);
  if (isLeft(opened)) return opened;
  const target = opened.right;
  const silenceMs = silenceTimeoutOf(options);
  const dial = new Map(target.nodes.map((node) => [endpointText(node.endpoint), node.dial]));
  const transport = mappedTransport(parts.transport(targetAccessOf(options).tls), dial);
  const probes = new Probes(parts, {
    transport,
    versions: STREAMING_VERSIONS,
    timeoutMs: silenceMs,
    signal,
    emit,
  });
  await probes.ask(target.nodes);
  const { clock, random, unixMs } = parts;
  const isInterDc = (peer: Endpoint): boolean =>
    target.nodes.find(({ endpoint }) => sameEndpoint(endpoint, peer))?.dc !== target.localDc;
  const newPlan = (): StreamPlan => {
    const host = [...probes.all.values()].find(({ localHost }) => localHost !== undefined);
    return new StreamPlan(
      StreamOperation.BULK_LOAD,
      {
        transport,
        clock,
        throttle,
        partitioner: target.partitioner,
        localEndpoint: announcedEndpoint(host?.localHost ?? '127.0.0.1', target.nodes),
        random,
        unixMs,
        interDc: isInterDc,
      },
      {
        fileConnectionsPerSession: 1,
        timeouts: targetTimeouts(silenceMs),
        versions: STREAMING_VERSIONS,
      },
    );
  };
  const watch = new RingWatch({ target, probes, dial, clock, emit });
  return right({ target, probes, watch, throttle, newPlan, close: () => target.close() });
};
