// Control plane. Murmur3Partitioner, the default since 1.2: signed 64-bit tokens. Called through partitionerNamed and by name.
import { murmur3Token } from '@scamander/bytes';
import type { Partitioner, Token } from '../token.ts';
import { asNumber, compareNumbers, numberFromText } from './token-kinds.ts';

const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;
const TOKEN_BYTES = 8;

const midpoint = (left: Token, right: Token): Token => {
  const l = asNumber(left);
  const r = asNumber(right);
  if (l < r) return (l + r) >> 1n;
  const m = (MAX - MIN + l + r) >> 1n;
  return m > MAX ? MIN + (m - MAX) : m;
};

/** `org.apache.cassandra.dht.Murmur3Partitioner` (spec: planning §1, sstable-data §11.1). */
export const Murmur3Partitioner: Partitioner = {
  name: 'Murmur3Partitioner',
  className: 'org.apache.cassandra.dht.Murmur3Partitioner',
  minimumToken: MIN,
  tokensTotal: MAX - MIN + 1n,
  tokenOf: (key) => (key.length === 0 ? MIN : murmur3Token(key)),
  compare: (a, b) => compareNumbers(asNumber(a), asNumber(b)),
  tokenToBytes: (token) => {
    const bytes = new Uint8Array(TOKEN_BYTES);
    new DataView(bytes.buffer).setBigInt64(0, asNumber(token));
    return bytes;
  },
  tokenFromBytes: (bytes) => {
    if (bytes.length !== TOKEN_BYTES)
      throw new RangeError(`a Murmur3 token has 8 bytes, not ${bytes.length}`);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(0);
  },
  tokenToText: (token) => asNumber(token).toString(),
  tokenFromText: (text) => numberFromText(text, MIN, MAX),
  midpoint,
};
