// Data plane. The order of partition keys where they are values: clusterings of index tables (PartitionerDefinedOrder; spec: sstable-data §11).
// Called by the orders of types.
import { createHash } from 'node:crypto';
import { murmur3TokenInto } from '@scamander/bytes';
import { byteOrder, type RangeOrder } from './byte-order.ts';

const tokenA = { hi: 0, lo: 0 };
const tokenB = { hi: 0, lo: 0 };

/** By Murmur3 token, then by bytes. */
const murmur3Order: RangeOrder = (a, aFrom, aTo, b, bFrom, bTo) => {
  murmur3TokenInto(a.subarray(aFrom, aTo), tokenA);
  murmur3TokenInto(b.subarray(bFrom, bTo), tokenB);
  const high = tokenA.hi - tokenB.hi;
  if (high !== 0) return high;
  const low = tokenA.lo - tokenB.lo;
  return low === 0 ? byteOrder(a, aFrom, aTo, b, bFrom, bTo) : low;
};

/** The MD5 of a key as RandomPartitioner takes it: a signed integer without its sign; the empty key comes before all others. */
const md5Token = (bytes: Uint8Array): bigint => {
  if (bytes.length === 0) return -1n;
  const hash = BigInt.asIntN(128, BigInt(`0x${createHash('md5').update(bytes).digest('hex')}`));
  return hash < 0n ? -hash : hash;
};

const randomOrder: RangeOrder = (a, aFrom, aTo, b, bFrom, bTo) => {
  const first = md5Token(a.subarray(aFrom, aTo));
  const second = md5Token(b.subarray(bFrom, bTo));
  if (first !== second) return first < second ? -1 : 1;
  return byteOrder(a, aFrom, aTo, b, bFrom, bTo);
};

/** By the partitioner's class; the order-preserving ones, and those not known here, order keys as bytes. */
export const partitionerOrder = (partitionerClass: string): RangeOrder => {
  switch (partitionerClass.slice(partitionerClass.lastIndexOf('.') + 1)) {
    case 'Murmur3Partitioner':
      return murmur3Order;
    case 'RandomPartitioner':
      return randomOrder;
    default:
      return byteOrder;
  }
};
