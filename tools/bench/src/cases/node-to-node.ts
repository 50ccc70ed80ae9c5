// Control plane: what Cassandra does by itself: a second node joins and takes everything from the first, entire SSTables, no throttle.
// Measured by the second node's own log, from the start of its stream to its end.
import { type Node, startNode } from '@scamander-tools/real-cassandra';
import {
  createTableCql,
  datasetKeyspace,
  datasetRelease,
  type MadeDataset,
} from '../datasets/dataset.ts';
import { type Case, type Measured, madeOf, sized, takeTurns } from './case.ts';
import { unthrottled } from './real-target.ts';

const dayMs = 86_400_000;

const clockMs = (line: string): number | undefined => {
  const match = /^(\d\d):(\d\d):(\d\d)\.(\d{3}) /.exec(line);
  if (match === null) return undefined;
  const [hours = 0, minutes = 0, seconds = 0, ms = 0] = match.slice(1).map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + ms;
};

/** Seconds of the bootstrap stream in a node's log: from its plan to the end of its sessions. */
export const streamSeconds = (log: string): number => {
  const lines = log.split('\n');
  const at = (mark: string): number => {
    const line = lines.find((candidate) => candidate.includes(mark));
    const ms = line === undefined ? undefined : clockMs(line);
    if (ms === undefined) throw new Error(`the node's log has no line with "${mark}"`);
    return ms;
  };
  const start = at('Executing streaming plan for Bootstrap');
  const end = at('All sessions completed');
  return ((end - start + dayMs) % dayMs) / 1_000;
};

const both = { replicas: 2 };

const startFirst = async (dataset: MadeDataset): Promise<Node> => {
  const node = await startNode({ version: datasetRelease, heapMb: 1_024, yaml: unthrottled });
  try {
    const client = await node.cql();
    await client.execute(
      `CREATE KEYSPACE ${datasetKeyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': ${both.replicas}}`,
    );
    await client.execute(createTableCql(dataset));
    await node.nodetool('disableautocompaction');
    await node.nodetool(
      'import',
      '--copy-data',
      datasetKeyspace,
      dataset.name,
      dataset.tableFolder,
    );
    return node;
  } catch (error) {
    await node.stop();
    throw error;
  }
};

const join = async (first: Node, dataset: MadeDataset): Promise<Measured> => {
  const second = await startNode({
    version: datasetRelease,
    seeds: [first.address],
    clusterName: first.settings.clusterName,
    autoBootstrap: true,
    heapMb: 1_024,
    yaml: unthrottled,
  });
  try {
    const seconds = streamSeconds(second.log());
    await second.nodetool('decommission', '--force');
    return { seconds, bytes: dataset.totalBytes, cpuSeconds: 0, maxRssBytes: 0 };
  } finally {
    await second.stop();
  }
};

export const nodeToNodeCase: Case = {
  name: 'node-to-node',
  needs: (quick) => [sized(quick, '1gib', 'lz4')],
  run: async (context) => {
    const dataset = madeOf(context, '1gib', 'lz4');
    const first = await startFirst(dataset);
    try {
      return await takeTurns(context, context.quick ? 1 : 3, {
        'Cassandra → Cassandra': () => join(first, dataset),
      });
    } finally {
      await first.stop();
    }
  },
};
