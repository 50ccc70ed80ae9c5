// Control plane. The embedded node: listens, takes SSTables and sections of them into a data directory, sends what peers ask for.
// Called by the command line, the demo and by programs. It has no CQL, no gossip and no schema: tables are folders.
import { resolve } from 'node:path';
import { timeUuid } from '@scamander/bytes';
import type { TableSchema } from '@scamander/cql-types';
import { type Partitioner, partitionerNamed } from '@scamander/ring';
import { type StreamEvent, StreamManager } from '@scamander/session';
import { nodeFileSystem, recover } from '@scamander/sstable-io';
import type { OutboundThrottle } from '@scamander/throttle';
import { type Listener, prepareDataPath, type Transport } from '@scamander/transport';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { ScamanderErrorType } from '../errors.ts';
import type { LoadRates, TlsOptions } from '../load/options.ts';
import { type FrontDoorParts, systemParts, throttleFor } from '../parts.ts';
import { reachable } from '../target/mapped-transport.ts';
import { sstableIncomingFiles } from './incoming-files.ts';
import type { ServedVersion } from './incoming-sections.ts';
import { type ServedEntire, sstableOutgoingFiles } from './outgoing-files.ts';
import { type KnownTable, TableRegistry } from './table-registry.ts';

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Created where it is missing. Staging folders of an earlier run that did not end are cleaned first. */
  readonly dataDirectory: string;
  /** @default 127.0.0.1, port 7000; port 0 picks a free one */
  readonly listen?: Endpoint;
  /** Address that peers know us by, and that we call ourselves when we send. @default where a peer's connection arrived */
  readonly announce?: Endpoint;
  /** Where to dial peers that ask for data: announced `host` or `host:port` to reachable `host[:port]`. */
  readonly addressMap?: ReadonlyMap<string, string>;
  readonly tls?: TlsOptions & { readonly requireClientCertificate?: boolean };
  /** Tables to make known beside the folders that are there. */
  readonly tables?: readonly {
    readonly keyspace: string;
    readonly table: string;
    readonly tableId: string;
    /** Sections whose columns are not the table's are refused then, and what is written follows the table's options. */
    readonly schema?: TableSchema | undefined;
  }[];
  /**
   * Version of the SSTables that are written of sections; whole SSTables stay as they come. `nb` is opened by every node of 4.0 and later,
   * but holds no deletion or expiry after January 2038. `da` is BTI.
   * @default 'nb'
   */
  readonly sstableVersion?: ServedVersion;
  readonly rates?: Partial<LoadRates>;
  /** `never`: what peers ask for travels as sections, also where it could travel whole. @default 'auto' */
  readonly entire?: ServedEntire;
  /** Short or full class name. @default Murmur3Partitioner */
  readonly partitioner?: string;
}

/** A running embedded node. */
export interface EmbeddedNode {
  readonly endpoint: Endpoint;
  readonly events$: Observable<StreamEvent>;
  readonly tables: readonly KnownTable[];
  readonly throttle: OutboundThrottle;
  addTable(
    keyspace: string,
    table: string,
    tableId: string,
    schema?: TableSchema,
  ): Promise<KnownTable>;
  /** Ends in order: no new sessions, running ones are failed, nothing half-written stays. */
  close(): Promise<void>;
}

const cannotServe = (message: string, where: string, advice: string): ScamanderErrorType => ({
  code: 'SCM_SERVE_START',
  kind: 'failed',
  message,
  where,
  lost: 'nothing',
  advice,
  retryable: true,
});

const partitionerOf = (name: string | undefined): Partitioner | undefined => {
  const found = partitionerNamed(name ?? 'Murmur3Partitioner');
  return isLeft(found) ? undefined : found.right;
};

const registryOf = async (
  options: ServeOptions,
  { fileSystem }: FrontDoorParts,
): Promise<Either<ScamanderErrorType, TableRegistry>> => {
  const dataDirectory = resolve(options.dataDirectory);
  try {
    const registry = await TableRegistry.open(dataDirectory);
    const recovered = await recover(dataDirectory, fileSystem);
    if (isLeft(recovered)) {
      return left(
        cannotServe(
          recovered.left.message,
          dataDirectory,
          'make the data directory readable and writable',
        ),
      );
    }
    for (const { keyspace, table, tableId, schema } of options.tables ?? [])
      await registry.add(keyspace, table, tableId, schema);
    return right(registry);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return left(
      cannotServe(reason, dataDirectory, 'make the data directory readable and writable'),
    );
  }
};

interface Running {
  readonly registry: TableRegistry;
  readonly transport: Transport;
  readonly listener: Listener;
  readonly throttle: OutboundThrottle;
  readonly partitioner: Partitioner;
}

const managerOf = (
  options: ServeOptions,
  parts: FrontDoorParts,
  { registry, transport, listener, throttle, partitioner }: Running,
): StreamManager => {
  const { clock, random, unixMs } = parts;
  const { announce, addressMap } = options;
  const { port } = listener.endpoint;
  return new StreamManager(
    {
      transport,
      clock,
      random,
      unixMs,
      throttle,
      partitioner,
      localEndpoint: announce ?? listener.endpoint,
      incoming: sstableIncomingFiles(registry, {
        newTimeUuid: () => timeUuid({ unixMs: unixMs(), random }),
        fileSystem: parts.fileSystem ?? nodeFileSystem,
        partitioner,
        sstableVersion: options.sstableVersion ?? 'nb',
      }),
      outgoing: sstableOutgoingFiles(registry, options.entire),
    },
    {
      // who listens on every address is known by the one that was dialled
      followerEndpoint: (control) => announce ?? { host: control.local.host, port },
      addressMap: (peer) => reachable(peer, addressMap),
    },
  );
};

/** Starts an embedded node. */
export const serve = async (
  options: ServeOptions,
  parts: FrontDoorParts = systemParts,
): Promise<Either<ScamanderErrorType, EmbeddedNode>> => {
  const partitioner = partitionerOf(options.partitioner);
  if (partitioner === undefined) {
    return left(
      cannotServe(
        `unknown partitioner ${options.partitioner}`,
        options.dataDirectory,
        'use Murmur3Partitioner',
      ),
    );
  }
  const registry = await registryOf(options, parts);
  if (isLeft(registry)) return registry;
  const transport = parts.transport(options.tls);
  const listening = await transport.listen(options.listen ?? { host: '127.0.0.1', port: 7000 });
  if (isLeft(listening)) {
    return left(
      cannotServe(
        listening.left.message,
        endpointText(options.listen ?? { host: '127.0.0.1', port: 7000 }),
        'choose another address or port with --listen',
      ),
    );
  }
  const listener = listening.right;
  // Whoever listens will be sent files of any size: the threads are there when the first one comes.
  prepareDataPath({ bytes: Number.POSITIVE_INFINITY, byKernel: options.tls === undefined });
  const throttle = throttleFor(parts, options.rates);
  const manager = managerOf(options, parts, {
    registry: registry.right,
    transport,
    listener,
    throttle,
    partitioner,
  });
  const service = manager.serve(listener);
  return right({
    endpoint: listener.endpoint,
    events$: manager.events$,
    get tables() {
      return registry.right.all;
    },
    throttle,
    addTable: (keyspace, table, tableId, schema) =>
      registry.right.add(keyspace, table, tableId, schema),
    close: async () => {
      await service.close();
      await manager.close();
      await listener.close();
    },
  });
};
