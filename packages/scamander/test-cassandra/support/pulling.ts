// Control plane. Ranges of a real node's tables, pulled into a data directory of our own through the receiving port of the embedded node.
// Called by the tests. The node dials back to us with the files, so we listen.
import { timeUuid } from '@scamander/bytes';
import { Murmur3Partitioner } from '@scamander/ring';
import { SessionRegistry, StreamManager, type StreamParts, StreamPlan } from '@scamander/session';
import { nodeFileSystem } from '@scamander/sstable-io';
import { systemClock, unlimited } from '@scamander/throttle';
import { tcpTransport } from '@scamander/transport';
import type { StreamRequest, WireTokenRange } from '@scamander/wire-codec';
import type { Node } from '@scamander-tools/real-cassandra';
import { systemParts } from '../../src/parts.ts';
import { sstableIncomingFiles } from '../../src/serve/incoming-files.ts';
import type { ServedVersion } from '../../src/serve/incoming-sections.ts';
import { TableRegistry } from '../../src/serve/table-registry.ts';
import type { Cql } from './nodes.ts';

/** What is pulled, and where to. */
export interface Pulling {
  readonly keyspace: string;
  readonly tables: readonly string[];
  readonly ranges: readonly WireTokenRange[];
  readonly dataDirectory: string;
  readonly sstableVersion: ServedVersion;
}

const registryOf = async (
  cql: Cql,
  { keyspace, tables, dataDirectory }: Pulling,
): Promise<TableRegistry> => {
  const registry = await TableRegistry.open(dataDirectory);
  const { rows } = await cql.execute(
    'SELECT table_name, id FROM system_schema.tables WHERE keyspace_name = ?',
    [keyspace],
    { prepare: true },
  );
  for (const row of rows) {
    const name: string = row.get('table_name');
    if (tables.includes(name)) await registry.add(keyspace, name, String(row.get('id')));
  }
  return registry;
};

/** Pulls; the number of files that came as sections, and of those that came whole. */
export const pullFrom = async (
  node: Node,
  pulling: Pulling,
): Promise<{ sections: number; whole: number }> => {
  const transport = tcpTransport({ clock: systemClock });
  const listening = await transport.listen({ host: '127.0.0.1', port: 0 });
  if (listening._tag === 'Left') throw listening.left;
  const listener = listening.right;
  const registry = await registryOf(await node.cql(), pulling);
  const { unixMs, random } = systemParts;
  const count = { sections: 0, whole: 0 };
  const receiving = {
    newTimeUuid: () => timeUuid({ unixMs: unixMs(), random }),
    fileSystem: nodeFileSystem,
    partitioner: Murmur3Partitioner,
    sstableVersion: pulling.sstableVersion,
    secure: false,
  };
  const incoming = sstableIncomingFiles(registry, receiving);
  const parts: StreamParts = {
    transport,
    clock: systemClock,
    throttle: { limiterFor: () => unlimited },
    partitioner: Murmur3Partitioner,
    localEndpoint: listener.endpoint,
    random,
    unixMs,
    incoming: {
      begin: (info) => {
        const session = incoming.begin(info);
        return {
          prepare: (summary) => session.prepare(summary),
          open: (file) => {
            if (file.header.entire === undefined) count.sections += 1;
            else count.whole += 1;
            return session.open(file);
          },
          commitTable: (tableId) => session.commitTable(tableId),
          abort: () => session.abort(),
        };
      },
    },
    sessions: new SessionRegistry(),
  };
  const manager = new StreamManager(parts);
  const serving = manager.serve(listener);
  try {
    const request: StreamRequest = {
      keyspace: pulling.keyspace,
      endpoint: listener.endpoint,
      fullRanges: pulling.ranges,
      transientRanges: [],
      tables: pulling.tables,
    };
    const peer = { host: node.address, port: node.storagePort };
    await new StreamPlan('Rebuild', parts).requestRanges(peer, [request]).execute();
  } finally {
    await serving.close();
    await manager.close();
    await listener.close();
  }
  return count;
};
