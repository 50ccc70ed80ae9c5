// Control plane. A ledger under its lock: one process at a time, every whole line read, a torn last one cut off, and the beginning of this run
// written. Called by openLedger, which loads it when a ledger is asked for.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nodeFileSystem } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { LEDGER_BYTES_MAX } from '../limits.ts';
import type { FrontDoorParts } from '../parts.ts';
import type { Ledger, NewRecord } from './ledger.ts';
import {
  damagedError,
  foreignError,
  ledgerClosedError,
  ledgerDiskError,
  ledgerLimitError,
} from './ledger-errors.ts';
import { LedgerFile } from './ledger-file.ts';
import { recordProblem } from './ledger-lines.ts';
import { type LedgerLock, takeLedgerLock } from './ledger-lock.ts';
import { type ScannedLedger, scanLedger } from './ledger-scan.ts';
import type { EndRecord, LedgerIdentity, LedgerRecord } from './records.ts';

type Written = Either<ScamanderErrorType, void>;
type Parts = Pick<FrontDoorParts, 'unixMs'>;

class OpenLedger implements Ledger {
  readonly path: string;
  readonly run: number;
  readonly resumed: boolean;
  readonly records: readonly LedgerRecord[];
  readonly #file: LedgerFile;
  readonly #lock: LedgerLock;
  readonly #parts: Parts;
  #closing: Promise<void> | undefined;

  constructor(
    path: string,
    file: LedgerFile,
    lock: LedgerLock,
    found: ScannedLedger,
    parts: Parts,
  ) {
    this.path = path;
    this.records = found.records;
    this.run = runsOf(found.records) + 1;
    const last = found.records.at(-1);
    this.resumed = last !== undefined && last.type !== 'end';
    this.#file = file;
    this.#lock = lock;
    this.#parts = parts;
  }

  begin(identity: LedgerIdentity): Promise<Written> {
    return this.#write({ type: 'begin', ...this.#stamp(), identity });
  }

  append(record: NewRecord): Promise<Written> {
    return this.#write({ ...record, ...this.#stamp() });
  }

  end(verdict: EndRecord['verdict']): Promise<Written> {
    return this.#write({ type: 'end', ...this.#stamp(), verdict });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#file.close();
    } finally {
      await this.#lock.release();
    }
  }

  #stamp(): { readonly run: number; readonly at: string } {
    return { run: this.run, at: new Date(this.#parts.unixMs()).toISOString() };
  }

  async #write(record: LedgerRecord): Promise<Written> {
    if (this.#closing !== undefined) return left(ledgerClosedError(this.path));
    const problem = recordProblem(record);
    if (problem !== undefined) throw new TypeError(`a ledger can’t hold this record: ${problem}`);
    return this.#file.append(record);
  }
}

const runsOf = (records: readonly LedgerRecord[]): number =>
  records.reduce((runs, { run }) => Math.max(runs, run), 0);

const sameIdentity = (one: LedgerIdentity, other: LedgerIdentity): boolean =>
  one.job === other.job && one.from === other.from && one.to === other.to;

const readWhole = async (
  path: string,
  handle: FileHandle,
  identity: LedgerIdentity,
): Promise<Either<ScamanderErrorType, ScannedLedger>> => {
  const { size } = await handle.stat();
  if (size > LEDGER_BYTES_MAX)
    return left(ledgerLimitError(path, `the ledger is larger than ${LEDGER_BYTES_MAX} bytes`));
  const scanned = await scanLedger(handle);
  if (isLeft(scanned)) return left(damagedError(path, scanned.left));
  for (const record of scanned.right.records) {
    if (record.type === 'begin' && !sameIdentity(record.identity, identity))
      return left(foreignError(path, record.identity, identity));
  }
  return right(scanned.right);
};

const openLocked = async (
  path: string,
  identity: LedgerIdentity,
  lock: LedgerLock,
  parts: Parts,
): Promise<Either<ScamanderErrorType, Ledger>> => {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  const giveUp = async (error: ScamanderErrorType) => {
    await handle.close();
    return left(error);
  };
  try {
    // its name, if it is new
    await nodeFileSystem.syncDirectory(dirname(path));
    const found = await readWhole(path, handle, identity);
    if (isLeft(found)) return await giveUp(found.left);
    const file = new LedgerFile(path, handle, found.right);
    const ledger = new OpenLedger(path, file, lock, found.right, parts);
    const begun = await ledger.begin(identity);
    return isLeft(begun) ? await giveUp(begun.left) : right(ledger);
  } catch (cause) {
    await handle.close().catch(() => undefined);
    throw cause;
  }
};

/** See openLedger. */
export const openLockedLedger = async (
  path: string,
  identity: LedgerIdentity,
  parts: Parts,
): Promise<Either<ScamanderErrorType, Ledger>> => {
  try {
    await nodeFileSystem.makeDirectory(dirname(path));
    const lock = await takeLedgerLock(path, new Date(parts.unixMs()).toISOString());
    if (isLeft(lock)) return lock;
    let opened: Either<ScamanderErrorType, Ledger> | undefined;
    try {
      opened = await openLocked(path, identity, lock.right, parts);
      return opened;
    } finally {
      if (opened === undefined || isLeft(opened)) await lock.right.release();
    }
  } catch (cause) {
    return left(ledgerDiskError(path, 'opened', cause));
  }
};
