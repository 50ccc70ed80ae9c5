// Control plane. OrderPreservingPartitioner, deprecated: the token is the key read as text. Called through partitionerNamed and by name.
import type { Partitioner, Token } from '../token.ts';
import { keepBytes } from './byte-ordered.ts';
import { asBytes, checkTextLength } from './token-kinds.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const textOf = (token: Token): string => {
  try {
    return utf8.decode(asBytes(token));
  } catch (error) {
    throw new RangeError('the key is not UTF-8 text', { cause: error });
  }
};

const checked = (bytes: Uint8Array): Uint8Array => {
  const token = keepBytes(bytes);
  textOf(token);
  return token;
};

/**
 * `org.apache.cassandra.dht.OrderPreservingPartitioner` (spec: planning §1). Tokens are UTF-8 bytes here; they are compared
 * as Java compares strings, by UTF-16 unit, which differs from byte order outside the basic plane.
 */
export const OrderPreservingPartitioner: Partitioner = {
  name: 'OrderPreservingPartitioner',
  className: 'org.apache.cassandra.dht.OrderPreservingPartitioner',
  minimumToken: new Uint8Array(0),
  tokenOf: checked,
  compare: (a, b) => {
    const left = textOf(a);
    const right = textOf(b);
    return left < right ? -1 : left > right ? 1 : 0;
  },
  tokenToBytes: (token) => asBytes(token),
  tokenFromBytes: checked,
  tokenToText: textOf,
  tokenFromText: (text) => {
    checkTextLength(text);
    return new Uint8Array(Buffer.from(text, 'utf8'));
  },
};
