// Control plane. Where an embedded node puts what it receives: the receiving port of a session over SSTable folders.
// Called by serve. Files wait in a staging folder until their table is complete; then all of them appear at once.
import type {
  FileError,
  IncomingFile,
  IncomingFiles,
  IncomingSession,
  ReceivedFile,
} from '@scamander/session';
import {
  abortReceive,
  commitReceived,
  componentPath,
  finishReceive,
  planReceive,
  prepareReceive,
  type ReceivePlan,
  stagingRoot,
} from '@scamander/sstable-io';
import { receiveSinks, SinkChecksums } from '@scamander/transport';
import type { StreamFile, StreamSummary } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { toFileError } from '../outgoing/with-sstable.ts';
import {
  type FinishedSSTable,
  openSections,
  type SectionParts,
  type Taken,
} from './incoming-sections.ts';
import type { KnownTable, TableRegistry } from './table-registry.ts';

const unknownTable = (tableId: string): FileError => ({
  code: 'SCM_SERVE_UNKNOWN_TABLE',
  file: tableId,
  message: `no table with id ${tableId} is known here; create its folder <keyspace>/<table>-<id> or name it when the node starts`,
  retryable: false,
});

/** What stands between the SSTables of a table that are finished and their becoming visible. */
export interface CommitGate {
  /**
   * Calls `appear` at most once, with those that are to appear: they are visible and durable when it resolves with Right, and of the others
   * nothing stays. A Left of the gate fails the session.
   */
  commit(
    table: KnownTable,
    finished: readonly FinishedSSTable[],
    appear: (admitted: readonly FinishedSSTable[]) => Promise<Either<FileError, void>>,
  ): Promise<Either<FileError, void>>;
}

/** What receiving needs of the world. */
export interface IncomingParts extends SectionParts {
  /** Names transaction logs. */
  readonly newTimeUuid: () => string;
  /** @default everything appears */
  readonly gate?: CommitGate;
  /** Keeps whole SSTables of 6.0, which can't be read here, as they come. @default false */
  readonly keepUnread?: boolean;
}

class TableTransaction {
  readonly table: KnownTable;
  readonly taken: Taken[] = [];
  readonly #parts: IncomingParts;

  constructor(table: KnownTable, parts: IncomingParts) {
    this.table = table;
    this.#parts = parts;
  }

  async commit(): Promise<Either<FileError, readonly ReceivedFile[]>> {
    const finished = this.taken.flatMap(({ plan, received, entire }) =>
      plan === undefined || received === undefined ? [] : [{ plan, received, entire }],
    );
    const { gate } = this.#parts;
    const appear = (admitted: readonly FinishedSSTable[]) => this.#appear(admitted);
    const committed =
      gate === undefined ? await appear(finished) : await gate.commit(this.table, finished, appear);
    if (isLeft(committed)) return committed;
    const received = this.taken.flatMap((one) =>
      one.received === undefined ? [] : [one.received],
    );
    this.taken.length = 0;
    return right(received);
  }

  /** Of those that are not admitted nothing stays. */
  async #appear(admitted: readonly FinishedSSTable[]): Promise<Either<FileError, void>> {
    const plans = admitted.map(({ plan }) => plan);
    const refused = this.taken.filter(({ plan }) => plan !== undefined && !plans.includes(plan));
    await Promise.all(refused.map((one) => one.abort()));
    if (plans.length === 0) return right(undefined);
    const { fileSystem } = this.#parts;
    const transactionId = this.#parts.newTimeUuid();
    const committed = await commitReceived(plans, { transactionId, fileSystem });
    return isLeft(committed) ? left(toFileError(committed.left)) : right(undefined);
  }

  async abort(): Promise<void> {
    await Promise.all(this.taken.map((one) => one.abort()));
    this.taken.length = 0;
  }
}

const incomingFile = (
  taken: Taken,
  plan: ReceivePlan,
  { fileSystem }: IncomingParts,
): IncomingFile => {
  const name = componentPath(plan.descriptor, 'Data.db');
  const checksums = new SinkChecksums();
  return {
    name,
    summaryFiles: plan.files.length,
    transferSizeBytes: plan.totalBytes,
    receive: (connection, context) =>
      receiveSinks(connection, plan.files, { ...context, checksums, sync: 'early' }),
    finish: async () => {
      const finished = await finishReceive(plan, {
        fileCrc32: (path, options) => checksums.crc32(path, options),
        fileSystem,
      });
      checksums.close();
      if (isLeft(finished)) return left(toFileError(finished.left));
      const received = { name, bytes: finished.right.bytes, checksums: finished.right.checksums };
      taken.received = received;
      return right(received);
    },
    abort: async () => {
      checksums.close();
      await abortReceive(plan, fileSystem);
    },
  };
};

/** One session's receiving end. */
class SSTableIncomingSession implements IncomingSession {
  readonly #registry: TableRegistry;
  readonly #parts: IncomingParts;
  readonly #tables = new Map<string, TableTransaction>();

  constructor(registry: TableRegistry, parts: IncomingParts) {
    this.#registry = registry;
    this.#parts = parts;
  }

  async prepare(summary: StreamSummary): Promise<Either<FileError, void>> {
    const table = this.#registry.get(summary.tableId);
    if (table === undefined) return left(unknownTable(summary.tableId));
    this.#tables.set(summary.tableId, new TableTransaction(table, this.#parts));
    return right(undefined);
  }

  async open(file: StreamFile): Promise<Either<FileError, IncomingFile>> {
    const transaction = this.#tables.get(file.header.tableId);
    if (transaction === undefined) return left(unknownTable(file.header.tableId));
    const { entire } = file.header;
    const { table } = transaction;
    const id = await this.#registry.nextId(table);
    if (isLeft(id)) return left(toFileError(id.left));
    if (entire === undefined) {
      const { dataDirectory } = this.#registry;
      const place = { table, dataDirectory, id: id.right };
      const sections = await openSections(file, place, this.#parts);
      if (isLeft(sections)) return sections;
      transaction.taken.push(sections.right.taken);
      return right(sections.right.file);
    }
    const plan = planReceive(
      {
        tableDirectory: table.directory,
        stagingRoot: stagingRoot(this.#registry.dataDirectory),
        keyspace: table.keyspace,
        table: table.table,
        tableId: table.tableId,
        nextId: () => id.right,
        keepUnread: this.#parts.keepUnread === true,
      },
      {
        sstableVersion: file.header.sstableVersion,
        formatName: file.header.formatName,
        manifest: entire.manifest,
        sstableLevel: file.header.sstableLevel,
        repairedAtMs: file.message.repairedAtMs,
        pendingRepair: file.message.pendingRepair,
      },
    );
    if (isLeft(plan)) return left(toFileError(plan.left));
    const prepared = await prepareReceive(plan.right, this.#parts.fileSystem);
    if (isLeft(prepared)) {
      // A disk that is full may have taken the folders around the one that could not be made.
      if (prepared.left.code === 'SCM_SSTABLE_IO')
        await abortReceive(plan.right, this.#parts.fileSystem);
      return left(toFileError(prepared.left));
    }
    const taken: Taken = {
      plan: plan.right,
      received: undefined,
      entire: true,
      abort: () => abortReceive(plan.right, this.#parts.fileSystem),
    };
    transaction.taken.push(taken);
    return right(incomingFile(taken, plan.right, this.#parts));
  }

  async commitTable(tableId: string): Promise<Either<FileError, readonly ReceivedFile[]>> {
    const transaction = this.#tables.get(tableId);
    if (transaction === undefined) return left(unknownTable(tableId));
    const committed = await transaction.commit();
    if (!isLeft(committed)) this.#tables.delete(tableId);
    return committed;
  }

  async abort(): Promise<void> {
    await Promise.all([...this.#tables.values()].map((transaction) => transaction.abort()));
    this.#tables.clear();
  }
}

/** The receiving port over the tables of a data directory. */
export const sstableIncomingFiles = (
  registry: TableRegistry,
  parts: IncomingParts,
): IncomingFiles => ({
  begin: () => new SSTableIncomingSession(registry, parts),
});
