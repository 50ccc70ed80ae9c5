// Control plane. Work that is too heavy for the thread that listens to Ctrl-C and draws progress: what such a job gets and gives. Implemented by
// the other files of this folder; run by run-job.ts, in a thread of its own or at once. Types only.
import type { ScamanderErrorType } from '@scamander/scamander';
import type { SSTableErrorType } from '@scamander/sstable-io';
import type { Either } from 'fp-ts/lib/Either.js';

/** What a job can say and hear while it runs. */
export interface JobTools {
  /** Aborted when the command is interrupted, or when nobody reads its output any more. */
  readonly signal: AbortSignal;
  /** How much is done of how much, in bytes; called as often as the job likes. */
  progress(doneBytes: number, totalBytes: number): void;
  /**
   * A piece of the result; the bytes are no longer the job's afterwards. Resolves when there is room for more, with memory of earlier pieces
   * that the job may write over.
   */
  output(bytes: Uint8Array): Promise<readonly Uint8Array[]>;
  /** News, such as a problem with one of several SSTables: plain data. */
  event(event: JobEvent): void;
}

/** An SSTable that a job has made. */
export interface WrittenSSTable {
  /** Its Data.db. */
  readonly sstable: string;
  /** Of all its components. */
  readonly bytes: number;
}

/** One SSTable's report, errors as the command line shows them. */
export interface VerifiedSSTable {
  readonly type: 'Verified';
  /** Its Data.db. */
  readonly sstable: string;
  readonly sound: boolean;
  /** As data: code, file, offset where one is known, and what stood there. */
  readonly errors: readonly (SSTableErrorType & { readonly message: string })[];
  /** The same in the command line's shape. */
  readonly problems: readonly ScamanderErrorType[];
  readonly warnings: readonly string[];
  readonly checksums: Readonly<Record<string, number>>;
  readonly bytesRead: number;
}

/** What jobs tell beside their output; printed in order with it. */
export type JobEvent =
  | { readonly type: 'Problem'; readonly error: ScamanderErrorType }
  | VerifiedSSTable
  /** SSTables that became others, none where nothing was left. */
  | {
      readonly type: 'Rewritten';
      readonly inputs: readonly string[];
      readonly outputs: readonly WrittenSSTable[];
      readonly partitions: number;
    };

/** Input and result travel between threads: plain data, maps and bytes only. Rejects with its signal's reason where it was aborted. */
export type Job<I, O> = (input: I, tools: JobTools) => Promise<Either<ScamanderErrorType, O>>;
