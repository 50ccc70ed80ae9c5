// Control plane. Reads a ledger from its first byte to the last whole line. Called by openLedger, which cuts off what comes after.
import type { FileHandle } from 'node:fs/promises';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { LEDGER_LINE_BYTES_MAX } from '../limits.ts';
import { mayBeFirstLine, parseLine, RangeLists, recordOf } from './ledger-lines.ts';
import type { LedgerRecord } from './records.ts';

/** A line that is not the torn last one, and can't be read. */
export interface LedgerDamage {
  readonly offsetBytes: number;
  readonly reason: string;
}

/** What is in a ledger. */
export interface ScannedLedger {
  readonly records: LedgerRecord[];
  readonly lists: RangeLists;
  /** End of the last whole line. */
  readonly wholeBytes: number;
}

const READ_BYTES = 1 << 20;
const LINE_FEED = 0x0a;

/** A power cut leaves zeros where the file had grown and its bytes had not come. */
const withoutZeros = (bytes: Buffer): Buffer => {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
};

class Scan {
  readonly records: LedgerRecord[] = [];
  readonly lists = new RangeLists();
  #rest: Buffer = Buffer.alloc(0);
  /** Where `#rest` begins. */
  wholeBytes = 0;

  /** Takes the next bytes of the file. */
  take(chunk: Buffer): LedgerDamage | undefined {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, at);
      if (end < 0) break;
      const reason = this.#line(bytes.subarray(at, end));
      if (reason !== undefined) return { offsetBytes: this.wholeBytes, reason };
      this.wholeBytes += end + 1 - at;
      at = end + 1;
    }
    this.#rest = bytes.subarray(at);
    return this.#rest.length > LEDGER_LINE_BYTES_MAX
      ? { offsetBytes: this.wholeBytes, reason: `longer than ${LEDGER_LINE_BYTES_MAX} bytes` }
      : undefined;
  }

  #line(bytes: Buffer): string | undefined {
    if (bytes.length > LEDGER_LINE_BYTES_MAX) return `longer than ${LEDGER_LINE_BYTES_MAX} bytes`;
    const line = parseLine(bytes);
    if (isLeft(line)) return line.left;
    const record = recordOf(line.right, this.lists);
    if (isLeft(record)) return record.left;
    if (record.right === undefined) return undefined;
    if (this.records.length === 0 && record.right.type !== 'begin')
      return 'no run begins before it';
    this.records.push(record.right);
    return undefined;
  }

  /** What is left after the last line feed was torn; in a file without any line it must look like the beginning of a ledger. */
  end(): LedgerDamage | undefined {
    return this.wholeBytes > 0 || mayBeFirstLine(withoutZeros(this.#rest))
      ? undefined
      : { offsetBytes: 0, reason: 'no ledger begins like this' };
  }
}

/** Reads all of it. */
export const scanLedger = async (
  handle: FileHandle,
): Promise<Either<LedgerDamage, ScannedLedger>> => {
  const scan = new Scan();
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(
      Buffer.allocUnsafe(READ_BYTES),
      0,
      READ_BYTES,
      position,
    );
    if (bytesRead === 0) break;
    position += bytesRead;
    const damage = scan.take(buffer.subarray(0, bytesRead));
    if (damage !== undefined) return left(damage);
  }
  const damage = scan.end();
  if (damage !== undefined) return left(damage);
  const { records, lists, wholeBytes } = scan;
  return right({ records, lists, wholeBytes });
};
