// Control plane. SSTables of every version behind one face: those before 3.0 say nothing of their columns and need a schema. Called by the jobs.
import type { TableSchema } from '@scamander/cql-types';
import { partitionerNamed } from '@scamander/ring';
import type { ScamanderErrorType } from '@scamander/scamander';
import {
  isLegacyVersion,
  openLegacySSTable,
  openSSTable,
  type RewriteInput,
  type SSTableError,
  type SSTableFiles,
  summarizeLegacyStatistics,
} from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { shown } from '../commands/sstable-paths.ts';

/** An open SSTable whose rows can be read. */
export interface AnySSTable extends RewriteInput {
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  close(): Promise<void>;
}

/** The error of an SSTable whose columns nobody knows. */
const needsSchema = ({ descriptor }: SSTableFiles): ScamanderErrorType => ({
  code: 'SCM_SCHEMA_NEEDED',
  kind: 'usage',
  message: `an SSTable of version ${descriptor.version} does not say its columns`,
  where: `${descriptor.directory}/${descriptor.prefix}Data.db`,
  lost: 'nothing',
  advice: `give --schema FILE with CREATE TABLE ${descriptor.keyspace}.${descriptor.table}`,
  retryable: false,
});

const openLegacy = async (
  files: SSTableFiles,
  schema: TableSchema,
  partitionerName: string | undefined,
): Promise<Either<SSTableError, AnySSTable>> => {
  const named = partitionerName === undefined ? undefined : partitionerNamed(partitionerName);
  const opened = await openLegacySSTable(
    files,
    named?._tag === 'Right' ? { partitioner: named.right } : {},
  );
  if (isLeft(opened)) return opened;
  const sstable = opened.right;
  return right({
    ...sstable,
    statistics: summarizeLegacyStatistics(sstable.statistics),
    rows: (options) => sstable.rows(schema, options),
  });
};

/** What SSTables of old releases do not say. */
export interface OldFacts {
  readonly schema: TableSchema | undefined;
  /** Up to 1.0; RandomPartitioner unless it is given. */
  readonly partitioner: string | undefined;
}

/** Opens it. Left: it can't be opened, or `SCM_SCHEMA_NEEDED`. The caller closes. */
export const openAnySSTable = async (
  files: SSTableFiles,
  { schema, partitioner }: OldFacts,
): Promise<Either<ScamanderErrorType, AnySSTable>> => {
  const { format, version } = files.descriptor;
  if (!isLegacyVersion(format, version)) {
    const opened = await openSSTable(files);
    return isLeft(opened) ? left(shown(opened.left)) : opened;
  }
  if (schema === undefined) return left(needsSchema(files));
  const opened = await openLegacy(files, schema, partitioner);
  return isLeft(opened) ? left(shown(opened.left)) : opened;
};
