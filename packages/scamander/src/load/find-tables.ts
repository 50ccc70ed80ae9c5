// Control plane. The first step of a load: what lies in the folders that were named. Called by load; reads names and sizes only.
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type DiscoveredTable, discover, type SSTableError } from '@scamander/sstable-io';
import { left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { LoadEvent } from './events.ts';
import type { LoadOptions } from './options.ts';
import { badData } from './source-problems.ts';
import { dataPathOf } from './source-record.ts';

/** What is found beside SSTables, or in their place, and harms nobody. */
const FOREIGN = 'SCM_SSTABLE_NOT_AN_SSTABLE';
const EMPTY = 'SCM_SSTABLE_NOT_FOUND';

/** The command line is wrong. */
export const usage = (code: string, message: string, where: string, advice: string) =>
  left<ScamanderErrorType>({
    code,
    kind: 'usage',
    message,
    where,
    lost: 'nothing',
    advice,
    retryable: false,
  });

const nothingToLoad = (options: LoadOptions): ScamanderErrorType => ({
  code: 'SCM_LOAD_NOTHING',
  kind: 'usage',
  message: 'no SSTable is there to load',
  where: options.paths.join(', '),
  lost: 'nothing',
  advice: 'give a table, keyspace or data directory, or a snapshots/NAME folder',
  retryable: false,
});

/** A misspelt path must not mean that the others are loaded without it. */
const missingPath = async (paths: readonly string[]): Promise<string | undefined> => {
  for (const path of paths) {
    const exists = await access(path).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
    );
    if (!exists) return path;
  }
  return undefined;
};

const ambiguousTable = (
  options: LoadOptions,
  tables: readonly DiscoveredTable[],
): ScamanderErrorType => ({
  code: 'SCM_LOAD_AMBIGUOUS',
  kind: 'usage',
  message: `--table names one table, but the folders hold ${tables.length}: ${tables.map(({ keyspace, table }) => `${keyspace}.${table}`).join(', ')}`,
  where: options.paths.join(', '),
  lost: 'nothing',
  advice: 'give the folder of one table',
  retryable: false,
});

/** Nodes make these anew where they are missing. */
const REBUILT = new Set(['Filter.db', 'Summary.db']);

/** Component that TOC.txt lists in vain, of an SSTable that can be read without it. */
const listedInVain = ({ detail }: SSTableError): string | undefined =>
  detail.code === 'SCM_SSTABLE_MISSING_COMPONENT' ? detail.component : undefined;

/**
 * An SSTable with a component less than its TOC.txt lists is an incomplete copy, even where it could be read: it is left out, unless what
 * is missing is made anew by every node.
 */
const withoutIncomplete = (
  tables: readonly DiscoveredTable[],
  problems: readonly SSTableError[],
): readonly DiscoveredTable[] => {
  const incomplete = new Set(
    problems
      .filter((problem) => listedInVain(problem) !== undefined)
      .map(({ detail }) => detail.file),
  );
  return tables
    .map((table) => ({
      ...table,
      sstables: table.sstables.filter((files) => !incomplete.has(dataPathOf(files))),
    }))
    .filter(({ sstables }) => sstables.length > 0);
};

/** The tables to load and what is wrong with other SSTables; a Left ends the load. */
export const findTables = async (
  options: LoadOptions,
  emit: (event: LoadEvent) => void,
  signal: AbortSignal,
) => {
  const missing = await missingPath(options.paths);
  if (missing !== undefined) {
    return usage(
      'SCM_SSTABLE_NOT_FOUND',
      'there is no such file or folder',
      missing,
      'check the path',
    );
  }
  const discovery = await discover(options.paths, {
    ...(options.keyspace === undefined ? {} : { keyspace: options.keyspace }),
    ...(options.table === undefined ? {} : { table: options.table }),
    signal,
  });
  // A file that is none of an SSTable's harms nobody; an SSTable that is not whole does.
  const foreign = discovery.problems.filter(({ code }) => code === FOREIGN);
  if (foreign[0] !== undefined) {
    const others = foreign.length === 1 ? '' : ` and ${foreign.length - 1} other foreign files`;
    emit({ type: 'Warning', message: `not loaded: ${foreign[0].detail.file}${others}` });
  }
  const named = new Set(options.paths.map((path) => resolve(path)));
  const isEmpty = ({ code, detail }: SSTableError): boolean =>
    code === EMPTY && named.has(detail.file);
  for (const { detail } of discovery.problems.filter(isEmpty))
    emit({ type: 'Warning', message: `no SSTables in ${detail.file}` });
  const isRebuilt = (problem: SSTableError): boolean => REBUILT.has(listedInVain(problem) ?? '');
  for (const { message } of discovery.problems.filter(isRebuilt))
    emit({ type: 'Warning', message: `${message}; nodes make it anew` });
  const found = discovery.problems.filter(
    (problem) => problem.code !== FOREIGN && !isEmpty(problem) && !isRebuilt(problem),
  );
  const problems = found.map(badData);
  for (const error of problems) emit({ type: 'Problem', error });
  const tables = withoutIncomplete(discovery.tables, found);
  if (tables.length === 0) return left(problems[0] ?? nothingToLoad(options));
  if (options.table !== undefined && tables.length > 1)
    return left(ambiguousTable(options, tables));
  emit({
    type: 'Discovered',
    tables: tables.map(({ keyspace, table, sstables }) => ({
      keyspace,
      table,
      sstables: sstables.length,
      bytes: sstables
        .flatMap(({ components }) => [...components.values()])
        .reduce((sum, bytes) => sum + bytes, 0),
    })),
  });
  return right({ tables, problems });
};
