// Control plane. Which version letters belong to which format, as far as names need it. Called by naming and by the receiver.
// What a letter switches on stands with the codecs, not here.
import type { SSTableFormat } from '../types.ts';

/** Major letters of names in the modern form, by format (spec: sstable-index-and-stats §2). Minor letters may only append fields. */
const MAJORS_BY_FORMAT: Readonly<Record<SSTableFormat, RegExp>> = {
  big: /^[lmnop][a-z]$/,
  bti: /^[de][a-z]$/,
};

/** Majors that travel whole between nodes of 4.0 and later: what those nodes open (spec §2, "What a node opens"). */
const RECEIVABLE_BY_FORMAT: Readonly<Record<SSTableFormat, RegExp>> = {
  big: /^[mno][a-z]$/,
  bti: /^d[a-z]$/,
};

/** What {@link isKnownVersion} accepts, in words. A known name may still be of a version that is not opened, such as `la` or `pa`. */
export const KNOWN_VERSIONS_TEXT = 'big la to p*, bti d* and e*';

/** Narrows the format token of a file name or of a stream header. */
export const isSSTableFormat = (text: string): text is SSTableFormat =>
  text === 'big' || text === 'bti';

/** Whether the letters are of a release whose names we know. A version means nothing without its format: `da` is newer than `oa`. */
export const isKnownVersion = (format: SSTableFormat, version: string): boolean =>
  MAJORS_BY_FORMAT[format].test(version);

/** What {@link isReceivableVersion} accepts, in words. */
export const RECEIVABLE_VERSIONS_TEXT = 'big ma to o*, bti d*';

/** Whether an entire SSTable of this version may be taken off a stream. */
export const isReceivableVersion = (format: SSTableFormat, version: string): boolean =>
  RECEIVABLE_BY_FORMAT[format].test(version);

/** Majors that nobody here can read, and that may still be kept as they come. */
const KEPT_UNREAD_BY_FORMAT: Readonly<Record<SSTableFormat, RegExp>> = {
  big: /^p[a-z]$/,
  bti: /^e[a-z]$/,
};

/** Whether an entire SSTable of this version is of a release whose files are not specified (6.0). */
export const isUnreadVersion = (format: SSTableFormat, version: string): boolean =>
  KEPT_UNREAD_BY_FORMAT[format].test(version);
