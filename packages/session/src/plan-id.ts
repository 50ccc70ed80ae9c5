// Control plane. Plan ids: version-1 UUIDs, as 4.1 and later assert (spec: streaming-4.0-plus §2.2.5). Called by StreamPlan. Pure.
import type { UuidText } from '@scamander/wire-codec';

/** 100-nanosecond steps between 15 October 1582 and 1970. */
const GREGORIAN_OFFSET = 0x01b21dd213814000n;

const hex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, '0');
const randomBits = (random: () => number, bits: number): bigint =>
  BigInt(Math.floor(random() * 2 ** bits));

/** A time UUID of this millisecond; the 100-nanosecond steps within it, clock sequence and node are random (multicast bit set, as RFC 4122 asks). */
export const newPlanId = (unixMs: number, random: () => number): UuidText => {
  const steps = BigInt(Math.floor(random() * 10_000));
  const time = BigInt(Math.floor(unixMs)) * 10_000n + steps + GREGORIAN_OFFSET;
  const clock = 0x8000n | randomBits(random, 14);
  const node = (randomBits(random, 24) << 24n) | randomBits(random, 24) | (1n << 40n);
  return [
    hex(time & 0xffffffffn, 8),
    hex((time >> 32n) & 0xffffn, 4),
    hex(0x1000n | ((time >> 48n) & 0xfffn), 4),
    hex(clock, 4),
    hex(node, 12),
  ].join('-');
};
