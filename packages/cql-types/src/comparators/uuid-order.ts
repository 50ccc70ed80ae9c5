// Data plane. Orders of the kinds of UUID by their bytes (spec: sstable-data §6.7, §16 pitfall 27). Called by the orders of types.
import { type FixedOrder, fixedOrder, type RangeOrder } from './byte-order.ts';

/** The bytes of a timestamp, highest first. */
const TIME_BYTES = [6, 7, 4, 5, 0, 1, 2, 3] as const;

/** By the unsigned bytes `first` to `last`. */
const unsigned = (
  a: Uint8Array,
  aFrom: number,
  b: Uint8Array,
  bFrom: number,
  first: number,
  last: number,
): number => {
  for (let i = first; i <= last; i++) {
    const difference = (a[aFrom + i] as number) - (b[bFrom + i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** By timestamp; `flip` is 80 where its first byte counts as signed. */
const times = (
  a: Uint8Array,
  aFrom: number,
  b: Uint8Array,
  bFrom: number,
  flip: number,
): number => {
  const first = ((a[aFrom + 6] as number) ^ flip) - ((b[bFrom + 6] as number) ^ flip);
  if (first !== 0) return first;
  for (const i of TIME_BYTES) {
    const difference = (a[aFrom + i] as number) - (b[bFrom + i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** UUIDType: by version; version 1 by time, the others by their bytes. */
const uuids: FixedOrder = (a, aFrom, b, bFrom) => {
  const version = (a[aFrom + 6] as number) >> 4;
  const difference = version - ((b[bFrom + 6] as number) >> 4);
  if (difference !== 0) return difference;
  const first = version === 1 ? times(a, aFrom, b, bFrom, 0) : unsigned(a, aFrom, b, bFrom, 0, 7);
  return first === 0 ? unsigned(a, aFrom, b, bFrom, 8, 15) : first;
};

/** TimeUUIDType: by time, then by the other bytes, each of them signed. */
const timeUuids: FixedOrder = (a, aFrom, b, bFrom) => {
  const time = times(a, aFrom, b, bFrom, 0x80);
  if (time !== 0) return time;
  for (let i = 8; i < 16; i++) {
    const difference = ((a[aFrom + i] as number) ^ 0x80) - ((b[bFrom + i] as number) ^ 0x80);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** LexicalUUIDType: two signed halves, as Java's UUID orders itself. */
const lexicalUuids: FixedOrder = (a, aFrom, b, bFrom) => {
  for (const half of [0, 8]) {
    const first = ((a[aFrom + half] as number) ^ 0x80) - ((b[bFrom + half] as number) ^ 0x80);
    if (first !== 0) return first;
    const others = unsigned(a, aFrom, b, bFrom, half + 1, half + 7);
    if (others !== 0) return others;
  }
  return 0;
};

export const uuidOrder: RangeOrder = fixedOrder(16, uuids);

export const timeUuidOrder: RangeOrder = fixedOrder(16, timeUuids);

export const lexicalUuidOrder: RangeOrder = fixedOrder(16, lexicalUuids);
