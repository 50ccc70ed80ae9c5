// Data plane. Byte-comparable forms of tokens and partition keys, version OSS50 (spec: sstable-index-and-stats §7.6; ByteComparable,
// ByteSource). Called by trie lookups and by verification.
import type { Partitioner, Token } from '@scamander/ring';
import { pushVarint } from './comparable-numbers.ts';

const NEXT_COMPONENT = 0x40;
const TERMINATOR = 0x38;
/** Above every continuation of a component. */
const AFTER_ALL = 0x60;

/**
 * Bytes of variable length: a run of k zeros becomes `00`, then k−1 times `FE`, then `FF` if more content follows, or k times `FE` at the
 * end; a value that does not end in zero gets a final `00`.
 */
export const pushEscaped = (out: number[], bytes: Uint8Array): void => {
  let i = 0;
  while (i < bytes.length) {
    const byte = bytes[i]!;
    if (byte !== 0) {
      out.push(byte);
      i += 1;
      continue;
    }
    let run = 1;
    while (bytes[i + run] === 0) run += 1;
    i += run;
    const isEnd = i === bytes.length;
    out.push(0);
    for (let k = isEnd ? 0 : 1; k < run; k++) out.push(0xfe);
    if (!isEnd) out.push(0xff);
  }
  if (bytes.length === 0 || bytes[bytes.length - 1] !== 0) out.push(0);
};

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
