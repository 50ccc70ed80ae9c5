// Control plane. An entire SSTable that a peer announces → the files to be created for it (spec: streaming-4.0-plus §3.3, §4.3).
// Called by the front door's IncomingFile. Pure: makes no file.
import { basename, dirname, isAbsolute, join } from 'node:path';
import { tableIdToHex } from '@scamander/bytes';
import { type Either, right } from 'fp-ts/lib/Either.js';
import type { SSTableError } from '../errors.ts';
import { parseSSTableId } from '../naming/sstable-id.ts';
import type { SSTableDescriptor } from '../types.ts';
import { checkAnnouncement, type ReceiveHeader } from './announcement.ts';

/** Where a received SSTable is to end up. */
export interface ReceiveTarget {
  /** Absolute; made if it does not exist. */
  readonly tableDirectory: string;
  /** On the same file system, outside every table directory: see {@link stagingRoot}. */
  readonly stagingRoot: string;
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  /** Gives an id that no SSTable of the table has or is about to have. */
  readonly nextId: () => string;
  /**
   * Also takes whole SSTables of 6.0 (`pa`, `ea`), which can't be read here: they are checked by sizes and digest only, and stay as they
   * come, level and repair state included. @default false: they are refused
   */
  readonly keepUnread?: boolean;
}

/** A file to be created and filled with exactly so many bytes. Fits the FileSink of the data path. */
export interface StagedFile {
  readonly path: string;
  readonly component: string;
  readonly lengthBytes: number;
}

/** A planned receive. Hand it to the other functions of this folder, in order: prepare, (bytes), finish, commit; or abort. */
export interface ReceivePlan {
  /** As it will be once committed. The sender's version and format, our id (§4.3, step 2). */
  readonly descriptor: SSTableDescriptor;
  readonly stagingRoot: string;
  /** Exists from prepareReceive to commitReceived or abortReceive. */
  readonly stagingDirectory: string;
  /** In the order of the manifest, which is the order of the bytes on the wire. */
  readonly files: readonly StagedFile[];
  readonly totalBytes: bigint;
  readonly sstableLevel: number;
  readonly repairedAtMs: bigint;
  readonly pendingRepair: string | undefined;
}

/** Hidden folder in a data directory for what is being received; discovery looks into no such folder. */
const INCOMING_FOLDER = '.scamander-incoming';

/** Everything that receives leave in a data directory, for recovery. */
export const incomingFolder = (dataDirectory: string): string =>
  join(dataDirectory, INCOMING_FOLDER);

/**
 * Folder for SSTables that are being received. The inner one is called `backups` because a node that starts on this directory refuses
 * every `.db` file in an unknown place, hidden or not, except below `snapshots` and `backups` (StartupChecks of 4.0 to 5.0).
 */
export const stagingRoot = (dataDirectory: string): string =>
  join(incomingFolder(dataDirectory), 'backups');

/** The folders to remove once nothing is being received any more, innermost first. */
export const stagingFolders = (root: string): readonly string[] =>
  basename(dirname(root)) === INCOMING_FOLDER ? [root, dirname(root)] : [root];

/**
 * Checks what a peer announces and says which files to create, before a byte of it is read.
 *
 * Errors: UNKNOWN_VERSION, MANIFEST (a name, double or value that can't be), MISSING_COMPONENT, TOO_LONG. Throws a RangeError when the
 * target is wrong, which only our own side can cause.
 */
export const planReceive = (
  target: ReceiveTarget,
  header: ReceiveHeader,
): Either<SSTableError, ReceivePlan> => {
  if (!isAbsolute(target.tableDirectory) || !isAbsolute(target.stagingRoot))
    throw new RangeError('the folders of a receive must be absolute paths');
  const label = `${target.keyspace}.${target.table}`;
  const format = checkAnnouncement(label, header, target.keepUnread === true);
  if (format._tag === 'Left') return format;
  const id = target.nextId();
  if (parseSSTableId(id) === undefined) throw new RangeError(`not an SSTable id: ${id}`);
  const stagingDirectory = join(target.stagingRoot, `${tableIdToHex(target.tableId)}-${id}`);
  const files = header.manifest.map(({ name, lengthBytes }) => ({
    path: join(stagingDirectory, name),
    component: name,
    lengthBytes: Number(lengthBytes),
  }));
  return right({
    descriptor: {
      directory: target.tableDirectory,
      keyspace: target.keyspace,
      table: target.table,
      tableId: target.tableId,
      indexName: undefined,
      version: header.sstableVersion,
      format: format.right,
      id,
      prefix: `${header.sstableVersion}-${id}-${format.right}-`,
    },
    stagingRoot: target.stagingRoot,
    stagingDirectory,
    files,
    totalBytes: header.manifest.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0n),
    sstableLevel: header.sstableLevel,
    repairedAtMs: header.repairedAtMs,
    pendingRepair: header.pendingRepair,
  });
};
