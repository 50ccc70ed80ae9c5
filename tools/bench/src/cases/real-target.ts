// Control plane: a real node that takes loads, with the tables of the datasets in it. Called by the cases against real nodes.
import { type Node, startNode } from '@scamander-tools/real-cassandra';
import {
  createKeyspaceCql,
  createTableCql,
  type Dataset,
  datasetKeyspace,
  datasetRelease,
} from '../datasets/dataset.ts';

/** 4.1 with nothing in the way of a load: no limit of its own, no compaction of what came. */
export const startTarget = async (datasets: readonly Dataset[]): Promise<Node> => {
  const node = await startNode({ version: datasetRelease, heapMb: 768, yaml: unthrottled });
  try {
    const client = await node.cql();
    await client.execute(createKeyspaceCql());
    for (const dataset of datasets) await client.execute(createTableCql(dataset));
    await node.nodetool('disableautocompaction');
    return node;
  } catch (error) {
    await node.stop();
    throw error;
  }
};

/** Cassandra's own limit is 24 MiB/s for each direction. */
export const unthrottled = {
  stream_throughput_outbound: '0MiB/s',
  inter_dc_stream_throughput_outbound: '0MiB/s',
  entire_sstable_stream_throughput_outbound: '0MiB/s',
  entire_sstable_inter_dc_stream_throughput_outbound: '0MiB/s',
  compaction_throughput: '0MiB/s',
} as const;

/** Throws unless every row is there; then removes them all. */
export const countAndTruncate = async (node: Node, dataset: Dataset): Promise<void> => {
  const client = await node.cql();
  const table = `${datasetKeyspace}.${dataset.name}`;
  // Counting a million blobs takes longer than loading them: the last ones stand for all.
  const samples = [0, dataset.rows >> 1, dataset.rows - 1];
  for (const id of samples) {
    const found = await client.execute(`SELECT body FROM ${table} WHERE id = ?`, [id], {
      prepare: true,
    });
    const body: unknown = found.first()?.['body'];
    if (!Buffer.isBuffer(body) || body.length !== dataset.valueBytes)
      throw new Error(`${table}: row ${id} did not arrive`);
  }
  await client.execute(`TRUNCATE ${table}`);
};
