// A program that asks an embedded node for ranges, with the session's own plan and the receiving port of serve. Called by tests only:
// pull() does more, and has its own.
import { timeUuid } from '@scamander/bytes';
import { Murmur3Partitioner } from '@scamander/ring';
import {
  type SessionSnapshot,
  type StreamEvent,
  StreamManager,
  StreamPlan,
  type StreamPlanOptions,
} from '@scamander/session';
import { nodeFileSystem } from '@scamander/sstable-io';
import { unlimited } from '@scamander/throttle';
import type { Endpoint, StreamRequest } from '@scamander/wire-codec';
import type { FrontDoorParts } from '../../src/parts.ts';
import { sstableIncomingFiles } from '../../src/serve/incoming-files.ts';
import { TableRegistry } from '../../src/serve/table-registry.ts';

/** The whole ring as nodes write it. */
export const WHOLE_RING = { left: -(2n ** 63n), right: -(2n ** 63n) } as const;

/** What is asked, and where the answer goes. */
export interface Asking extends StreamPlanOptions {
  readonly peer: Endpoint;
  /** @default a free port of the same host */
  readonly at: Endpoint;
  /** What the peer is told to dial. @default where we listen */
  readonly announce?: Endpoint;
  readonly requests: readonly (Pick<StreamRequest, 'keyspace'> & Partial<StreamRequest>)[];
  readonly tables: readonly {
    readonly keyspace: string;
    readonly table: string;
    readonly tableId: string;
  }[];
  readonly dataDirectory: string;
  /** @default 'Rebuild' */
  readonly operation?: string;
  readonly onEvent?: (event: StreamEvent) => void;
}

/** Asks; the session's end. */
export const askFor = async (asking: Asking, parts: FrontDoorParts): Promise<SessionSnapshot> => {
  const { peer, at, announce, requests, tables, dataDirectory, operation, onEvent, ...options } =
    asking;
  const transport = parts.transport(undefined);
  const listening = await transport.listen(at);
  if (listening._tag === 'Left') throw listening.left;
  const listener = listening.right;
  const registry = await TableRegistry.open(dataDirectory);
  for (const { keyspace, table, tableId } of tables) await registry.add(keyspace, table, tableId);
  const { clock, random, unixMs } = parts;
  const localEndpoint = announce ?? listener.endpoint;
  const incoming = sstableIncomingFiles(registry, {
    newTimeUuid: () => timeUuid({ unixMs: unixMs(), random }),
    fileSystem: parts.fileSystem ?? nodeFileSystem,
    partitioner: Murmur3Partitioner,
    sstableVersion: 'nb',
  });
  const streamParts = {
    transport,
    clock,
    random,
    unixMs,
    throttle: { limiterFor: () => unlimited },
    partitioner: Murmur3Partitioner,
    localEndpoint,
    incoming,
  };
  const manager = new StreamManager(streamParts);
  const serving = manager.serve(listener);
  try {
    const plan = new StreamPlan(
      operation ?? 'Rebuild',
      { ...streamParts, sessions: manager.sessions },
      options,
    );
    const result = plan
      .requestRanges(
        peer,
        requests.map((request) => ({
          endpoint: localEndpoint,
          fullRanges: [WHOLE_RING],
          transientRanges: [],
          tables: [],
          ...request,
        })),
      )
      .execute();
    if (onEvent !== undefined) result.events$.subscribe(onEvent);
    const [session] = (await result.settled()).sessions;
    if (session === undefined) throw new Error('no session');
    return session;
  } finally {
    await serving.close();
  }
};
