// Both planes. UUIDs as canonical text (lower case, with dashes) and as 16 bytes in that order (spec: streaming-4.0-plus §2.2.5).
// Called by every codec. Takes time and randomness as arguments.
import { MalformedBytes } from './errors.ts';

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** 100-nanosecond ticks between 15 October 1582, where version-1 UUIDs begin, and 1 January 1970 (RFC 4122 §4.1.4). */
const TICKS_BEFORE_UNIX_EPOCH = 0x01b21dd213814000n;

const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** Whether the text is a UUID in its 36-character form. */
export const isUuid = (text: string): boolean => CANONICAL.test(text);

/** The 16 bytes of a UUID's text. Throws {@link MalformedBytes} when the text is none: check with {@link isUuid} first. */
export const uuidToBytes = (text: string): Uint8Array => {
  if (!CANONICAL.test(text))
    throw new MalformedBytes({ what: 'UUID', found: text.slice(0, 40), offset: 0 });
  const hex = text.replaceAll('-', '');
  const bytes = new Uint8Array(16);
  for (let index = 0; index < 16; index++)
    bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  return bytes;
};

/** Canonical text of the 16 bytes at `offset`. Throws {@link MalformedBytes} when there are fewer. */
export const uuidFromBytes = (bytes: Uint8Array, offset = 0): string => {
  if (bytes.length - offset < 16)
    throw new MalformedBytes({ what: 'UUID', found: `${bytes.length - offset} bytes`, offset });
  let hex = '';
  for (let index = offset; index < offset + 16; index++)
    hex += HEX_OF_BYTE[bytes[index] as number] as string;
  return dashed(hex);
};

/** The version digit of a UUID's text: 1 for time UUIDs, 4 for random ones. */
export const uuidVersion = (text: string): number => Number.parseInt(text.charAt(14), 16);

/** What a time UUID is made of. */
export interface TimeUuidParts {
  /** Milliseconds since 1970. */
  readonly unixMs: number;
  /** Numbers in [0, 1): the clock sequence and the node come from it. */
  readonly random: () => number;
  /** 0 to 9999, @default 0: hundreds of nanoseconds within the millisecond, to tell ids of one millisecond apart in order. */
  readonly sequence?: number;
}

/**
 * A version-1 UUID, which 4.1 and later demand for planId and pendingRepair (spec: streaming-4.0-plus §2.2.5).
 * The node part is random and has the multicast bit set, so that it is nobody's hardware address (RFC 4122 §4.5).
 */
export const timeUuid = (parts: TimeUuidParts): string => {
  const ticks =
    BigInt(Math.trunc(parts.unixMs)) * 10_000n +
    BigInt(parts.sequence ?? 0) +
    TICKS_BEFORE_UNIX_EPOCH;
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Number(ticks & 0xffffffffn));
  view.setUint16(4, Number((ticks >> 32n) & 0xffffn));
  view.setUint16(6, 0x1000 | Number((ticks >> 48n) & 0x0fffn));
  for (let index = 8; index < 16; index++) bytes[index] = Math.floor(parts.random() * 256);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  bytes[10] = (bytes[10] as number) | 0x01;
  return uuidFromBytes(bytes);
};

/** A table id as it stands in directory names: 32 hex digits. */
export const tableIdToHex = (tableId: string): string => tableId.replaceAll('-', '').toLowerCase();

/** Canonical text of the 32 hex digits in a directory name; undefined when it is something else. */
export const hexToTableId = (hex: string): string | undefined =>
  /^[0-9a-f]{32}$/i.test(hex) ? dashed(hex.toLowerCase()) : undefined;
