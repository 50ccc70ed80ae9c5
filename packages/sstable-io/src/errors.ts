// Control plane. Everything that can be wrong with an SSTable or its folder. Called by the whole package and by whoever reports.

/** What is wrong, in which file, where, and what stood there instead. `offset` is a byte position in that file where one is known. */
export type SSTableErrorType =
  | { readonly code: 'SCM_SSTABLE_NOT_FOUND'; readonly file: string; readonly reason: string }
  | { readonly code: 'SCM_SSTABLE_NOT_AN_SSTABLE'; readonly file: string; readonly reason: string }
  | {
      readonly code: 'SCM_SSTABLE_UNKNOWN_VERSION';
      readonly file: string;
      readonly version: string;
      readonly known: string;
    }
  | {
      readonly code: 'SCM_SSTABLE_MISSING_COMPONENT';
      readonly file: string;
      readonly component: string;
      readonly why: string;
    }
  | { readonly code: 'SCM_SSTABLE_UNFINISHED'; readonly file: string; readonly reason: string }
  | {
      readonly code: 'SCM_SSTABLE_CORRUPT';
      readonly file: string;
      readonly offset: number | undefined;
      readonly found: string;
      readonly expected: string;
    }
  | {
      readonly code: 'SCM_SSTABLE_TOO_LONG';
      readonly file: string;
      readonly offset: number | undefined;
      readonly field: string;
      readonly value: bigint;
      readonly limit: bigint;
    }
  | {
      readonly code: 'SCM_SSTABLE_DIGEST';
      readonly file: string;
      /** What says so, where it is not Digest.crc32. */
      readonly component?: string;
      readonly found: number;
      readonly expected: number;
    }
  | { readonly code: 'SCM_SSTABLE_UNSUPPORTED'; readonly file: string; readonly what: string }
  /** A component list of a peer that can't be taken. */
  | { readonly code: 'SCM_SSTABLE_MANIFEST'; readonly file: string; readonly reason: string }
  /** Something that the version to be written can't hold. `key` is the partition's, in hexadecimal digits. */
  | {
      readonly code: 'SCM_SSTABLE_UNWRITABLE';
      readonly file: string;
      readonly key: string | undefined;
      readonly what: string;
    }
  /** What is to be written doesn't follow what was written before it. */
  | {
      readonly code: 'SCM_SSTABLE_ORDER';
      readonly file: string;
      readonly key: string | undefined;
      readonly found: string;
      readonly expected: string;
    }
  /** A row of somebody's that can't be made one of the table. `file` is where it comes from. */
  | {
      readonly code: 'SCM_SSTABLE_ROW';
      readonly file: string;
      readonly column: string | undefined;
      readonly reason: string;
    }
  | { readonly code: 'SCM_SSTABLE_IO'; readonly file: string; readonly reason: string };

const inPartition = (key: string | undefined): string =>
  key === undefined ? '' : `partition ${key}: `;

/** One sentence for people, without the file's name. */
export const sstableErrorMessage = (error: SSTableErrorType): string => {
  switch (error.code) {
    case 'SCM_SSTABLE_NOT_FOUND':
    case 'SCM_SSTABLE_NOT_AN_SSTABLE':
    case 'SCM_SSTABLE_UNFINISHED':
    case 'SCM_SSTABLE_MANIFEST':
    case 'SCM_SSTABLE_IO':
      return error.reason;
    case 'SCM_SSTABLE_UNKNOWN_VERSION':
      return `unknown SSTable version ${error.version}; known: ${error.known}`;
    case 'SCM_SSTABLE_MISSING_COMPONENT':
      return `${error.component} is missing: ${error.why}`;
    case 'SCM_SSTABLE_CORRUPT':
      return `found ${error.found}, expected ${error.expected}`;
    case 'SCM_SSTABLE_TOO_LONG':
      return `${error.field} is ${error.value}, the limit is ${error.limit}`;
    case 'SCM_SSTABLE_DIGEST':
      return `the digest is ${error.found}, ${error.component ?? 'Digest.crc32'} says ${error.expected}`;
    case 'SCM_SSTABLE_UNSUPPORTED':
      return `not supported: ${error.what}`;
    case 'SCM_SSTABLE_UNWRITABLE':
      return `${inPartition(error.key)}can not be written: ${error.what}`;
    case 'SCM_SSTABLE_ORDER':
      return `${inPartition(error.key)}found ${error.found}, expected ${error.expected}`;
    case 'SCM_SSTABLE_ROW':
      return error.column === undefined
        ? error.reason
        : `column ${JSON.stringify(error.column)}: ${error.reason}`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link SSTableErrorType}. */
export class SSTableError extends Error {
  override readonly name = 'SSTableError';
  readonly code: SSTableErrorType['code'];
  readonly detail: SSTableErrorType;

  constructor(detail: SSTableErrorType, options?: ErrorOptions) {
    const offset =
      'offset' in detail && detail.offset !== undefined ? ` (byte ${detail.offset})` : '';
    super(`${detail.file}${offset}: ${sstableErrorMessage(detail)}`, options);
    this.code = detail.code;
    this.detail = detail;
  }
}
