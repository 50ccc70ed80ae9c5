// Data plane. Byte-comparable forms of tokens and partition keys, version OSS50 (spec: sstable-index-and-stats §7.6; ByteComparable,
// ByteSource). Called by trie lookups and by verification.
import { pushEscaped, pushVarint } from '@scamander/cql-types';
import type { Partitioner, Token } from '@scamander/ring';

const NEXT_COMPONENT = 0x40;
const TERMINATOR = 0x38;
/** Above every continuation of a component. */
const AFTER_ALL = 0x60;

const escaped = (bytes: Uint8Array): number[] => {
  const out: number[] = [];
  pushEscaped(out, bytes);
  return out;
};

/** RandomPartitioner's tokens: the form of a varint, from minimal two's complement bytes. */
const numberForm = (token: bigint): number[] => {
  const out: number[] = [];
  const hex = token.toString(16);
  pushVarint(out, Buffer.from(`00${hex.length % 2 === 0 ? hex : `0${hex}`}`, 'hex'));
  return out;
};

const murmur3Token = (token: bigint): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(token);
  bytes[0] = bytes[0]! ^ 0x80;
  return [...bytes];
};

const tokenForm = (partitioner: Partitioner, token: Token): number[] => {
  if (typeof token !== 'bigint') return escaped(token);
  return partitioner.name === 'Murmur3Partitioner' ? murmur3Token(token) : numberForm(token);
};

/** Greater than every key of this token and smaller than every key of a greater one. */
export const boundAfterToken = (partitioner: Partitioner, token: Token): Uint8Array =>
  Uint8Array.from([NEXT_COMPONENT, ...tokenForm(partitioner, token), AFTER_ALL]);

/** The whole form of a partition key. */
export const comparableKey = (partitioner: Partitioner, key: Uint8Array): Uint8Array =>
  Uint8Array.from([
    NEXT_COMPONENT,
    ...tokenForm(partitioner, partitioner.tokenOf(key)),
    NEXT_COMPONENT,
    ...escaped(key),
    TERMINATOR,
  ]);
