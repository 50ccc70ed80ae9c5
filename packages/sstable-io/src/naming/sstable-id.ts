// Control plane. The id in a file name: a sequence number, or since 4.1 a time UUID in base 36 (spec: sstable-index-and-stats §1.3).
// Called by naming, discovery and the receiver. Pure; takes UUIDs as text and never makes any.
import { isUuid, uuidVersion } from '@scamander/bytes';

/** What tells SSTables of one table apart. `text` is what stands in the file name. */
export type SSTableId =
  | { readonly kind: 'sequence'; readonly text: string; readonly value: number }
  | {
      readonly kind: 'uuid';
      readonly text: string;
      /** 100-nanosecond units since 15 October 1582, 60 bits. */
      readonly timestamp: bigint;
      /** The least significant 64 bits of the UUID, unsigned. */
      readonly leastBits: bigint;
    };

const SEQUENCE = /^\d{1,10}$/;
const SEQUENCE_VALUE_MAX = 0x7fffffff;
const UUID_FORM = /^([0-9a-z]{4})_([0-9a-z]{4})_([0-9a-z]{5})([0-9a-z]{13})$/;
const TICKS_PER_SECOND = 10_000_000n;
const SECONDS_PER_DAY = 86_400n;
const TIMESTAMP_LIMIT = 1n << 60n;
const UNSIGNED_64_LIMIT = 1n << 64n;

const fromBase36 = (digits: string): bigint => {
  let value = 0n;
  for (const digit of digits) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
};

const base36 = (value: bigint, length: number): string => value.toString(36).padStart(length, '0');

const uuidIdFromParts = (timestamp: bigint, leastBits: bigint): string => {
  const seconds = timestamp / TICKS_PER_SECOND;
  return [
    base36(seconds / SECONDS_PER_DAY, 4),
    '_',
    base36(seconds % SECONDS_PER_DAY, 4),
    '_',
    base36(timestamp % TICKS_PER_SECOND, 5),
    base36(leastBits, 13),
  ].join('');
};

const parseUuidForm = (text: string): SSTableId | undefined => {
  const groups = UUID_FORM.exec(text);
  if (groups === null) return undefined;
  const [days, seconds, ticks, leastBits] = groups.slice(1).map(fromBase36) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const timestamp = (days * SECONDS_PER_DAY + seconds) * TICKS_PER_SECOND + ticks;
  if (timestamp >= TIMESTAMP_LIMIT || leastBits >= UNSIGNED_64_LIMIT) return undefined;
  return { kind: 'uuid', text, timestamp, leastBits };
};

/**
 * Reads the id token of a file name: the UUID form first, else decimal (spec §1.3, "Parsing rule").
 * Undefined when it is neither, or a number that no node would write.
 */
export const parseSSTableId = (text: string): SSTableId | undefined => {
  const uuid = parseUuidForm(text.toLowerCase());
  if (uuid !== undefined) return { ...uuid, text };
  if (!SEQUENCE.test(text)) return undefined;
  const value = Number(text);
  return value <= SEQUENCE_VALUE_MAX ? { kind: 'sequence', text, value } : undefined;
};

const signed64 = (value: bigint): bigint => BigInt.asIntN(64, value);

const sign = (difference: bigint): number => (difference < 0n ? -1 : difference > 0n ? 1 : 0);

/** Cassandra's order: sequence numbers first, by number; then UUID ids by time, then by their last 64 bits as signed. */
export const compareSSTableIds = (a: SSTableId, b: SSTableId): number => {
  if (a.kind === 'sequence') return b.kind === 'sequence' ? a.value - b.value : -1;
  if (b.kind === 'sequence') return 1;
  return sign(a.timestamp - b.timestamp) || sign(signed64(a.leastBits) - signed64(b.leastBits));
};

/** The 28-character id of a version-1 UUID; undefined when the text is none. Only 4.1 and later read such names. */
export const uuidIdFromTimeUuid = (uuid: string): string | undefined => {
  if (!isUuid(uuid) || uuidVersion(uuid) !== 1) return undefined;
  const hex = uuid.replaceAll('-', '');
  const timestamp = BigInt(`0x${hex.slice(13, 16)}${hex.slice(8, 12)}${hex.slice(0, 8)}`);
  return uuidIdFromParts(timestamp, BigInt(`0x${hex.slice(16)}`));
};

/** The version-1 UUID behind a 28-character id, canonical text. */
export const timeUuidFromUuidId = (id: SSTableId & { readonly kind: 'uuid' }): string => {
  const time = id.timestamp.toString(16).padStart(15, '0');
  const least = id.leastBits.toString(16).padStart(16, '0');
  return `${time.slice(7)}-${time.slice(3, 7)}-1${time.slice(0, 3)}-${least.slice(0, 4)}-${least.slice(4)}`;
};

/** The number after the highest sequence number of these ids; `1` when there is none. Undefined when the numbers are used up. */
export const nextSequenceId = (ids: Iterable<string>): string | undefined => {
  let highest = 0;
  for (const text of ids) {
    const id = parseSSTableId(text);
    if (id?.kind === 'sequence') highest = Math.max(highest, id.value);
  }
  return highest < SEQUENCE_VALUE_MAX ? String(highest + 1) : undefined;
};
