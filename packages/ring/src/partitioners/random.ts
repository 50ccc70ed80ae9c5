// Control plane. RandomPartitioner, the default before 1.2: tokens are MD5 sums. Called through partitionerNamed and by name.
import { createHash } from 'node:crypto';
import { RANDOM_TOKEN_BYTES_MAX } from '../limits.ts';
import type { Partitioner, Token } from '../token.ts';
import { asNumber, compareNumbers, numberFromText } from './token-kinds.ts';

const MIN = -1n;
const MAX = 1n << 127n;

const numberFromTwosComplement = (bytes: Uint8Array): bigint => {
  const unsigned = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return BigInt.asIntN(bytes.length * 8, unsigned);
};

/** The shortest two's complement big-endian form, as BigInteger.toByteArray gives it. */
const twosComplement = (value: bigint): Uint8Array => {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length++;
  const hex = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, '0');
  return new Uint8Array(Buffer.from(hex, 'hex'));
};

const tokenOf = (key: Uint8Array): Token => {
  if (key.length === 0) return MIN;
  const hash = numberFromTwosComplement(createHash('md5').update(key).digest());
  return hash < 0n ? -hash : hash;
};

// The minimum counts as 0: the first split of the whole ring (-1,-1] is 2^126 (spec: planning §1, repair §2.5).
const midpoint = (left: Token, right: Token): Token => {
  const l = asNumber(left) === MIN ? 0n : asNumber(left);
  const r = asNumber(right) === MIN ? 0n : asNumber(right);
  return l < r ? (l + r) / 2n : ((l + r + MAX) / 2n) % MAX;
};

/** `org.apache.cassandra.dht.RandomPartitioner` (spec: planning §1, sstable-data §11.2). */
export const RandomPartitioner: Partitioner = {
  name: 'RandomPartitioner',
  className: 'org.apache.cassandra.dht.RandomPartitioner',
  minimumToken: MIN,
  tokensTotal: MAX - MIN + 1n,
  tokenOf,
  compare: (a, b) => compareNumbers(asNumber(a), asNumber(b)),
  tokenToBytes: (token) => twosComplement(asNumber(token)),
  tokenFromBytes: (bytes) => {
    if (bytes.length === 0 || bytes.length > RANDOM_TOKEN_BYTES_MAX)
      throw new RangeError(`a Random token has 1 to 17 bytes, not ${bytes.length}`);
    const value = numberFromTwosComplement(bytes);
    if (value < MIN || value > MAX) throw new RangeError(`no Random token: ${value}`);
    return value;
  },
  tokenToText: (token) => asNumber(token).toString(),
  tokenFromText: (text) => numberFromText(text, MIN, MAX),
  midpoint,
};
