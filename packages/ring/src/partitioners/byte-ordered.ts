// Control plane. ByteOrderedPartitioner: the token is the key. Called through partitionerNamed and by name.
import { TOKEN_BYTES_MAX } from '../limits.ts';
import type { Partitioner } from '../token.ts';
import { asBytes, checkTextLength, compareBytes } from './token-kinds.ts';

const hexText = /^([0-9a-fA-F]{2})*$/;

/** A copy of the bytes, within {@link TOKEN_BYTES_MAX}. */
export const keepBytes = (bytes: Uint8Array): Uint8Array => {
  if (bytes.length > TOKEN_BYTES_MAX)
    throw new RangeError(`a token has at most ${TOKEN_BYTES_MAX} bytes, not ${bytes.length}`);
  return Uint8Array.from(bytes);
};

/** Hexadecimal digits as bytes; a RangeError for other text. */
export const bytesFromHex = (text: string): Uint8Array => {
  checkTextLength(text);
  if (!hexText.test(text)) throw new RangeError('expected pairs of hexadecimal digits');
  return new Uint8Array(Buffer.from(text, 'hex'));
};

/** `org.apache.cassandra.dht.ByteOrderedPartitioner` (spec: planning §1, sstable-data §11.3). */
export const ByteOrderedPartitioner: Partitioner = {
  name: 'ByteOrderedPartitioner',
  className: 'org.apache.cassandra.dht.ByteOrderedPartitioner',
  minimumToken: new Uint8Array(0),
  tokenOf: keepBytes,
  compare: (a, b) => compareBytes(asBytes(a), asBytes(b)),
  tokenToBytes: (token) => asBytes(token),
  tokenFromBytes: keepBytes,
  tokenToText: (token) => Buffer.from(asBytes(token)).toString('hex'),
  tokenFromText: bytesFromHex,
};
