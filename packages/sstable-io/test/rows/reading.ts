// What the tests of readers have in common: opening fixtures, reading everything, making headers by hand. Called by this package's tests only.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type CqlType, parseCqlName, typeString } from '@scamander/cql-types';
import type { SSTableError } from '../../src/errors.ts';
import { openSSTable } from '../../src/open.ts';
import { detach } from '../../src/rows/detach.ts';
import type { PartitionHead, Unfiltered } from '../../src/rows/model.ts';
import { type RowHeader, rowHeaderOf } from '../../src/rows/row-header.ts';
import type { RowReader } from '../../src/rows/row-reader.ts';
import type { SSTable, SSTableFiles } from '../../src/types.ts';

/** Opens, works, closes. */
export const withSSTable = async <T>(
  files: SSTableFiles,
  work: (sstable: SSTable) => Promise<T>,
): Promise<T> => {
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  try {
    return await work(opened.right);
  } finally {
    await opened.right.close();
  }
};

/** What is on the right. */
export const orThrow = <T>(
  either: { _tag: 'Left'; left: SSTableError } | { _tag: 'Right'; right: T },
): T => {
  if (either._tag === 'Left') throw either.left;
  return either.right;
};

/** A partition with everything in it, in bytes of its own. */
export interface WholePartition {
  readonly head: PartitionHead;
  readonly rows: readonly Unfiltered[];
  /** Where each of the rows begins, if the reader says so. */
  readonly starts: readonly number[];
  /** Where the reader stands behind it. */
  readonly end: number;
}

/** What is left of the partition that the reader stands in. */
export const restOf = async (reader: RowReader, head: PartitionHead): Promise<WholePartition> => {
  const rows: Unfiltered[] = [];
  const starts: number[] = [];
  for (;;) {
    const batch = await reader.nextBatch();
    if (batch.length === 0) return { head, rows, starts, end: reader.position };
    for (const unfiltered of batch) rows.push(detach(unfiltered));
    starts.push(...Array.from(reader.batchStarts ?? []));
  }
};

/** Everything, in bytes of its own. Closes the reader. */
export const readAll = async (reader: RowReader): Promise<WholePartition[]> => {
  const partitions: WholePartition[] = [];
  try {
    for (;;) {
      const head = await reader.nextPartition();
      if (head === undefined) return partitions;
      partitions.push(await restOf(reader, head));
    }
  } finally {
    await reader.close();
  }
};

const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'column' ? (inner as { text: string }).text : plain(inner),
    ]),
  );
};

/** Comparable text: byte arrays as digits, columns by name. */
export const textOf = (value: unknown): string => JSON.stringify(plain(value));

/** The same partitions, whichever way they were read; faster than their texts. Columns must be those of one header. */
export const samePartitions = (
  a: readonly WholePartition[],
  b: readonly WholePartition[],
): boolean => {
  const contents = (partitions: readonly WholePartition[]) =>
    partitions.map(({ head, rows }) => ({ head, rows }));
  return isDeepStrictEqual(contents(a), contents(b));
};

const typeText = (name: string): string => {
  const parsed = parseCqlName(name, new Map());
  if (parsed._tag === 'Left') throw parsed.left;
  return typeString(parsed.right as CqlType);
};

/** A header by CQL names of types. */
export const headerOf = (parts: {
  readonly key: string;
  readonly clustering?: readonly string[];
  readonly statics?: Readonly<Record<string, string>>;
  readonly regulars?: Readonly<Record<string, string>>;
  readonly minTimestamp?: bigint;
  readonly minLocalDeletionTime?: bigint;
  readonly minTtl?: bigint;
  /** Positions of clustering columns in descending order. */
  readonly descending?: readonly number[];
}): RowHeader => {
  const columns = (of: Readonly<Record<string, string>> = {}) =>
    Object.entries(of).map(([name, type]) => ({ name: Buffer.from(name), type: typeText(type) }));
  return rowHeaderOf({
    minTimestamp: parts.minTimestamp ?? 0n,
    minLocalDeletionTime: parts.minLocalDeletionTime ?? 0n,
    minTtl: parts.minTtl ?? 0n,
    keyType: typeText(parts.key),
    clusteringTypes: (parts.clustering ?? []).map((name, i) =>
      (parts.descending ?? []).includes(i)
        ? `org.apache.cassandra.db.marshal.ReversedType(${typeText(name)})`
        : typeText(name),
    ),
    staticColumns: columns(parts.statics),
    regularColumns: columns(parts.regulars),
  });
};

/** Bytes of hexadecimal digits; spaces and line ends don't count. */
export const fromHex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex');

/** A file beside a component of a fixture. */
export const besideOf = (files: SSTableFiles, name: string): Buffer =>
  readFileSync(`${files.descriptor.directory}/${name}`);
