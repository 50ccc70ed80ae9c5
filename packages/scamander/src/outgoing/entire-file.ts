// Control plane. An SSTable that travels as whole files, as the session's port wants it. Called by load and by the embedded node.
// The bytes go from file to socket in transport's data path; nothing of them passes here.
import { join } from 'node:path';
import type { OutgoingFile } from '@scamander/session';
import type { SSTable, SSTableError, SSTableFiles } from '@scamander/sstable-io';
import { type FileSlice, type SendContext, sendSlices } from '@scamander/transport';
import type { CassandraStreamHeader } from '@scamander/wire-codec';
import { type Either, isLeft, left, mapLeft, right } from 'fp-ts/lib/Either.js';
import { ENTIRE_HEADER_CHUNKS_MAX } from '../limits.ts';
import type { Standing } from './standing.ts';
import { streamHeader } from './stream-header.ts';
import { toFileError, withSSTable } from './with-sstable.ts';

/** What travels. */
export interface EntireFileInput {
  readonly files: SSTableFiles;
  /** In the order in which the components travel. */
  readonly manifest: readonly { readonly name: string; readonly lengthBytes: number }[];
  /** The table's id at the target. */
  readonly tableId: string;
  readonly standing?: Standing;
}

const headerOf = async (
  sstable: SSTable,
  input: EntireFileInput,
): Promise<Either<SSTableError, CassandraStreamHeader>> => {
  const sections = [{ lower: 0n, upper: sstable.dataLengthBytes }];
  const listChunks = (sstable.compression?.chunkCount ?? 0) <= ENTIRE_HEADER_CHUNKS_MAX;
  const chunks =
    sstable.compression !== undefined && listChunks
      ? await sstable.chunksFor(sections)
      : right(undefined);
  if (isLeft(chunks)) return left(chunks.left);
  const keys = await sstable.estimatedKeys(sections);
  if (isLeft(keys)) return left(keys.left);
  return right(
    streamHeader({
      sstable,
      tableId: input.tableId,
      estimatedKeys: keys.right,
      sections,
      chunks: chunks.right,
      manifest: input.manifest,
      sstableLevel: input.standing?.sstableLevel,
    }),
  );
};

/**
 * Sends every component of the manifest, back to back (spec: streaming-4.0-plus §4.3).
 * The chunk list of a large SSTable is left out of the header: receivers do not use it, and it would not fit a fixed budget.
 */
export const entireFile = (input: EntireFileInput): OutgoingFile => {
  const { descriptor } = input.files;
  const pathOf = (name: string): string =>
    join(descriptor.directory, `${descriptor.prefix}${name}`);
  const slices: FileSlice[] = input.manifest.map(({ name, lengthBytes }) => ({
    path: pathOf(name),
    component: name,
    offsetBytes: 0,
    lengthBytes,
  }));
  return {
    name: pathOf('Data.db'),
    tableId: input.tableId,
    repairedAtMs: input.standing?.repairedAtMs ?? 0n,
    pendingRepair: input.standing?.pendingRepair,
    summaryFiles: input.manifest.length,
    transferSizeBytes: BigInt(
      input.manifest.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    ),
    entire: true,
    header: async () =>
      mapLeft(toFileError)(await withSSTable(input.files, (sstable) => headerOf(sstable, input))),
    send: (connection, context: SendContext) => sendSlices(connection, slices, context),
    release: () => Promise.resolve(),
  };
};
