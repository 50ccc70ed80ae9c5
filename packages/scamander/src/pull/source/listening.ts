// Control plane. Where nodes send to: they open connections of their own to the address that a session announces (spec: streaming-4.0-plus §6.2,
// §8.2). Called by pull and copy. Takes the file connections of sessions that we began, and nothing else: who wants to push is refused.
import { parseInet } from '@scamander/bytes';
import {
  type IncomingFiles,
  type RegisteredSession,
  SessionRegistry,
  StreamManager,
  type StreamParts,
  type Throttle,
} from '@scamander/session';
import { unlimited } from '@scamander/throttle';
import { type Listener, prepareDataPath } from '@scamander/transport';
import {
  type Endpoint,
  endpointText,
  type StreamMessageHeader,
  sameEndpoint,
} from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { tap } from 'rxjs';
import type { ScamanderErrorType } from '../../errors.ts';
import type { FrontDoorParts } from '../../parts.ts';
import type { Probe } from '../../target/probe.ts';
import type { SourceOptions } from '../options.ts';
import { sessionTimeouts } from './session-timeouts.ts';
import type { Source } from './source.ts';

const EVERY_IPV4 = '0.0.0.0';
const EVERY_IPV6 = '::';

const isEveryAddress = (host: string): boolean => host === EVERY_IPV4 || host === EVERY_IPV6;

/** An open listener. */
export interface Listening {
  readonly at: Endpoint;
  /** What the node is told to dial. */
  announcedTo(node: Endpoint): Endpoint;
  /** Parts of a plan that asks the node; what comes goes to `incoming`. */
  streamParts(node: Endpoint, incoming: IncomingFiles, throttle: Throttle): StreamParts;
  /** Nodes that have shown that they reach us, by endpoint text: by a greeting, or by a file. */
  readonly proven: Set<string>;
  /** Connections that came in so far, whoever they are of, and brought no file of a session. */
  readonly strays: number;
  close(): Promise<void>;
}

const usage = (
  code: string,
  message: string,
  where: string,
  advice: string,
): ScamanderErrorType => ({
  code,
  kind: 'usage',
  message,
  where,
  lost: 'nothing',
  advice,
  retryable: false,
});

/** What can be seen of the options before a socket is opened. */
const mistakeOf = (
  { announce, tls }: SourceOptions,
  source: Source,
): ScamanderErrorType | undefined => {
  if (tls !== undefined && (tls.cert === undefined || tls.key === undefined))
    return usage(
      'SCM_PULL_NO_CERTIFICATE',
      'nodes that use TLS dial back with TLS, and a listener needs a certificate',
      '--tls-cert, --tls-key',
      'give a certificate that the nodes’ truststore accepts, with its key',
    );
  if (announce === undefined) return undefined;
  if (parseInet(announce.host) === undefined)
    return usage(
      'SCM_PULL_ANNOUNCE',
      `"${announce.host}" is not an IP address, and nodes are told nothing else`,
      '--announce',
      'give the address instead of the name',
    );
  return source.target.nodes.some(({ endpoint }) => sameEndpoint(endpoint, announce))
    ? usage(
        'SCM_PULL_ANNOUNCE',
        `${endpointText(announce)} is a node's own address: the node would send nothing`,
        '--announce',
        'announce an address, or a port, of our own',
      )
    : undefined;
};

const listenAddress = ({ listen }: SourceOptions, source: Source): Endpoint => {
  if (listen !== undefined) return listen;
  const ipv6 = source.target.nodes.some(({ dial }) => dial.host.includes(':'));
  return { host: ipv6 ? EVERY_IPV6 : EVERY_IPV4, port: 0 };
};

/** Counts the connections that found their session. */
class CountingRegistry extends SessionRegistry {
  found = 0;

  override find(header: StreamMessageHeader): RegisteredSession | undefined {
    const session = super.find(header);
    if (session !== undefined) this.found += 1;
    return session;
  }
}

class OpenListening implements Listening {
  readonly at: Endpoint;
  readonly proven = new Set<string>();
  readonly #source: Source;
  readonly #probes: ReadonlyMap<string, Probe>;
  readonly #parts: FrontDoorParts;
  readonly #sessions = new CountingRegistry();
  #connections = 0;
  readonly #service: { close(): Promise<void> };

  constructor(
    source: Source,
    listener: Listener,
    probes: ReadonlyMap<string, Probe>,
    parts: FrontDoorParts,
  ) {
    this.at = listener.endpoint;
    this.#source = source;
    this.#probes = probes;
    this.#parts = parts;
    const counted: Listener = {
      endpoint: listener.endpoint,
      connections$: listener.connections$.pipe(
        tap(() => {
          this.#connections += 1;
        }),
      ),
      close: () => listener.close(),
    };
    // Without a receiving and a sending port of its own: sessions that peers begin are refused.
    const manager = new StreamManager(
      { ...this.#common(listener.endpoint, { limiterFor: () => unlimited }) },
      {
        timeouts: sessionTimeouts(source.options),
        versions: source.versions,
        onGreeted: (from) => this.proven.add(endpointText(from)),
      },
    );
    this.#service = manager.serve(counted);
  }

  get strays(): number {
    return this.#connections - this.#sessions.found;
  }

  announcedTo(node: Endpoint): Endpoint {
    const { announce } = this.#source.options;
    if (announce !== undefined)
      return { host: announce.host, port: announce.port === 0 ? this.at.port : announce.port };
    return { host: this.#hostFor(node), port: this.at.port };
  }

  streamParts(node: Endpoint, incoming: IncomingFiles, throttle: Throttle): StreamParts {
    return { ...this.#common(this.announcedTo(node), throttle), incoming };
  }

  async close(): Promise<void> {
    await this.#service.close();
  }

  /** A listener on one address is reached there; otherwise we are what the node sees of us, or any node where this one was not asked. */
  #hostFor(node: Endpoint): string {
    if (!isEveryAddress(this.at.host)) return this.at.host;
    const own = this.#probes.get(endpointText(node))?.localHost;
    const any = [...this.#probes.values()].find(({ localHost }) => localHost !== undefined);
    return own ?? any?.localHost ?? '127.0.0.1';
  }

  #common(localEndpoint: Endpoint, throttle: Throttle): StreamParts {
    const { clock, random, unixMs } = this.#parts;
    return {
      transport: this.#source.transport,
      clock,
      throttle,
      partitioner: this.#source.target.partitioner,
      localEndpoint,
      random,
      unixMs,
      interDc: (peer) => this.#source.isInterDc(peer),
      sessions: this.#sessions,
    };
  }
}

/** Listens for the nodes' file connections. */
export const openListening = async (
  source: Source,
  probes: ReadonlyMap<string, Probe>,
  parts: FrontDoorParts,
): Promise<Either<ScamanderErrorType, Listening>> => {
  const { options } = source;
  const mistake = mistakeOf(options, source);
  if (mistake !== undefined) return left(mistake);
  const at = listenAddress(options, source);
  const listening = await source.transport.listen(at);
  if (isLeft(listening))
    return left(
      usage(
        'SCM_PULL_LISTEN',
        listening.left.message,
        endpointText(at),
        'choose another address or port with --listen',
      ),
    );
  // Files of any size come: the threads are there when the first one does.
  prepareDataPath({ bytes: Number.POSITIVE_INFINITY, byKernel: options.tls === undefined });
  return right(new OpenListening(source, listening.right, probes, parts));
};
