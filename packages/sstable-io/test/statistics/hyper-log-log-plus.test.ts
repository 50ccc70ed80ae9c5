import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HyperLogLogPlus } from '../../src/statistics/hyper-log-log-plus.ts';
import { murmur2Into } from '../../src/statistics/murmur2.ts';
import {
  codeIndex,
  codeRegister,
  codeValue,
  sparseCode,
} from '../../src/statistics/sparse-codes.ts';

const words = { hi: 0, lo: 0 };

const hashOf = (key: Uint8Array): bigint => {
  murmur2Into(key, words);
  return (BigInt(words.hi >>> 0) << 32n) | BigInt(words.lo >>> 0);
};

const MASK = (1n << 64n) - 1n;
const M = 0xc6a4a7935bd1e995n;

/** The rules of sstable-index-and-stats §6.3 in 64-bit arithmetic. */
const murmur2 = (key: Uint8Array): bigint => {
  const times = (a: bigint) => (a * M) & MASK;
  let h = times(BigInt(key.length));
  const end = key.length - (key.length % 8);
  for (let at = 0; at < end; at += 8) {
    let k = Buffer.from(key).readBigUInt64LE(at);
    k = times(k);
    k ^= k >> 47n;
    h = times(h ^ times(k));
  }
  if (end < key.length) {
    for (let at = key.length - 1; at >= end; at--) {
      const byte = BigInt.asIntN(8, BigInt(key[at]!));
      h ^= BigInt.asUintN(64, byte << BigInt(8 * (at - end)));
    }
    h = times(h);
  }
  h ^= h >> 47n;
  h = times(h);
  return h ^ (h >> 47n);
};

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** clz64((x << 13) | 4096) + 1 */
const run = (hash: bigint): number => 65 - bitLength(((hash << 13n) & MASK) | 4096n);

const randomKeys = (count: number, seed: number): Uint8Array[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: Math.floor(random() * 24) }, () => Math.floor(random() * 256)),
  );
};

test('golden hashes', () => {
  assert.is(hashOf(Uint8Array.of(0x30)), 0x4ccb322c4bcf1d63n);
  assert.is(hashOf(Uint8Array.of(0x61, 0xff)), 0x83120c335d80fbb8n);
});

test('hashes in halves are those of 64-bit arithmetic', () => {
  for (const key of randomKeys(2000, 3)) assert.is(hashOf(key), murmur2(key));
});

test('the sketch of no keys', () => {
  assert.is(Buffer.from(new HyperLogLogPlus().toBytes()).toString('hex'), 'fffffffe0d190100');
});

test('a code tells index, register and run of zeros', () => {
  const hashes = randomKeys(20_000, 5).map(murmur2);
  // the 12 bits behind the register are zero: the code holds the run itself
  for (let i = 0; i < 40; i++) hashes.push((0x1234n << 51n) | ((1n << 39n) >> BigInt(i)));
  for (const hash of hashes) {
    const code = sparseCode(Number(hash >> 32n) | 0, Number(hash & 0xffffffffn) | 0);
    assert.is(codeIndex(code), Number(hash >> 39n));
    assert.is(codeRegister(code), Number(hash >> 51n));
    assert.is(codeValue(code), run(hash));
  }
});

/** Registers of a normal sketch by brute force. */
const registersOf = (keys: Uint8Array[]): number[] => {
  const registers = new Array<number>(8192).fill(0);
  for (const key of keys) {
    const hash = murmur2(key);
    const register = Number(hash >> 51n);
    registers[register] = Math.max(registers[register]!, run(hash));
  }
  return registers;
};

test('many keys: the registers are the longest runs, packed six in a word', () => {
  // the hash of the empty key is 0: its run is longer than five bits tell
  const keys = randomKeys(12_000, 9).filter((key) => key.length > 0);
  const sketch = new HyperLogLogPlus();
  for (const key of keys) sketch.add(key);
  const bytes = Buffer.from(sketch.toBytes());
  // version −2, p 13, sp 25, normal, 5464 bytes
  assert.is(bytes.subarray(0, 9).toString('hex'), 'fffffffe0d1900d82a');
  assert.is(bytes.length, 9 + 5464);
  const found = Array.from(
    { length: 8192 },
    (_, i) => (bytes.readInt32BE(9 + 4 * Math.floor(i / 6)) >>> (5 * (i % 6))) & 31,
  );
  assert.equal(found, registersOf(keys));
});

test('the same keys again change nothing, before and after the sketch was written', () => {
  const keys = randomKeys(5000, 13);
  const sketch = new HyperLogLogPlus();
  for (const key of keys) sketch.add(key);
  const once = sketch.toBytes();
  for (const key of keys) sketch.add(key);
  assert.equal(sketch.toBytes(), once);
});

test.run();
