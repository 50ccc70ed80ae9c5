// Tokens of eight bytes for tests: this package needs a partitioner only to pass it on. Called by tests only.
import type { WireContext } from '@scamander/wire-codec';

const toBytes = (token: bigint | Uint8Array): Uint8Array => {
  if (typeof token !== 'bigint') return token;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, token);
  return bytes;
};

/** Signed 64-bit tokens, written as Murmur3Partitioner writes them (spec: streaming-4.0-plus §2.2.6). */
export const partitioner: WireContext['partitioner'] = {
  name: 'Murmur3Partitioner',
  className: 'org.apache.cassandra.dht.Murmur3Partitioner',
  minimumToken: -(2n ** 63n),
  tokenOf: () => 0n,
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  tokenToBytes: toBytes,
  tokenFromBytes: (bytes) =>
    new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(0),
  tokenToText: String,
  tokenFromText: (text) => BigInt(text),
};
