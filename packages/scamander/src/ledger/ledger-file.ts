// Control plane. The end of an open ledger: records are written where the last durable one ends, and those that come together share one sync.
// Called by openLedger. Nothing counts before its bytes are on the disk; what could not be written leaves the file as it was.
import type { FileHandle } from 'node:fs/promises';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { LEDGER_BYTES_MAX, LEDGER_GROUP_RECORDS_MAX, LEDGER_LINE_BYTES_MAX } from '../limits.ts';
import { ledgerDiskError, ledgerLimitError } from './ledger-errors.ts';
import { linesOf } from './ledger-lines.ts';
import type { ScannedLedger } from './ledger-scan.ts';
import type { LedgerRecord } from './records.ts';

type Written = Either<ScamanderErrorType, void>;

type Waiting = {
  readonly record: LedgerRecord;
  readonly resolve: (written: Written) => void;
};

const writeAll = async (handle: FileHandle, bytes: Buffer, position: number): Promise<void> => {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
};

/** Appends to one file. */
export class LedgerFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #ledger: ScannedLedger;
  readonly #waiting: Waiting[] = [];
  #endBytes: number;
  /** True while bytes may lie behind the end. */
  #isDirty = true;
  #draining: Promise<void> | undefined;

  constructor(path: string, handle: FileHandle, ledger: ScannedLedger) {
    this.#path = path;
    this.#handle = handle;
    this.#ledger = ledger;
    this.#endBytes = ledger.wholeBytes;
  }

  /** Resolves when the record is on the disk, or is not. */
  append(record: LedgerRecord): Promise<Written> {
    return new Promise((resolve) => {
      this.#waiting.push({ record, resolve });
      this.#draining ??= this.#drain();
    });
  }

  /** Waits for what was appended. */
  async close(): Promise<void> {
    await this.#draining;
    await this.#handle.close();
  }

  async #drain(): Promise<void> {
    // whoever appends in the same turn shares the sync
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, LEDGER_GROUP_RECORDS_MAX);
      const together = await this.#write(group.map(({ record }) => record));
      for (const { record, resolve } of group) {
        // one that may not be written does not keep the others out
        const isAlone = isLeft(together) && group.length > 1;
        resolve(isAlone ? await this.#write([record]) : together);
      }
    }
    this.#draining = undefined;
  }

  async #write(records: readonly LedgerRecord[]): Promise<Written> {
    const { text, lists } = linesOf(records, this.#ledger.lists);
    const bytes = Buffer.from(text);
    const tooMuch = this.#tooMuch(text, bytes.length);
    if (tooMuch !== undefined) return left(tooMuch);
    try {
      if (this.#isDirty) await this.#cut();
      this.#isDirty = true;
      await writeAll(this.#handle, bytes, this.#endBytes);
      await this.#handle.datasync();
      this.#isDirty = false;
    } catch (cause) {
      await this.#cut().catch(() => undefined);
      return left(ledgerDiskError(this.#path, 'written', cause));
    }
    this.#endBytes += bytes.length;
    for (const list of lists) this.#ledger.lists.add(list);
    this.#ledger.records.push(...records);
    return right(undefined);
  }

  /** The file ends after its last durable record again. */
  async #cut(): Promise<void> {
    await this.#handle.truncate(this.#endBytes);
    this.#isDirty = false;
  }

  #tooMuch(text: string, lengthBytes: number): ScamanderErrorType | undefined {
    if (this.#endBytes + lengthBytes > LEDGER_BYTES_MAX)
      return ledgerLimitError(this.#path, `the ledger would outgrow ${LEDGER_BYTES_MAX} bytes`);
    const isLong = text
      .split('\n')
      .some(
        (line) =>
          line.length > LEDGER_LINE_BYTES_MAX || Buffer.byteLength(line) > LEDGER_LINE_BYTES_MAX,
      );
    return isLong
      ? ledgerLimitError(this.#path, `a record is longer than ${LEDGER_LINE_BYTES_MAX} bytes`)
      : undefined;
  }
}
