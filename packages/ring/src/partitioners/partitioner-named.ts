// Control plane. Finds a partitioner by the name in system.local, Statistics.db or on the wire. Called by cluster, sstable-io and the front door.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { RingErrorType } from '../errors.ts';
import type { Partitioner } from '../token.ts';
import { ByteOrderedPartitioner } from './byte-ordered.ts';
import { LocalPartitioner } from './local.ts';
import { Murmur3Partitioner } from './murmur3.ts';
import { OrderPreservingPartitioner } from './order-preserving.ts';
import { RandomPartitioner } from './random.ts';

const known: readonly Partitioner[] = [
  Murmur3Partitioner,
  RandomPartitioner,
  ByteOrderedPartitioner,
  OrderPreservingPartitioner,
  LocalPartitioner,
];

/** By full class name or short name; both are case-sensitive, as in Cassandra. */
export const partitionerNamed = (name: string): Either<RingErrorType, Partitioner> => {
  const found = known.find(
    (partitioner) => partitioner.className === name || partitioner.name === name,
  );
  return found === undefined
    ? left({ code: 'SCM_RING_UNKNOWN_PARTITIONER', partitioner: name })
    : right(found);
};
