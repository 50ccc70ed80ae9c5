// Control plane. A whole transaction log: what it is called and what it decides (spec: sstable-index-and-stats §1.6; LogFile).
// Called by discovery and recovery. Pure but for one read.
import { basename } from 'node:path';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { SSTableError } from '../errors.ts';
import { TRANSACTION_LOG_BYTES_MAX } from '../limits.ts';
import { parseName } from '../naming/file-name.ts';
import { readBounded } from './bounded-read.ts';
import { isFileRecord, parseRecord, type TransactionRecord } from './transaction-record.ts';

/** `[[<format>-]<version>_]txn_<operation>_<time-uuid>.log` (LogFile#FILE_REGEX of 5.0). */
const FILE_NAME = /^((?:[a-z]+-)?.{2}_)?txn_(.*)_(.*)\.log$/;

/** Operation and id in the name of a transaction log; undefined for other files. */
export const parseTransactionLogName = (
  fileName: string,
): { readonly operation: string; readonly id: string } | undefined => {
  const parts = FILE_NAME.exec(fileName);
  return parts === null ? undefined : { operation: parts[2] as string, id: parts[3] as string };
};

/** What a log says of the files beside it. */
export interface TransactionLog {
  readonly file: string;
  readonly outcome: 'committed' | 'aborted' | 'unfinished';
  /** File name prefixes of ADD records, with the dash: `nb-1-big-`. Those of damaged records too: they may be half written. */
  readonly added: readonly string[];
  /** REMOVE records that can be trusted. */
  readonly removed: readonly { readonly prefix: string; readonly updateTimeMs: number }[];
  /** Set when a record other than the last is damaged. A damaged last one means that its writer was interrupted. */
  readonly damage: SSTableError | undefined;
}

/**
 * The file name prefix that a record's path means. Only a whole `<version>-<id>-<format>-` counts: files are deleted by it, and a
 * shorter one would take others along. Undefined for names of 2.1, which 3.x could still have in its logs.
 */
const prefixOf = (path: string): string | undefined => {
  const prefix = `${basename(path).replace(/-$/, '')}-`;
  return parseName(`${prefix}Data.db`, path)._tag === 'Right' ? prefix : undefined;
};

const lastOutcome = (last: TransactionRecord | undefined): TransactionLog['outcome'] => {
  if (last?.type === 'COMMIT') return 'committed';
  return last?.type === 'ABORT' ? 'aborted' : 'unfinished';
};

/** Reads the text of a log. Only the last record decides, and only if its checksum is right (LogFile#committed). */
export const parseTransactionLog = (file: string, text: string): TransactionLog => {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const added: string[] = [];
  const removed: { prefix: string; updateTimeMs: number }[] = [];
  let last: TransactionRecord | undefined;
  let damage: SSTableError | undefined;
  for (const [index, line] of lines.entries()) {
    const parsed = parseRecord(line);
    const sound = parsed?.sound === true;
    last = sound ? parsed.record : undefined;
    if (!sound && index < lines.length - 1)
      damage ??= new SSTableError({
        code: 'SCM_SSTABLE_CORRUPT',
        file,
        offset: undefined,
        found: `record ${index + 1} of ${lines.length} damaged: ${line.slice(0, 120)}`,
        expected: 'a transaction record with its checksum',
      });
    const record = parsed?.record;
    if (record === undefined || !isFileRecord(record)) continue;
    const prefix = prefixOf(record.path);
    if (prefix === undefined) continue;
    if (record.type === 'ADD') added.push(prefix);
    else if (sound) removed.push({ prefix, updateTimeMs: record.updateTimeMs });
  }
  return { file, outcome: lastOutcome(last), added, removed, damage };
};

/** Reads a log. Undefined when it is gone: its transaction ended meanwhile. */
export const readTransactionLog = async (
  file: string,
): Promise<Either<SSTableError, TransactionLog | undefined>> => {
  const bytes = await readBounded(file, TRANSACTION_LOG_BYTES_MAX, 'transaction log');
  if (bytes._tag === 'Left')
    return bytes.left.code === 'SCM_SSTABLE_NOT_FOUND' ? right(undefined) : left(bytes.left);
  return right(parseTransactionLog(file, bytes.right.toString('utf8')));
};
