// Control plane. The flags of `sstable dump` to the input of its job. Called by commands/sstable-dump.ts; reads the schema file.
import { readFileSync } from 'node:fs';
import { partitionerNamed } from '@scamander/ring';
import type { ScamanderErrorType } from '@scamander/scamander';
import { type Either, isLeft, isRight, left, right } from 'fp-ts/lib/Either.js';
import type { DumpInput } from '../jobs/dump.ts';
import { oneOf, optionalNumber, textList } from './flag-values.ts';
import { usageError } from './usage-error.ts';

/** What commander hands over. */
export interface DumpFlags {
  readonly format: string;
  readonly timestamps: string;
  readonly like?: string;
  readonly keys?: readonly string[];
  readonly excludeKeys?: readonly string[];
  readonly ranges?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly partitioner?: string;
  readonly keysOnly?: boolean;
  readonly width?: string;
  readonly now?: string;
}

/** All of the input that comes from flags. */
export type DumpSettings = Omit<DumpInput, 'sstables' | 'tagged' | 'endsWithNewline'>;

/** Longest schema file that is read. */
const SCHEMA_BYTES_MAX = 64 * 1024 * 1024;

/** A schema file and its text. */
export const readSchema = (
  file: string | undefined,
): Either<ScamanderErrorType, DumpInput['schema']> => {
  if (file === undefined) return right(undefined);
  try {
    const bytes = readFileSync(file);
    if (bytes.length > SCHEMA_BYTES_MAX)
      return left(usageError(`${bytes.length} bytes are too long for a schema`, file));
    return right({ file, text: bytes.toString('utf8') });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return left(usageError(reason, '--schema', 'check the path'));
  }
};

/** A partitioner's name, checked. */
export const knownPartitioner = (
  name: string | undefined,
): Either<ScamanderErrorType, string | undefined> =>
  name === undefined || isRight(partitionerNamed(name))
    ? right(name)
    : left(usageError(`no partitioner: ${name}`, '--partitioner', 'give RandomPartitioner, …'));

/** Seconds since 1970 of a number or of a date as ISO 8601 writes it. */
const secondsOf = (text: string): number | undefined => {
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  return Number.isFinite(seconds) ? Math.floor(seconds) : undefined;
};

/** Checks the flags. `nowMs` is the time of the clock. */
export const dumpSettings = (
  flags: DumpFlags,
  nowMs: number,
): Either<ScamanderErrorType, DumpSettings> => {
  const format = oneOf(flags.format, '--format', ['json', 'jsonl', 'table'] as const);
  if (isLeft(format)) return format;
  const timestamps = oneOf(flags.timestamps, '--timestamps', ['raw', 'iso'] as const);
  if (isLeft(timestamps)) return timestamps;
  const like =
    flags.like === undefined
      ? right(undefined)
      : oneOf(flags.like, '--like', ['3.0', '4.0', '5.0'] as const);
  if (isLeft(like)) return like;
  const width = optionalNumber(flags.width, '--width', 2, 1_000_000);
  if (isLeft(width)) return width;
  const schema = readSchema(flags.schema);
  if (isLeft(schema)) return schema;
  const partitioner = knownPartitioner(flags.partitioner);
  if (isLeft(partitioner)) return partitioner;
  const nowSeconds = flags.now === undefined ? Math.floor(nowMs / 1000) : secondsOf(flags.now);
  if (nowSeconds === undefined)
    return left(
      usageError(`no time: ${flags.now}`, '--now', 'give seconds since 1970 or an ISO date'),
    );
  return right({
    format: format.right,
    timestamps: timestamps.right,
    release: like.right,
    nowSeconds,
    keysOnly: flags.keysOnly === true,
    keys: flags.keys,
    excludeKeys: flags.excludeKeys,
    where: flags.where,
    ranges: textList(flags.ranges),
    schema: schema.right,
    partitioner: partitioner.right,
    valueCharsMax: width.right,
  });
};
