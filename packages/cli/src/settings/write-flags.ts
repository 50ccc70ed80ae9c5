// Control plane. The flags of `sstable write` to the input of its job. Called by commands/sstable-write.ts; reads the schema file and the lengths of
// the rows' files.
import { statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { parseSchema, type TableSchema } from '@scamander/cql-types';
import { partitionerNamed } from '@scamander/ring';
import type { ScamanderErrorType } from '@scamander/scamander';
import { tableDirectory } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { WriteInput } from '../jobs/write.ts';
import { readSchema } from './dump-flags.ts';
import { oneOf, optionalNumber, textList } from './flag-values.ts';
import { usageError } from './usage-error.ts';

/** What commander hands over. */
export interface WriteFlags {
  readonly schema?: string;
  readonly into?: string;
  readonly keyspace?: string;
  readonly table?: string;
  readonly format?: string;
  readonly sstableVersion: string;
  readonly partitioner: string;
  readonly sstableSize?: string;
  readonly buffer?: string;
  readonly temporary?: string;
  readonly update?: boolean;
  readonly delete?: boolean;
  readonly append?: boolean;
  readonly timestamp?: string;
  readonly ttl?: string;
  readonly timestampColumn?: string;
  readonly ttlColumn?: string;
  readonly badRows: string;
  readonly columns?: string;
  readonly delimiter?: string;
  readonly quote: string;
  readonly escape: string;
  readonly null: string;
  readonly nulls: string;
}

type Checked<T> = Either<ScamanderErrorType, T>;

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** Bytes of a text such as `160MiB`; undefined where the flag is absent. */
const sizeOf = (text: string | undefined, flag: string): Checked<number | undefined> => {
  if (text === undefined) return right(undefined);
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB)?$/.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (UNITS[unit] ?? 0));
  return number === '' || bytes < 1
    ? left(usageError(`no size: "${text}"`, flag, 'write 160MiB, 1GiB, or bytes'))
    : right(bytes);
};

/** Microseconds of a number or of an ISO date. */
const microsOf = (text: string | undefined): Checked<bigint | undefined> => {
  if (text === undefined) return right(undefined);
  if (/^-?\d{1,19}$/.test(text)) return right(BigInt(text));
  const ms = Date.parse(text);
  return Number.isNaN(ms)
    ? left(usageError(`no time: ${text}`, '--timestamp', 'give microseconds or an ISO date'))
    : right(BigInt(ms) * 1000n);
};

/** The table that is meant: the named one, or the only one that is no view. */
const tableOf = (flags: WriteFlags): Checked<TableSchema> => {
  if (flags.schema === undefined)
    return left(usageError('which table?', '--schema', 'give a file with its CREATE TABLE'));
  const file = readSchema(flags.schema);
  if (isLeft(file)) return file;
  const schema = parseSchema(file.right?.text ?? '', { keyspace: flags.keyspace });
  if (isLeft(schema))
    return left({ ...usageError(schema.left.message, flags.schema), code: schema.left.code });
  const tables = schema.right.tables.filter(({ keyspace, table, isView }) =>
    flags.table === undefined
      ? !isView
      : flags.table === table || flags.table === `${keyspace}.${table}`,
  );
  const [only] = tables;
  if (only !== undefined && tables.length === 1) return right(only);
  const names = schema.right.tables.map(({ keyspace, table }) => `${keyspace}.${table}`);
  return left(
    usageError(
      only === undefined && flags.table !== undefined
        ? `the schema has no table ${flags.table}; it has ${names.join(', ')}`
        : `the schema has ${tables.length} tables: ${names.join(', ')}`,
      '--table',
      'name one of them',
    ),
  );
};

/** The table's folder below the data directory, as a node names it. */
const directoryOf = (into: string, { keyspace, table, id }: TableSchema): string =>
  id === undefined
    ? join(resolve(into), keyspace, table)
    : tableDirectory(resolve(into), keyspace, table, id);

const formatOf = (flags: WriteFlags, files: readonly string[]): Checked<'jsonl' | 'csv'> => {
  if (flags.format !== undefined) return oneOf(flags.format, '--format', ['jsonl', 'csv'] as const);
  const kinds = new Set(files.map((file) => /^\.[ct]sv$/i.test(extname(file))));
  return kinds.size > 1
    ? left(usageError('CSV and other files at once', '--format'))
    : right(kinds.has(true) ? 'csv' : 'jsonl');
};

const totalBytesOf = (files: readonly string[]): Checked<number> => {
  let total = 0;
  for (const file of files) {
    if (file === '-') continue;
    try {
      total += statSync(file).size;
    } catch (error) {
      return left(usageError((error as Error).message, file, 'check the path'));
    }
  }
  return right(total);
};

const csvOf = (
  flags: WriteFlags,
  files: readonly string[],
): Checked<NonNullable<WriteInput['csv']>> => {
  const nulls = oneOf(flags.nulls, '--nulls', ['missing', 'tombstone'] as const);
  if (isLeft(nulls)) return nulls;
  const isTabbed = files.every((file) => /^\.tsv$/i.test(extname(file)));
  const delimiter = flags.delimiter === '\\t' ? '\t' : flags.delimiter;
  return right({
    delimiter: delimiter ?? (isTabbed && files.length > 0 ? '\t' : ','),
    quote: flags.quote,
    escape: flags.escape,
    columns: textList(flags.columns),
    nullText: flags.null,
    nulls: nulls.right,
  });
};

const statementOf = (flags: WriteFlags): Checked<WriteInput['statement']> => {
  if (flags.update === true && flags.delete === true)
    return left(usageError('rows are either updates or deletions', '--update, --delete'));
  if (flags.delete === true) return right('delete');
  return right(flags.update === true ? 'update' : 'insert');
};

/** Checks the flags. `nowMs` is the time of the clock. */
export const writeSettings = (
  files: readonly string[],
  flags: WriteFlags,
  nowMs: number,
): Checked<WriteInput> => {
  const schema = tableOf(flags);
  if (isLeft(schema)) return schema;
  if (flags.into === undefined)
    return left(usageError('where to?', '--into', 'give a data directory; it is made'));
  const totalBytes = totalBytesOf(files);
  if (isLeft(totalBytes)) return totalBytes;
  const format = formatOf(flags, files);
  if (isLeft(format)) return format;
  const csv = format.right === 'csv' ? csvOf(flags, files) : right(undefined);
  if (isLeft(csv)) return csv;
  const version = oneOf(flags.sstableVersion, '--sstable-version', [
    'me',
    'nb',
    'oa',
    'da',
  ] as const);
  if (isLeft(version)) return version;
  if (isLeft(partitionerNamed(flags.partitioner)))
    return left(usageError(`no partitioner: ${flags.partitioner}`, '--partitioner'));
  const sstableBytesMax = sizeOf(flags.sstableSize, '--sstable-size');
  if (isLeft(sstableBytesMax)) return sstableBytesMax;
  const bufferBytesMax = sizeOf(flags.buffer, '--buffer');
  if (isLeft(bufferBytesMax)) return bufferBytesMax;
  const timestampMicros = microsOf(flags.timestamp);
  if (isLeft(timestampMicros)) return timestampMicros;
  const ttlSeconds = optionalNumber(flags.ttl, '--ttl', 0, 630_720_000);
  if (isLeft(ttlSeconds)) return ttlSeconds;
  const badRowsMax = optionalNumber(flags.badRows, '--bad-rows', 0, Number.MAX_SAFE_INTEGER);
  if (isLeft(badRowsMax)) return badRowsMax;
  const statement = statementOf(flags);
  if (isLeft(statement)) return statement;
  return right({
    files,
    totalBytes: totalBytes.right,
    schema: schema.right,
    directory: directoryOf(flags.into, schema.right),
    version: version.right,
    partitioner: flags.partitioner,
    csv: csv.right,
    statement: statement.right,
    collections: flags.append === true ? 'append' : 'replace',
    timestampMicros: timestampMicros.right ?? BigInt(nowMs) * 1000n,
    nowSeconds: Math.floor(nowMs / 1000),
    ttlSeconds: ttlSeconds.right,
    timestampColumn: flags.timestampColumn,
    ttlColumn: flags.ttlColumn,
    badRowsMax: badRowsMax.right ?? 0,
    sstableBytesMax: sstableBytesMax.right,
    bufferBytesMax: bufferBytesMax.right,
    temporaryDirectory: flags.temporary === undefined ? undefined : resolve(flags.temporary),
  });
};
