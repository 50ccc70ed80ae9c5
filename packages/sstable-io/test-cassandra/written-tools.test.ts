// What Cassandra's own offline tools say of SSTables of our own writer, of random tables: sstabledump prints what our dump prints, byte for byte,
// sstablemetadata reads all of the statistics, sstableverify --extended finds nothing. SCAMANDER_SCHEMAS says how many tables (a process each).
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cqlName } from '@scamander/cql-types';
import { Murmur3Partitioner } from '@scamander/ring';
import {
  type Node,
  type Release,
  releases,
  runOfflineTool,
  startNode,
} from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dumpReleaseOf } from '../src/dump/dump-rows.ts';
import type { SSTableFiles } from '../src/types.ts';
import { SSTableWriter } from '../src/write/sstable-writer.ts';
import type { WrittenVersion } from '../src/write/writer-options.ts';
import { type RandomPartition, tablesWithPartitions } from '../test/arbitrary/partitions.ts';
import { headerOfTable, type RandomTable, tables } from '../test/arbitrary/tables.ts';
import { ourDump } from '../test/dump/dumps.ts';

const COUNT = Math.min(50, Number(process.env['SCAMANDER_SCHEMAS'] ?? 3));
const SEED = Number(process.env['SCAMANDER_SEED'] ?? 20261129);
const KEYSPACE = 'tools';

interface Sampled {
  readonly name: string;
  readonly table: RandomTable;
  readonly partitions: readonly RandomPartition[];
}

/** The tool ends in the middle of a file that has an empty boolean (spec: sstable-data §18.2), so nothing is empty here. */
const sample = (vectors: boolean): readonly Sampled[] =>
  fc
    .sample(
      tablesWithPartitions(tables({ vectors }), Murmur3Partitioner, {
        partitionsMax: 6,
        rowsMax: 10,
        deletions: true,
        empty: false,
      }),
      { numRuns: COUNT, seed: SEED },
    )
    .map((sampled, i) => ({ name: `t${i}`, ...sampled }));

const write = async (
  root: string,
  version: WrittenVersion,
  { name, table, partitions }: Sampled,
): Promise<SSTableFiles> => {
  const directory = join(root, KEYSPACE, name);
  mkdirSync(directory, { recursive: true });
  const writer = await SSTableWriter.create({
    directory,
    keyspace: KEYSPACE,
    table: name,
    version,
    id: '1',
    partitioner: Murmur3Partitioner,
    header: headerOfTable(table),
    compression: {
      compressor: 'LZ4Compressor',
      options: [],
      chunkLengthBytes: 4096,
      maxCompressedLengthBytes: 0x7fffffff,
    },
    bloomFilterFpChance: 0.01,
    minIndexInterval: 128,
    columnIndexBytes: 512,
  });
  for (const { key, deletion, staticRow, unfiltereds } of partitions) {
    await writer.startPartition(key, deletion, staticRow);
    for (const unfiltered of unfiltereds) await writer.append(unfiltered);
    await writer.endPartition();
  }
  return writer.finish();
};

const dataFile = ({ descriptor }: SSTableFiles): string =>
  join(descriptor.directory, `${descriptor.prefix}Data.db`);

const runTool = async (
  release: Release,
  tool: 'sstabledump' | 'sstablemetadata',
  ...args: readonly string[]
): Promise<string> => {
  const { exitCode, stdout, stderr } = await runOfflineTool(release, tool, ...args);
  assert.is(exitCode, 0, `${tool} ${args.join(' ')}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
  return stdout;
};

const assertToolsAgree = async (
  release: Release,
  version: WrittenVersion,
  { name, partitions }: Sampled,
  files: SSTableFiles,
): Promise<void> => {
  const theirs = await runTool(release, 'sstabledump', dataFile(files), '-t');
  const ours = await ourDump(files, {
    format: 'json',
    timestamps: 'raw',
    release: release.family === '5.0' ? '5.0' : dumpReleaseOf(version),
    nowSeconds: Math.floor(Date.now() / 1000),
  });
  assert.is(ours.trim(), theirs.trim(), `dump of ${name}`);
  const metadata = await runTool(release, 'sstablemetadata', dataFile(files));
  const rows = partitions.reduce(
    (sum, { staticRow, unfiltereds }) =>
      sum +
      (staticRow === undefined ? 0 : 1) +
      unfiltereds.filter((unfiltered) => unfiltered.kind === 'row').length,
    0,
  );
  assert.match(metadata, new RegExp(`totalRows: ${rows}\\b`));
  assert.match(metadata, /Partitioner: org\.apache\.cassandra\.dht\.Murmur3Partitioner/);
};

const createStatement = ({ name, table }: Sampled): string => {
  const keys = table.keyTypes.map((_, i) => `k${i}`);
  const clustering = table.clustering.map((_, i) => `c${i}`);
  const order = table.clustering.map(
    (type, i) => `c${i} ${type.kind === 'reversed' ? 'DESC' : 'ASC'}`,
  );
  const columns = [
    ...table.keyTypes.map((type, i) => `k${i} ${cqlName(type)}`),
    ...table.clustering.map((type, i) => `c${i} ${cqlName(type)}`),
    ...table.staticColumns.map((column) => `${column.name} ${cqlName(column.type)} STATIC`),
    ...table.regularColumns.map((column) => `${column.name} ${cqlName(column.type)}`),
    `PRIMARY KEY (${[`(${keys.join(', ')})`, ...clustering].join(', ')})`,
  ];
  const ordered = order.length === 0 ? '' : ` WITH CLUSTERING ORDER BY (${order.join(', ')})`;
  return `CREATE TABLE ${KEYSPACE}.${name} (${columns.join(', ')})${ordered}`;
};

const makeTables = async (node: Node, list: readonly Sampled[]): Promise<void> => {
  const cql = await node.cql();
  await cql.execute(
    `CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  );
  for (const sampled of list) await cql.execute(createStatement(sampled));
};

/** sstableverify takes the schema from a node's folder: a node makes the tables and ends, then the SSTables come into their folders. */
const assertVerified = async (
  release: Release,
  list: readonly Sampled[],
  written: readonly SSTableFiles[],
): Promise<void> => {
  const node = await startNode({ version: release.version, yaml: release.yaml });
  try {
    await makeTables(node, list);
    await node.nodetool('flush', 'system_schema');
    await node.shutDown();
    for (const [i, { name }] of list.entries()) {
      const keyspace = join(node.dataDirectory, KEYSPACE);
      const folder = readdirSync(keyspace).find((entry) => entry.startsWith(`${name}-`)) as string;
      const from = (written[i] as SSTableFiles).descriptor.directory;
      for (const file of readdirSync(from)) cpSync(join(from, file), join(keyspace, folder, file));
      const force = release.family === '4.0' ? [] : ['--force'];
      const result = await node.toolResult('sstableverify', ...force, '--extended', KEYSPACE, name);
      const said = `${result.stdout}${result.stderr}`;
      assert.is(result.exitCode, 0, said);
      assert.match(said, /Verifying .*Data\.db/);
      assert.not.match(said, /corrupt|invalid|error verifying/i, said);
    }
  } finally {
    await node.stop();
  }
};

for (const release of releases().filter(({ family }) => family !== '6.0'))
  for (const version of release.writes as readonly WrittenVersion[])
    test(`${release.name}: its tools and ${COUNT} random tables in ${version}, seed ${SEED}`, () =>
      withTempFolder(async (root) => {
        const list = sample(release.family === '5.0');
        const written: SSTableFiles[] = [];
        for (const sampled of list) {
          const files = await write(root, version, sampled);
          written.push(files);
          await assertToolsAgree(release, version, sampled, files);
        }
        await assertVerified(release, list, written);
      }));

test.run();
