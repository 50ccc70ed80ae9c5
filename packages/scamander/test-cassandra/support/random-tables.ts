// Control plane. Random tables with random partitions, written by our own writer and laid out as a data directory has them, and the statements
// that make the same tables at a node. Called by written-rows.test.ts.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cqlName } from '@scamander/cql-types';
import { Murmur3Partitioner } from '@scamander/ring';
import { type SSTableFiles, SSTableWriter } from '@scamander/sstable-io';
import fc from 'fast-check';
import {
  type DataOptions,
  type RandomPartition,
  tablesWithPartitions,
} from '../../../sstable-io/test/arbitrary/partitions.ts';
import {
  headerOfTable,
  type RandomTable,
  type TableOptions,
  tables,
} from '../../../sstable-io/test/arbitrary/tables.ts';

/** A random table of one run. */
export interface Sampled {
  readonly name: string;
  readonly table: RandomTable;
  readonly partitions: readonly RandomPartition[];
}

/** The same tables for the same seed. */
export const sampleTables = (
  count: number,
  seed: number,
  options: TableOptions & DataOptions,
): readonly Sampled[] =>
  fc
    .sample(tablesWithPartitions(tables(options), Murmur3Partitioner, options), {
      numRuns: count,
      seed,
    })
    .map((sampled, i) => ({ name: `t${i}`, ...sampled }));

const orders = (table: RandomTable): string =>
  table.clustering
    .map((type, i) => `c${i} ${type.kind === 'reversed' ? 'DESC' : 'ASC'}`)
    .join(', ');

/** CREATE TABLE of a sampled table; nothing compacts behind the test's back. */
export const createStatement = (keyspace: string, { name, table }: Sampled): string => {
  const columns = [
    ...table.keyTypes.map((type, i) => `k${i} ${cqlName(type)}`),
    ...table.clustering.map((type, i) => `c${i} ${cqlName(type)}`),
    ...table.staticColumns.map((column) => `${column.name} ${cqlName(column.type)} STATIC`),
    ...table.regularColumns.map((column) => `${column.name} ${cqlName(column.type)}`),
  ];
  const key = `(${table.keyTypes.map((_, i) => `k${i}`).join(', ')})`;
  const primary = [key, ...table.clustering.map((_, i) => `c${i}`)].join(', ');
  const order = table.clustering.length === 0 ? '' : `CLUSTERING ORDER BY (${orders(table)}) AND `;
  const compaction = `compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}`;
  return `CREATE TABLE ${keyspace}.${name} (${columns.join(', ')}, PRIMARY KEY (${primary})) WITH ${order}${compaction}`;
};

/** Compressors in turn: what a table uses must not matter. */
const COMPRESSORS = [
  'LZ4Compressor',
  undefined,
  'ZstdCompressor',
  'SnappyCompressor',
  'DeflateCompressor',
  'NoopCompressor',
] as const;
/** Small blocks, so that partitions of a few rows have an index. */
const COLUMN_INDEX_BYTES = 256;
const CHUNK_BYTES = 4096;
const NEVER_RAW = 0x7fffffff;

/** Writes one table below `<root>/<keyspace>/<name>`. */
export const writeSampled = async (
  root: string,
  keyspace: string,
  version: 'nb' | 'oa' | 'da' | 'me',
  { name, table, partitions }: Sampled,
): Promise<SSTableFiles> => {
  const directory = join(root, keyspace, name);
  mkdirSync(directory, { recursive: true });
  const compressor = COMPRESSORS[Number(name.slice(1)) % COMPRESSORS.length];
  const writer = await SSTableWriter.create({
    directory,
    keyspace,
    table: name,
    version,
    id: '1',
    partitioner: Murmur3Partitioner,
    header: headerOfTable(table),
    compression:
      compressor === undefined
        ? undefined
        : {
            compressor,
            options: [],
            chunkLengthBytes: CHUNK_BYTES,
            maxCompressedLengthBytes: Number(name.slice(1)) % 2 === 0 ? NEVER_RAW : CHUNK_BYTES,
          },
    bloomFilterFpChance: 0.01,
    minIndexInterval: 128,
    columnIndexBytes: COLUMN_INDEX_BYTES,
  });
  for (const { key, deletion, staticRow, unfiltereds } of partitions) {
    await writer.startPartition(key, deletion, staticRow);
    for (const unfiltered of unfiltereds) await writer.append(unfiltered);
    await writer.endPartition();
  }
  return writer.finish();
};
