// Control plane. One line of a transaction log ↔ record (spec: sstable-index-and-stats §1.6; LogRecord). Called by discovery, commit and
// recovery. Pure.
import { crc32 } from '@scamander/bytes';

/** A line `TYPE:[path,update time,files][checksum]`. */
export type TransactionRecord = FileRecord | FinalRecord;

/** A record about the files of one SSTable. */
export interface FileRecord {
  readonly type: 'ADD' | 'REMOVE';
  /** Absolute path of the SSTable's files up to the dash before the component; 4.0 and later write the dash too, 3.x did not. */
  readonly path: string;
  /** Latest change of the files in milliseconds since 1970; 0 for ADD. */
  readonly updateTimeMs: number;
  readonly files: number;
}

/** The last record of a log. */
export interface FinalRecord {
  readonly type: 'COMMIT' | 'ABORT';
}

/** Whether the record is about files. */
export const isFileRecord = (record: TransactionRecord): record is FileRecord =>
  record.type === 'ADD' || record.type === 'REMOVE';

/** A line as it was read: a record whose checksum is wrong still says what it meant to. */
export interface ParsedRecord {
  readonly record: TransactionRecord;
  readonly sound: boolean;
}

const LINE = /^(add|remove|commit|abort):\[([^,]*),?(\d*),?(\d*)\]\[(\d+)\]$/i;
const TWO_TO_32 = 2 ** 32;

/**
 * CRC-32 over the path, the type in upper case, then the low half of the update time, its high half and the number of files, each as
 * four big-endian bytes (LogRecord#computeChecksum).
 */
const recordChecksum = (record: TransactionRecord): number => {
  const file = isFileRecord(record) ? record : undefined;
  const updateTimeMs = file?.updateTimeMs ?? 0;
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32BE(updateTimeMs % TWO_TO_32, 0);
  numbers.writeUInt32BE(Math.floor(updateTimeMs / TWO_TO_32), 4);
  numbers.writeUInt32BE(file?.files ?? 0, 8);
  return crc32(numbers, crc32(Buffer.from(`${file?.path ?? ''}${record.type}`, 'utf8')));
};

/** The line of a record, without its line end. The path of an ADD or REMOVE may not hold a comma: a node could not read it back. */
export const formatRecord = (record: TransactionRecord): string => {
  const facts = isFileRecord(record)
    ? `${record.path},${record.updateTimeMs},${record.files}`
    : ',0,0';
  return `${record.type}:[${facts}][${recordChecksum(record)}]`;
};

/** Reads one line; undefined when it is no record at all, such as one cut short. */
export const parseRecord = (line: string): ParsedRecord | undefined => {
  const parts = LINE.exec(line);
  if (parts === null) return undefined;
  const type = (parts[1] as string).toUpperCase();
  const updateTimeMs = Number(parts[3]);
  const files = Number(parts[4]);
  if (!Number.isSafeInteger(updateTimeMs) || files > 0x7fffffff) return undefined;
  const record: TransactionRecord =
    type === 'COMMIT' || type === 'ABORT'
      ? { type }
      : {
          type: type as FileRecord['type'],
          path: parts[2] as string,
          updateTimeMs,
          files,
        };
  if (isFileRecord(record) && record.path === '') return undefined;
  return { record, sound: String(recordChecksum(record)) === parts[5] };
};
