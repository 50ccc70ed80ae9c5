// Control plane: values that no compressor makes smaller, the same in every run. Pure; called by write-datasets.ts.
import { createCipheriv } from 'node:crypto';

const poolBytes = 8 * 1024 * 1024;

/** A deterministic pool of random bytes: the key stream of a block cipher in counter mode. */
export const randomPool = (seed: number, bytes: number = poolBytes): Buffer => {
  const key = Buffer.alloc(16);
  key.writeInt32BE(seed, 0);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
};

/** The n-th value: a view into the pool. Two values that begin near each other are far apart in the table, so no block sees both. */
export const valueAt = (pool: Buffer, index: number, bytes: number): Buffer => {
  const offset = Number((BigInt(index) * 2_654_435_761n) % BigInt(pool.length - bytes));
  return pool.subarray(offset, offset + bytes);
};
