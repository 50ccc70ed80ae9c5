// Control plane. What an embedded node sends when a peer asks for ranges: the sending port of a session over SSTable folders.
// Called by serve. SSTables that the ranges cover whole travel whole, the others as sections (spec: planning §17).
import { normalize } from '@scamander/ring';
import type { FileError, OutgoingFile, OutgoingFiles } from '@scamander/session';
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
import type { KnownTable, TableRegistry } from './table-registry.ts';

const unknownTables = (request: StreamRequest): FileError => ({
  code: 'SCM_SERVE_UNKNOWN_TABLE',
  file: `${request.keyspace}.{${request.tables.join(',')}}`,
  message: 'the request names a table that is not here',
  retryable: false,
});

const filesOf = async (
  sstable: SSTable,
  files: SSTableFiles,
  table: KnownTable,
  request: StreamRequest,
): Promise<Either<SSTableError, readonly OutgoingFile[]>> => {
  const ranges = normalize(sstable.partitioner, [
    ...request.fullRanges,
    ...request.transientRanges,
  ]);
  const pieces = await piecesOf(sstable, ranges);
  if (isLeft(pieces)) return left(pieces.left);
  const covered = pieces.right
    .flatMap(({ sections }) => sections)
    .reduce((sum, { lower, upper }) => sum + (upper - lower), 0n);
  if (covered === sstable.dataLengthBytes && !sstable.statistics.hasLegacyCounterShards) {
    const manifest = sstable.manifest({ includeFilter: true });
    return right([entireFile({ files, manifest, tableId: table.tableId })]);
  }
  return right(
    pieces.right.map((piece) => sectionFile({ files, tableId: table.tableId, ...piece })),
  );
};

/** The sending port over the tables of a data directory. */
export const sstableOutgoingFiles = (registry: TableRegistry): OutgoingFiles => ({
  select: async (request) => {
    const tables = registry.select(request.keyspace, request.tables);
    if (tables.length === 0 || tables.length < request.tables.length)
      return left(unknownTables(request));
    const selected: OutgoingFile[] = [];
    for (const table of tables) {
      const discovery = await discover([table.directory]);
      for (const files of discovery.tables.flatMap(({ sstables }) => sstables)) {
        const found = await withSSTable(files, (sstable) =>
          filesOf(sstable, files, table, request),
        );
        if (isLeft(found)) return left(toFileError(found.left));
        selected.push(...found.right);
      }
    }
    return right(selected);
  },
});
