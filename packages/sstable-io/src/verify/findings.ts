// Control plane. Collects what a verification finds. Called by every check; turns thrown SSTableErrors into findings and lets others through.
import { SSTableError } from '../errors.ts';
import { asFileError, asSSTableError } from '../io/decoding.ts';
import { FINDINGS_MAX } from '../limits.ts';
import type { VerifyPart, VerifyProgress, VerifyReport } from '../types.ts';

/** The caller's wishes. */
export interface VerifyOptions {
  readonly progress?: VerifyProgress;
  readonly signal?: AbortSignal;
  readonly part?: VerifyPart;
  /** See SSTable.verify. */
  readonly indexOrder?: boolean;
}

/** A report in the making. */
export class Findings {
  readonly errors: SSTableError[] = [];
  readonly warnings: string[] = [];
  readonly checksums: Record<string, number> = {};
  isFilterTrusted = false;
  readonly #options: VerifyOptions;
  readonly #totalBytes: number;
  #bytesRead = 0;

  constructor(options: VerifyOptions, totalBytes: number) {
    this.#options = options;
    this.#totalBytes = totalBytes;
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** Adds an error; a wrecked file has no more than `FINDINGS_MAX`. */
  add(error: SSTableError): void {
    const ofFile = this.errors.filter((known) => known.detail.file === error.detail.file).length;
    if (ofFile < FINDINGS_MAX) this.errors.push(error);
  }

  warn(text: string): void {
    if (this.warnings.length < FINDINGS_MAX * 4) this.warnings.push(text);
  }

  /** Counts bytes, tells the caller, and ends the verification when the caller gave up. */
  read(bytes: number): void {
    this.#options.signal?.throwIfAborted();
    this.#bytesRead += bytes;
    this.#options.progress?.(Math.min(this.#bytesRead, this.#totalBytes), this.#totalBytes);
  }

  /** Runs a check of one file; what it throws as SSTableError becomes a finding. True when it threw nothing. */
  async check(file: string, body: () => Promise<void> | void): Promise<boolean> {
    try {
      await body();
      return true;
    } catch (error) {
      const mapped = asFileError(asSSTableError(error, file, 0), file);
      if (!(mapped instanceof SSTableError)) throw mapped;
      this.add(mapped);
      return false;
    }
  }

  /** The same, for a file that is not worth an error; `what` begins the warning. */
  async checkSoftly(
    what: string,
    file: string,
    body: () => Promise<void> | void,
  ): Promise<boolean> {
    try {
      await body();
      return true;
    } catch (error) {
      const mapped = asFileError(asSSTableError(error, file, 0), file);
      if (!(mapped instanceof SSTableError)) throw mapped;
      this.warn(`${what}: ${mapped.message}`);
      return false;
    }
  }

  report(): VerifyReport {
    return {
      errors: this.errors,
      warnings: this.warnings,
      checksums: this.checksums,
      bytesRead: this.#bytesRead,
      filterTrusted: this.isFilterTrusted,
    };
  }
}
