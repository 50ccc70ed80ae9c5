// Control plane. What an embedded node sends when a peer asks for ranges: the sending port of a session over SSTable folders.
// Called by serve. SSTables that the ranges cover whole travel whole, the others as sections (spec: planning §17).
import type {
  FileError,
  OutgoingFile,
  OutgoingFiles,
  OutgoingSessionInfo,
} from '@scamander/session';
import {
  discover,
  type SSTable,
  type SSTableError,
  type SSTableFiles,
} from '@scamander/sstable-io';
import type { StreamRequest } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { entireFile } from '../outgoing/entire-file.ts';
import { piecesOf } from '../outgoing/pieces.ts';
import { sectionFile } from '../outgoing/section-file.ts';
import { toFileError, withSSTable } from '../outgoing/with-sstable.ts';
import { lastingFile } from './lasting-file.ts';
import { isSelected, rangesFor, sectionsOnly, standingOf } from './selection.ts';
import type { KnownTable, TableRegistry } from './table-registry.ts';

/** Whether SSTables that a peer asks for whole may travel as they are (Cassandra: stream_entire_sstables). */
export type ServedEntire = 'auto' | 'never';

interface Asked {
  readonly table: KnownTable;
  readonly request: StreamRequest;
  readonly session: OutgoingSessionInfo;
  readonly entire: ServedEntire;
}

/** Files that are nobody's SSTables, and SSTables that are not there yet or no longer; anything else would be missed by the peer. */
const HARMLESS: ReadonlySet<string> = new Set([
  'SCM_SSTABLE_NOT_AN_SSTABLE',
  'SCM_SSTABLE_NOT_FOUND',
  'SCM_SSTABLE_UNFINISHED',
  'SCM_SSTABLE_UNSUPPORTED',
]);

const unknownTables = (
  { keyspace, tables }: StreamRequest,
  known: readonly KnownTable[],
): FileError => {
  const missing = tables.filter((name) => !known.some(({ table }) => table === name));
  return {
    code: 'SCM_SERVE_UNKNOWN_TABLE',
    file: tables.length === 0 ? keyspace : missing.map((name) => `${keyspace}.${name}`).join(', '),
    message: `the request names a ${tables.length === 0 ? 'keyspace' : 'table'} that is not here`,
    retryable: false,
  };
};

const filesOf = async (
  sstable: SSTable,
  files: SSTableFiles,
  { table, request, session, entire }: Asked,
): Promise<Either<SSTableError, readonly OutgoingFile[]>> => {
  const { statistics, partitioner, dataLengthBytes } = sstable;
  if (!isSelected(statistics, session)) return right([]);
  const ranges = rangesFor(statistics, request, partitioner);
  const sections = await sstable.sections(ranges);
  if (isLeft(sections)) return left(sections.left);
  const standing = standingOf(statistics, session);
  const { tableId } = table;
  const covered = sections.right.reduce((sum, { lower, upper }) => sum + (upper - lower), 0n);
  const isWhole = covered === dataLengthBytes && sectionsOnly(sstable, session) === undefined;
  if (isWhole && entire === 'auto') {
    const manifest = sstable.manifest({ includeFilter: true });
    return right([entireFile({ files, manifest, tableId, standing })]);
  }
  // weighs every chunk: only where sections are what travels
  const pieces = await piecesOf(sstable, ranges);
  if (isLeft(pieces)) return left(pieces.left);
  return right(pieces.right.map((piece) => sectionFile({ files, tableId, standing, ...piece })));
};

const selectTable = async (asked: Asked): Promise<Either<FileError, readonly OutgoingFile[]>> => {
  const { tables, problems } = await discover([asked.table.directory]);
  const problem = problems.find(({ code }) => !HARMLESS.has(code));
  if (problem !== undefined) return left(toFileError(problem));
  const selected: OutgoingFile[] = [];
  for (const files of tables.flatMap(({ sstables }) => sstables)) {
    const found = await withSSTable(files, (sstable) => filesOf(sstable, files, asked));
    if (isLeft(found)) return left(toFileError(found.left));
    selected.push(...found.right.map(lastingFile));
  }
  return right(selected);
};

/** The sending port over the tables of a data directory. */
export const sstableOutgoingFiles = (
  registry: TableRegistry,
  entire: ServedEntire = 'auto',
): OutgoingFiles => ({
  select: async (request, session) => {
    const tables = registry.select(request.keyspace, request.tables);
    if (tables.length === 0 || tables.length < new Set(request.tables).size)
      return left(unknownTables(request, tables));
    const selected: OutgoingFile[] = [];
    for (const table of tables) {
      const found = await selectTable({ table, request, session, entire });
      if (isLeft(found)) return found;
      selected.push(...found.right);
    }
    return right(selected);
  },
});
