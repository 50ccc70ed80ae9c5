// Control plane. Random tables as a node and as our writer make them. Called by the tests.
import { mkdirSync } from 'node:fs';
import { cqlName } from '@scamander/cql-types';
import { Murmur3Partitioner } from '@scamander/ring';
import type { SSTableFiles } from '../../src/types.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';
import type { WrittenVersion } from '../../src/write/writer-options.ts';
import type { RandomPartition } from '../../test/arbitrary/partitions.ts';
import { headerOfTable, type RandomTable } from '../../test/arbitrary/tables.ts';

/** What stands between the parentheses of CREATE TABLE. */
const columnsOf = (table: RandomTable): string =>
  [
    ...table.keyTypes.map((type, i) => `k${i} ${cqlName(type)}`),
    ...table.clustering.map((type, i) => `c${i} ${cqlName(type)}`),
    ...table.staticColumns.map(({ name, type }) => `${name} ${cqlName(type)} STATIC`),
    ...table.regularColumns.map(({ name, type }) => `${name} ${cqlName(type)}`),
  ].join(', ');

/** CREATE TABLE of a random table; `name` is its full name. */
export const createRandomTable = (name: string, table: RandomTable, options: string): string => {
  const key = `(${table.keyTypes.map((_, i) => `k${i}`).join(', ')})`;
  const primary = [key, ...table.clustering.map((_, i) => `c${i}`)].join(', ');
  const orders = table.clustering.map(
    (type, i) => `c${i} ${type.kind === 'reversed' ? 'DESC' : 'ASC'}`,
  );
  const order = orders.length === 0 ? '' : `CLUSTERING ORDER BY (${orders.join(', ')}) AND `;
  return `CREATE TABLE ${name} (${columnsOf(table)}, PRIMARY KEY (${primary})) WITH ${order}${options}`;
};

/** Where an SSTable of a random table goes. */
export interface RandomPlace {
  readonly directory: string;
  readonly keyspace: string;
  readonly table: string;
  readonly version: WrittenVersion;
  readonly id: string;
}

/** Writes partitions as an SSTable that is not compressed and has small blocks, so that partitions of a few rows have an index. */
export const writeRandom = async (
  place: RandomPlace,
  table: RandomTable,
  partitions: readonly RandomPartition[],
): Promise<SSTableFiles> => {
  mkdirSync(place.directory, { recursive: true });
  const writer = await SSTableWriter.create({
    ...place,
    partitioner: Murmur3Partitioner,
    header: headerOfTable(table),
    compression: undefined,
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
