// Control plane. Lines of a ledger: `CRC8HEX {json}`, the CRC-32 of the JSON's bytes in eight lower-case hex digits, one space, the record, a
// line feed. Called by ledger-file (writing) and ledger-scan (reading); pure.
import { crc32 } from '@scamander/bytes';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { codecProblemText } from '../jobs/codec-problems.ts';
import { hasRanges, type LedgerLine, type RangesLine, readLine } from './record-shape.ts';
import type { LedgerRecord } from './records.ts';

/** Of every ledger's first record. */
export const LEDGER_FORMAT = 'scamander-ledger-1';

const CRC_CHARS = 8;
const PREFIX_BYTES = CRC_CHARS + 1;
const SPACE = 0x20;

const hexOf = (crc: number): string => crc.toString(16).padStart(CRC_CHARS, '0');

const lineOf = (line: LedgerLine): string => {
  const json = JSON.stringify(line);
  return `${hexOf(crc32(Buffer.from(json)))} ${json}\n`;
};

/** The lists of ranges that a ledger has given numbers to. A list becomes known when its line is durable, not before. */
export class RangeLists {
  readonly #lists: (readonly string[])[] = [];
  readonly #ids = new Map<string, number>();

  get size(): number {
    return this.#lists.length;
  }

  list(id: number): readonly string[] | undefined {
    return this.#lists[id];
  }

  idOf(ranges: readonly string[]): number | undefined {
    return this.#ids.get(ranges.join());
  }

  add(ranges: readonly string[]): void {
    this.#ids.set(ranges.join(), this.#lists.length);
    this.#lists.push(ranges);
  }
}

/** Lines that are written at once. */
export interface LineGroup {
  readonly text: string;
  /** Lists that are new in it. */
  readonly lists: readonly (readonly string[])[];
}

const lineFor = (record: LedgerRecord, rangesId: number | undefined): LedgerLine => {
  if (record.type === 'begin') return { ...record, format: LEDGER_FORMAT };
  if (!hasRanges(record) || rangesId === undefined) return record as LedgerLine;
  const { ranges: _, ...rest } = record;
  return { ...rest, rangesId } as LedgerLine;
};

/** What would be unreadable later; only a mistake of ours makes such a record. */
export const recordProblem = (record: LedgerRecord): string | undefined => {
  const read = readLine(lineFor(record, 0));
  return isLeft(read) ? codecProblemText(read.left) : undefined;
};

/** The lines of some records, each list of ranges before the first record that names it. */
export const linesOf = (records: readonly LedgerRecord[], known: RangeLists): LineGroup => {
  const lists: (readonly string[])[] = [];
  const ids = new Map<string, number>();
  const lines: string[] = [];
  const idFor = (ranges: readonly string[]): number => {
    const key = ranges.join();
    const id = known.idOf(ranges) ?? ids.get(key);
    if (id !== undefined) return id;
    const fresh: RangesLine = { type: 'ranges', id: known.size + lists.length, ranges };
    lines.push(lineOf(fresh));
    lists.push(ranges);
    ids.set(key, fresh.id);
    return fresh.id;
  };
  for (const record of records) {
    const rangesId = hasRanges(record) ? idFor(record.ranges) : undefined;
    lines.push(lineOf(lineFor(record, rangesId)));
  }
  return { text: lines.join(''), lists };
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** One line without its line feed: what it holds, or what is wrong with it. */
export const parseLine = (line: Buffer): Either<string, LedgerLine> => {
  const crc = line.toString('latin1', 0, CRC_CHARS);
  if (!/^[0-9a-f]{8}$/.test(crc) || line[CRC_CHARS] !== SPACE)
    return left('no checksum at its beginning');
  const json = line.subarray(PREFIX_BYTES);
  const computed = hexOf(crc32(json));
  if (crc !== computed) return left(`its checksum is ${computed}, it says ${crc}`);
  const read = readLine(parsed(json.toString()));
  return isLeft(read) ? left(codecProblemText(read.left)) : right(read.right);
};

/** The record of a line, with its ranges; undefined for a line that only gives a list its number. */
export const recordOf = (
  line: LedgerLine,
  lists: RangeLists,
): Either<string, LedgerRecord | undefined> => {
  if (line.type === 'ranges') {
    if (line.id !== lists.size) return left(`list ${line.id} of ranges comes after ${lists.size}`);
    lists.add(line.ranges);
    return right(undefined);
  }
  if (line.type === 'begin') {
    const { format: _, ...record } = line;
    return right(record);
  }
  if (line.type === 'end') return right(line);
  const { rangesId, ...rest } = line;
  const ranges = lists.list(rangesId);
  if (ranges === undefined) return left(`no list ${rangesId} of ranges before it`);
  return right({ ...rest, ranges });
};

const FIRST_LINE = `{"type":"begin"`;

/** True when bytes without a line feed can be what is left of a ledger's first line. */
export const mayBeFirstLine = (bytes: Buffer): boolean => {
  const crc = bytes.toString('latin1', 0, PREFIX_BYTES);
  const json = bytes.toString('latin1', PREFIX_BYTES, PREFIX_BYTES + FIRST_LINE.length);
  return /^[0-9a-f]{0,8}$|^[0-9a-f]{8} $/.test(crc) && FIRST_LINE.startsWith(json);
};
