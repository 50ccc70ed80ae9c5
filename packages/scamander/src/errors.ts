// Control plane. Why the front door could not do what was asked. Called by load, serve and the command line, which renders them in the
// one shape of an error: what happened, where, what was lost, what to do.

import type { SSTableError } from '@scamander/sstable-io';

/** File, and byte where one is known, of an SSTable's error: the `where` of {@link ScamanderErrorType}. */
export const sstableErrorPlace = ({ detail }: SSTableError): string =>
  'offset' in detail && detail.offset !== undefined
    ? `${detail.file}, byte ${detail.offset}`
    : detail.file;

/** Who has to act: decides the exit code (1 failed, 2 usage, 3 refused or unreachable, 4 bad data). */
export type ErrorKind = 'failed' | 'usage' | 'refused' | 'bad-data';

/** One failure, ready to be shown. */
export interface ScamanderErrorType {
  readonly code: string;
  readonly kind: ErrorKind;
  /** What happened, one sentence. */
  readonly message: string;
  /** File or peer, and offset where one is known. */
  readonly where: string;
  /** `nothing`, or what. */
  readonly lost: string;
  /** What to do. */
  readonly advice: string;
  /** True when the same call may succeed later. */
  readonly retryable: boolean;
}

/** A cluster, a node or a table that will not have it: nothing is sent. */
export const refusal = (
  code: string,
  message: string,
  where: string,
  advice: string,
): ScamanderErrorType => ({
  code,
  kind: 'refused',
  message,
  where,
  lost: 'nothing; no byte is sent',
  advice,
  retryable: code === 'SCM_CLUSTER_UNREACHABLE',
});

/** Carries one {@link ScamanderErrorType}. */
export class ScamanderError extends Error {
  override readonly name = 'ScamanderError';
  readonly code: string;
  readonly detail: ScamanderErrorType;

  constructor(detail: ScamanderErrorType, options?: ErrorOptions) {
    super(`${detail.message} (${detail.where})`, options);
    this.code = detail.code;
    this.detail = detail;
  }
}
