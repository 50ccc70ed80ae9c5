// Control plane. Sections that a peer sends to an embedded node: decoded on the way and written as an SSTable of the node's own version.
// Called by the receiving port of serve. The new SSTable waits, like those that come whole, until its table is complete.
import type { Partitioner } from '@scamander/ring';
import type { FileError, IncomingFile, ReceivedFile } from '@scamander/session';
import {
  type ReceiveFileSystem,
  type ReceivePlan,
  SectionReceive,
  stagingRoot,
} from '@scamander/sstable-io';
import { receivePulled } from '@scamander/transport';
import { type StreamFile, transferSize } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { toFileError } from '../outgoing/with-sstable.ts';
import type { KnownTable } from './table-registry.ts';

/** Versions that an embedded node writes. */
export type ServedVersion = 'nb' | 'oa' | 'da';

/** What sections are written with. */
export interface SectionParts {
  readonly fileSystem: ReceiveFileSystem;
  /** Of the node; its order is what the keys must have. */
  readonly partitioner: Partitioner;
  readonly sstableVersion: ServedVersion | ((header: StreamFile['header']) => ServedVersion);
}

/** Where sections go. */
export interface SectionPlace {
  readonly table: KnownTable;
  readonly dataDirectory: string;
  /** Of the new SSTable. */
  readonly id: string;
}

/** A file of a table's transaction. */
export interface Taken {
  /** What is to become visible; undefined until there is something. */
  plan: ReceivePlan | undefined;
  received: ReceivedFile | undefined;
  /** Came as whole components. */
  readonly entire: boolean;
  /** Removes every trace of it, unless it was committed. */
  abort(): Promise<unknown>;
}

/** A file of a table's transaction that is verified and durable, and not yet visible. */
export interface FinishedSSTable {
  readonly plan: ReceivePlan;
  readonly received: ReceivedFile;
  readonly entire: boolean;
}

/** Opens the receiving end of one STREAM message with sections (spec: streaming-4.0-plus §4.1, §4.2). */
export const openSections = async (
  { header, message }: StreamFile,
  { table, dataDirectory, id }: SectionPlace,
  { fileSystem, partitioner, sstableVersion }: SectionParts,
): Promise<Either<FileError, { readonly taken: Taken; readonly file: IncomingFile }>> => {
  const { repairedAtMs, pendingRepair } = message;
  const opened = await SectionReceive.open(
    {
      tableDirectory: table.directory,
      stagingRoot: stagingRoot(dataDirectory),
      keyspace: table.keyspace,
      table: table.table,
      tableId: table.tableId,
      nextId: () => id,
      version: typeof sstableVersion === 'string' ? sstableVersion : sstableVersion(header),
      partitioner,
      schema: table.schema,
    },
    { ...header, repairedAtMs, pendingRepair },
    fileSystem,
  );
  if (isLeft(opened)) return left(toFileError(opened.left));
  const receive = opened.right;
  const name = receive.dataPath;
  const transferSizeBytes = transferSize(header);
  const abort = async (): Promise<void> => {
    await receive.abort();
  };
  const taken: Taken = { plan: undefined, received: undefined, entire: false, abort };
  const describe = (offsetBytes: number) => ({ file: name, component: 'Data.db', offsetBytes });
  const file: IncomingFile = {
    name,
    summaryFiles: 1,
    transferSizeBytes,
    receive: (connection, context) =>
      receivePulled(connection, (pull) => receive.receive(pull), { ...context, describe }),
    finish: async () => {
      const finished = await receive.finish();
      if (isLeft(finished)) return left(toFileError(finished.left));
      const { staged, checksums } = finished.right;
      const received = { name, bytes: transferSizeBytes, checksums };
      taken.plan = staged?.plan;
      taken.received = received;
      return right(received);
    },
    abort,
  };
  return right({ taken, file });
};
