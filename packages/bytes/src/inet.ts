// Both planes. Internet addresses as text and as 4 or 16 bytes. Called by the codecs and by whoever reads addresses from people.
// Never resolves names.
import { MalformedBytes } from './errors.ts';
import { INET_TEXT_LENGTH_MAX } from './limits.ts';

const parseIpv4 = (text: string): number[] | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes: number[] = [];
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes.push(Number(part));
  }
  return bytes;
};

/** The bytes of colon-separated groups; the last group may be a dotted quad. */
const parseGroups = (text: string, dottedAllowed: boolean): number[] | undefined => {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (dottedAllowed && index === groups.length - 1 && group.includes('.')) {
      const quad = parseIpv4(group);
      if (quad === undefined) return undefined;
      bytes.push(...quad);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
};

const parseIpv6 = (text: string): Uint8Array | undefined => {
  const gap = text.indexOf('::');
  if (gap < 0) {
    const bytes = parseGroups(text, true);
    return bytes?.length === 16 ? Uint8Array.from(bytes) : undefined;
  }
  const head = parseGroups(text.slice(0, gap), false);
  const tail = parseGroups(text.slice(gap + 2), true);
  if (head === undefined || tail === undefined || head.length + tail.length > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
};

/**
 * The 4 or 16 bytes of an address' text, or undefined when it is no numeric address. An IPv4-mapped IPv6 address stays
 * 16 bytes; zones (`%eth0`) and brackets are not part of an address.
 */
export const parseInet = (text: string): Uint8Array | undefined => {
  if (text.length > INET_TEXT_LENGTH_MAX) return undefined;
  if (text.includes(':')) return parseIpv6(text);
  const quad = parseIpv4(text);
  return quad === undefined ? undefined : Uint8Array.from(quad);
};

/** Start and length of the run of zero groups that RFC 5952 §4.2 shortens: the longest of at least two, the first of equals. */
const longestZeroRun = (groups: readonly number[]): { start: number; length: number } => {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
};

const formatIpv6 = (bytes: Uint8Array): string => {
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff;
  if (mapped && bytes[11] === 0xff) return `::ffff:${bytes.subarray(12).join('.')}`;
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2)
    groups.push(((bytes[at] as number) << 8) | (bytes[at + 1] as number));
  const run = longestZeroRun(groups);
  const hex = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(':');
  if (run.start < 0) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
};

/** Text of 4 or 16 address bytes; IPv6 as in RFC 5952. Throws {@link MalformedBytes} for another length. */
export const formatInet = (bytes: Uint8Array): string => {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length === 16) return formatIpv6(bytes);
  throw new MalformedBytes({ what: 'inet address', found: `${bytes.length} bytes`, offset: 0 });
};
