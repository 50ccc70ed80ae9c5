// Control plane. LocalPartitioner: secondary-index and some system tables, which belong to their node alone. Called by whoever opens those.
import type { Partitioner } from '../token.ts';
import { bytesFromHex, keepBytes } from './byte-ordered.ts';
import { asBytes, compareBytes } from './token-kinds.ts';

/**
 * `org.apache.cassandra.dht.LocalPartitioner` for keys of one type (spec: sstable-data §11.4). The class name does not say
 * the type: `compareKeys` must be the comparison of the key column's type, else the order is wrong.
 */
export const localPartitionerOf = (
  compareKeys: (a: Uint8Array, b: Uint8Array) => number,
): Partitioner => ({
  name: 'LocalPartitioner',
  className: 'org.apache.cassandra.dht.LocalPartitioner',
  minimumToken: new Uint8Array(0),
  tokenOf: keepBytes,
  compare: (a, b) => compareKeys(asBytes(a), asBytes(b)),
  tokenToBytes: (token) => asBytes(token),
  tokenFromBytes: keepBytes,
  tokenToText: (token) => Buffer.from(asBytes(token)).toString('hex'),
  tokenFromText: bytesFromHex,
});

/** LocalPartitioner in byte order: right for text and blob keys, and to name the class; see {@link localPartitionerOf}. */
export const LocalPartitioner: Partitioner = localPartitionerOf(compareBytes);
