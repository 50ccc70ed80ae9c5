// Data plane. Whether bytes are a value of a type without arguments, by the rules of Cassandra's validators (TypeSerializer#validate; spec:
// sstable-data §5, §6.2). Called by the checks of types.
import type { NativeName } from '../../native-types.ts';
import { durationAt, i16At } from '../read-at.ts';
import { isAsciiText, isText } from '../utf8.ts';

/** What is wrong with the bytes of a range, or undefined. */
export type Check = (bytes: Uint8Array, from: number, to: number) => string | undefined;

/** How errors name what they find. */
export const found = (from: number, to: number): string => `${to - from} bytes`;

export const exactly =
  (lengthBytes: number): Check =>
  (_bytes, from, to) =>
    to - from === lengthBytes
      ? undefined
      : `expected ${lengthBytes} bytes, found ${found(from, to)}`;

const exactlyOrEmpty =
  (lengthBytes: number): Check =>
  (_bytes, from, to) =>
    to === from || to - from === lengthBytes
      ? undefined
      : `expected ${lengthBytes} bytes or none, found ${found(from, to)}`;

export const anything: Check = () => undefined;

const timeUuid: Check = (bytes, from, to) => {
  if (to === from) return undefined;
  if (to - from !== 16) return `expected 16 bytes or none, found ${found(from, to)}`;
  const version = (bytes[from + 6] as number) >> 4;
  return version === 1 ? undefined : `expected a UUID of version 1, found version ${version}`;
};

const SHARD_BYTES = 32;

/** The header's entries, which name shards, and shards of 32 bytes (CounterContext#validateContext). */
const counter: Check = (bytes, from, to) => {
  if (to === from) return undefined;
  if (to - from < 2) return `expected a counter context, found ${found(from, to)}`;
  const headerBytes = 2 + 2 * Math.abs(i16At(bytes, from));
  const shardBytes = to - from - headerBytes;
  return shardBytes >= 0 && shardBytes % SHARD_BYTES === 0
    ? undefined
    : `expected a counter context of shards of ${SHARD_BYTES} bytes, found ${shardBytes} bytes after its header of ${headerBytes}`;
};

const inet: Check = (_bytes, from, to) =>
  to === from || to - from === 4 || to - from === 16
    ? undefined
    : `expected 4 or 16 bytes or none, found ${found(from, to)}`;

/** By type. */
export const NATIVE_CHECKS: Readonly<Record<NativeName, Check>> = {
  ascii: (bytes, from, to) => (isAsciiText(bytes, from, to) ? undefined : 'expected ASCII'),
  text: (bytes, from, to) => (isText(bytes, from, to) ? undefined : 'expected UTF-8'),
  blob: anything,
  varint: anything,
  boolean: (_bytes, from, to) =>
    to - from <= 1 ? undefined : `expected 1 byte or none, found ${found(from, to)}`,
  tinyint: exactly(1),
  smallint: exactly(2),
  int: exactlyOrEmpty(4),
  bigint: exactlyOrEmpty(8),
  timestamp: exactlyOrEmpty(8),
  legacyDate: exactlyOrEmpty(8),
  float: exactlyOrEmpty(4),
  double: exactlyOrEmpty(8),
  date: exactly(4),
  time: exactly(8),
  uuid: exactlyOrEmpty(16),
  lexicalUuid: exactlyOrEmpty(16),
  timeuuid: timeUuid,
  legacyTimeuuid: timeUuid,
  decimal: (_bytes, from, to) =>
    to === from || to - from >= 4
      ? undefined
      : `expected a scale of 4 bytes, found ${found(from, to)}`,
  duration: (bytes, from, to) =>
    durationAt(bytes, from, to) === undefined
      ? 'expected three integers of one sign, of which the first two fit an int'
      : undefined,
  inet,
  counter,
  empty: (_bytes, from, to) =>
    to === from ? undefined : `expected no bytes, found ${found(from, to)}`,
};
