// Control plane: makes missing datasets with one real node and keeps them in the cache. Called by main.ts before the cases.
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Node, startNode } from '@scamander-tools/real-cassandra';
import {
  createKeyspaceCql,
  createTableCql,
  type Dataset,
  datasetKeyspace,
  datasetRelease,
  folderOf,
  type MadeDataset,
} from './dataset.ts';
import { randomPool, valueAt } from './random-values.ts';

const insertsInFlight = 64;
const settleTimeoutMsMax = 60_000;
const settlePollMs = 50;

const dataFilesOf = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.endsWith('-Data.db'));

const tableFolderBelow = (folder: string, { name }: Dataset): string => {
  const keyspace = join(folder, datasetKeyspace);
  const found = readdirSync(keyspace).find((entry) => entry.startsWith(`${name}-`));
  if (found === undefined) throw new Error(`${keyspace}: no folder of table ${name}`);
  return join(keyspace, found);
};

const describe = (dataset: Dataset): MadeDataset => {
  const tableFolder = tableFolderBelow(folderOf(dataset), dataset);
  const bytesOf = (name: string): number => statSync(join(tableFolder, name)).size;
  const data = dataFilesOf(tableFolder).sort((a, b) => bytesOf(b) - bytesOf(a));
  const sum = (names: readonly string[]): number =>
    names.reduce((total, name) => total + bytesOf(name), 0);
  return {
    ...dataset,
    tableFolder,
    dataFile: join(tableFolder, data[0] ?? ''),
    sstables: data.length,
    dataBytes: sum(data),
    totalBytes: sum(readdirSync(tableFolder)),
  };
};

const fill = async (node: Node, dataset: Dataset): Promise<void> => {
  const client = await node.cql();
  const pool = randomPool(dataset.rows);
  const insert = `INSERT INTO ${datasetKeyspace}.${dataset.name} (id, body) VALUES (?, ?)`;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < dataset.rows) {
      const id = next;
      next += 1;
      await client.execute(insert, [id, valueAt(pool, id, dataset.valueBytes)], { prepare: true });
    }
  };
  await Promise.all(Array.from({ length: insertsInFlight }, lane));
};

/** A compaction's log goes when its sources are gone; until then both stand in the folder. */
const untilSettled = async (folder: string): Promise<void> => {
  const deadline = performance.now() + settleTimeoutMsMax;
  while (readdirSync(folder).some((name) => name.includes('_txn_'))) {
    if (performance.now() > deadline) throw new Error(`${folder}: the compaction does not end`);
    await delay(settlePollMs);
  }
};

/** One SSTable where the node makes one: a large table is flushed in parts, which a major compaction joins. */
const write = async (node: Node, dataset: Dataset): Promise<void> => {
  const client = await node.cql();
  await client.execute(createTableCql(dataset));
  await node.nodetool('disableautocompaction', datasetKeyspace, dataset.name);
  await fill(node, dataset);
  await node.nodetool('flush', datasetKeyspace, dataset.name);
  const source = tableFolderBelow(node.dataDirectory, dataset);
  if (dataFilesOf(source).length > 1) await node.nodetool('compact', datasetKeyspace, dataset.name);
  await untilSettled(source);
  const kept = folderOf(dataset);
  const fresh = `${kept}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const destination = join(fresh, datasetKeyspace, source.split('/').at(-1) ?? '');
  mkdirSync(destination, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true }))
    if (entry.isFile()) linkSync(join(source, entry.name), join(destination, entry.name));
  writeFileSync(join(fresh, 'dataset.json'), `${JSON.stringify(dataset)}\n`);
  renameSync(fresh, kept);
  await client.execute(`DROP TABLE ${datasetKeyspace}.${dataset.name}`);
};

const isMade = (dataset: Dataset): boolean => {
  const file = join(folderOf(dataset), 'dataset.json');
  if (!existsSync(file)) return false;
  if (readFileSync(file, 'utf8').trim() === JSON.stringify(dataset)) return true;
  rmSync(folderOf(dataset), { recursive: true, force: true });
  return false;
};

/** A node whose memtables hold what the datasets want in one SSTable. */
export const bigNode = (): Promise<Node> =>
  startNode({
    version: datasetRelease,
    heapMb: 1_500,
    yaml: {
      memtable_allocation_type: 'offheap_buffers',
      memtable_offheap_space_in_mb: 1_200,
      memtable_heap_space_in_mb: 600,
      compaction_throughput_mb_per_sec: 0,
    },
  });

/** Makes what is missing and tells what lies where. */
export const makeDatasets = async (
  datasets: readonly Dataset[],
  tell: (line: string) => void,
): Promise<ReadonlyMap<string, MadeDataset>> => {
  const missing = datasets.filter((dataset) => !isMade(dataset));
  if (missing.length > 0) {
    tell(
      `booting Cassandra ${datasetRelease} to write ${missing.map(({ name }) => name).join(', ')}`,
    );
    const node = await bigNode();
    try {
      await (await node.cql()).execute(createKeyspaceCql());
      for (const dataset of missing) {
        await write(node, dataset);
        tell(`wrote ${dataset.name}`);
      }
    } finally {
      await node.stop();
    }
  }
  return new Map(datasets.map((dataset) => [dataset.name, describe(dataset)]));
};
