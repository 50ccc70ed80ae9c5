// Control plane. Where data come from: a cluster, or embedded nodes, with the network that reaches its nodes. Called by pull, du and copy.
// Asks for schema, members and versions; moves no data.
import { Murmur3Partitioner, type TokenRange } from '@scamander/ring';
import type { Transport } from '@scamander/transport';
import { type Endpoint, endpointText, sameEndpoint } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { parseRanges } from '../../jobs/ranges.ts';
import type { FrontDoorParts } from '../../parts.ts';
import { directTarget } from '../../target/direct-target.ts';
import { mappedTransport } from '../../target/mapped-transport.ts';
import { type OfferedVersions, offeredVersions } from '../../target/offered-versions.ts';
import { openCluster } from '../../target/open-target.ts';
import { type Probe, type ProbeNews, probeNodes } from '../../target/probe.ts';
import type { Target, TargetNews, TargetNode } from '../../target/target.ts';
import type { SourceOptions } from '../options.ts';
import { silenceTimeoutOf } from './session-timeouts.ts';

/** An open source. Close it, or the process stays alive. */
export interface Source {
  readonly options: SourceOptions;
  readonly target: Target;
  /** Dials each node where it is reached; sessions name nodes by their own address. */
  readonly transport: Transport;
  readonly versions: OfferedVersions;
  /** The asked ranges; undefined = all. */
  readonly ranges: readonly TokenRange[] | undefined;
  /** Asks for the ring anew. True: it changed, and nodes are dialled as it says now. */
  look(): Promise<Either<ScamanderErrorType, boolean>>;
  /** One handshake with each node that may be asked; the answers by endpoint text. */
  probe(signal: AbortSignal, emit: (event: ProbeNews) => void): Promise<ReadonlyMap<string, Probe>>;
  /** The node of that address, as of the last look. */
  node(endpoint: Endpoint): TargetNode | undefined;
  /** True where the node stands in another datacenter than the first contact point: its transfers have their own limit. */
  isInterDc(endpoint: Endpoint): boolean;
  /** Peers that did not get through TLS where we listen, with the last reason; undefined where there was none. */
  readonly rejected: { readonly count: number; readonly reason: string } | undefined;
  close(): Promise<void>;
}

const openTarget = (
  options: SourceOptions,
  parts: FrontDoorParts,
  emit: (event: TargetNews) => void,
): Promise<Either<ScamanderErrorType, Target>> => {
  const { source } = options;
  // Embedded nodes do not tell their partitioner; nothing else is ever served by one that is not told so.
  return source.kind === 'cluster'
    ? openCluster(source, options, parts, emit)
    : Promise.resolve(directTarget(source.nodes, Murmur3Partitioner));
};

class OpenSource implements Source {
  readonly options: SourceOptions;
  readonly target: Target;
  readonly transport: Transport;
  readonly versions: OfferedVersions;
  readonly ranges: readonly TokenRange[] | undefined;
  readonly #parts: FrontDoorParts;
  readonly #dial = new Map<string, Endpoint>();
  #rejected: Source['rejected'];

  constructor(
    options: SourceOptions,
    target: Target,
    ranges: readonly TokenRange[] | undefined,
    parts: FrontDoorParts,
  ) {
    this.options = options;
    this.target = target;
    this.ranges = ranges;
    this.versions = offeredVersions(options.protocol);
    const inner = parts.transport(options.tls, ({ message }) => {
      this.#rejected = { count: (this.#rejected?.count ?? 0) + 1, reason: message };
    });
    this.transport = mappedTransport(inner, this.#dial);
    this.#parts = parts;
    this.#learnAddresses();
  }

  get rejected(): Source['rejected'] {
    return this.#rejected;
  }

  async look(): Promise<Either<ScamanderErrorType, boolean>> {
    const changed = await this.target.look();
    if (!isLeft(changed) && changed.right) this.#learnAddresses();
    return changed;
  }

  probe(
    signal: AbortSignal,
    emit: (event: ProbeNews) => void,
  ): Promise<ReadonlyMap<string, Probe>> {
    return probeNodes(this.target.nodes, this.#parts, {
      transport: this.transport,
      announce: this.options.announce,
      versions: this.versions,
      timeoutMs: silenceTimeoutOf(this.options),
      signal,
      emit,
    });
  }

  node(endpoint: Endpoint): TargetNode | undefined {
    return this.target.nodes.find((node) => sameEndpoint(node.endpoint, endpoint));
  }

  isInterDc(endpoint: Endpoint): boolean {
    const dc = this.node(endpoint)?.dc;
    return dc !== undefined && dc !== this.target.localDc;
  }

  close(): Promise<void> {
    return this.target.close();
  }

  #learnAddresses(): void {
    for (const { endpoint, dial } of this.target.nodes)
      this.#dial.set(endpointText(endpoint), dial);
  }
}

/** Opens a source. A Left says why nothing can be asked at all; nothing stays open then. */
export const openSource = async (
  options: SourceOptions,
  parts: FrontDoorParts,
  emit: (event: TargetNews) => void,
): Promise<Either<ScamanderErrorType, Source>> => {
  const target = await openTarget(options, parts, emit);
  if (isLeft(target)) return target;
  const ranges = parseRanges(options.ranges, target.right.partitioner);
  if (isLeft(ranges)) {
    await target.right.close();
    return left(ranges.left);
  }
  return right(new OpenSource(options, target.right, ranges.right, parts));
};

/** The source as a ring watch sees it: looking also learns where its nodes are dialled. */
export const watched = (source: Source): Pick<Target, 'ring' | 'nodes' | 'look'> => ({
  get ring() {
    return source.target.ring;
  },
  get nodes() {
    return source.target.nodes;
  },
  look: () => source.look(),
});
