// Control plane. Which keys a node must have, as Cassandra says it, and which ones lie in its files. Called by ring.test.ts.
// Nothing here asks our own ring code: the ranges are nodetool's, the tokens are the node's.
import { discover, openSSTable } from '@scamander/sstable-io';
import type { Node } from '@scamander-tools/real-cassandra';
import { dataFilesIn } from './loading.ts';
import { tableFolder } from './written.ts';

/** One line of `nodetool describering`. */
interface DescribedRange {
  readonly start: bigint;
  readonly end: bigint;
  readonly addresses: readonly string[];
}

/** The ranges of a keyspace and their replicas; nodes that are not members yet are not among them. */
export const describedRanges = async (
  node: Node,
  keyspace: string,
): Promise<readonly DescribedRange[]> => {
  const text = await node.nodetool('describering', keyspace);
  const lines = [
    ...text.matchAll(/start_token:(-?\d+), end_token:(-?\d+), endpoints:\[([^\]]*)\]/g),
  ];
  return lines.map(([, start = '', end = '', addresses = '']) => ({
    start: BigInt(start),
    end: BigInt(end),
    addresses: addresses.split(',').map((address) => address.trim().replace(/:\d+$/, '')),
  }));
};

/** (start, end], and around the end of the ring where start is not below end. */
const holds = ({ start, end }: DescribedRange, token: bigint): boolean =>
  start < end ? token > start && token <= end : token > start || token <= end;

/** Every key of the table with its token, as the node computes it. */
export const tokensOf = async (node: Node, table: string): Promise<ReadonlyMap<number, bigint>> => {
  const cql = await node.cql();
  const { rows } = await cql.execute(`SELECT k, token(k) AS t FROM ${table}`, [], {
    fetchSize: 5000,
  });
  return new Map(rows.map((row) => [row.get('k'), BigInt(String(row.get('t')))]));
};

/** Keys that belong to the address, sorted. */
export const keysOwed = (
  address: string,
  ranges: readonly DescribedRange[],
  tokens: ReadonlyMap<number, bigint>,
): readonly number[] => {
  const own = ranges.filter(({ addresses }) => addresses.includes(address));
  return [...tokens]
    .filter(([, token]) => own.some((range) => holds(range, token)))
    .map(([key]) => key)
    .sort((one, other) => one - other);
};

/** Keys in the node's own files of a table whose keys are ints; a key in two SSTables is there twice. */
export const keysOnDisk = async (
  asked: Node,
  owner: Node,
  keyspace: string,
  table: string,
): Promise<readonly number[]> => {
  const folder = (await tableFolder(asked, keyspace, table)).replace(
    asked.dataDirectory,
    owner.dataDirectory,
  );
  if (dataFilesIn(folder).length === 0) return [];
  const { tables, problems } = await discover([folder]);
  if (problems[0] !== undefined) throw problems[0];
  const keys: number[] = [];
  for (const files of tables.flatMap(({ sstables }) => sstables)) {
    const opened = await openSSTable(files);
    if (opened._tag === 'Left') throw opened.left;
    for await (const { key } of opened.right.keys()) keys.push(Buffer.from(key).readInt32BE(0));
    await opened.right.close();
  }
  return keys.sort((one, other) => one - other);
};
