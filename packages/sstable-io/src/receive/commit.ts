// Control plane. Received SSTables of one table become visible, all or none, with a Cassandra transaction log (LogTransaction; spec:
// sstable-index-and-stats §1.6). Called by the front door when every file of a table is finished.
//
// The order on disk, each step durable before the next:
//   1. the log with one ADD for each SSTable is written aside and renamed into the table directory;
//   2. the components are renamed into it, Data.db after the others, TOC.txt last;
//   3. COMMIT is appended to the log: from here on the SSTables are there;
//   4. the log and the staging folders are removed.
// A process killed before 3 leaves files that discovery and nodes ignore, and that recovery deletes; after 3 everything is there.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isUuid, uuidVersion } from '@scamander/bytes';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { ioError } from '../directory/bounded-read.ts';
import { readToc } from '../directory/toc.ts';
import { formatRecord } from '../directory/transaction-record.ts';
import { SSTableError } from '../errors.ts';
import { TRANSACTION_SSTABLES_MAX } from '../limits.ts';
import type { SSTableDescriptor } from '../types.ts';
import { nodeFileSystem, type ReceiveFileSystem } from './file-system.ts';
import type { ReceivePlan } from './plan.ts';
import { removeIfEmpty, stagedDescriptor } from './staging.ts';

/** What a commit needs beside the plans. */
export interface CommitParts {
  /** A version-1 UUID, new for each commit: it names the log, and nodes parse it. */
  readonly transactionId: string;
  /** @default nodeFileSystem */
  readonly fileSystem?: ReceiveFileSystem;
}

/** SSTables that became visible. */
export interface CommittedSSTables {
  readonly sstables: readonly SSTableDescriptor[];
  /** Files and folders that could not be removed afterwards; harmless, recovery removes them. */
  readonly leftBehind: readonly SSTableError[];
}

/** A finished SSTable and the names of its files, in the order in which they are moved. */
interface Arrival {
  readonly plan: ReceivePlan;
  readonly components: readonly string[];
}

interface Transaction {
  readonly arrivals: readonly Arrival[];
  readonly fileSystem: ReceiveFileSystem;
  readonly directory: string;
  readonly log: string;
  readonly stagedLog: string;
  readonly records: Uint8Array;
}

const COMMIT_LINE = Buffer.from(`${formatRecord({ type: 'COMMIT' })}\n`);

/** Order of the renames: what makes a set of files look like an SSTable comes last. */
const rank = (name: string): number => (name === 'TOC.txt' ? 2 : name === 'Data.db' ? 1 : 0);

const unfinished = (file: string, reason: string): SSTableError =>
  new SSTableError({ code: 'SCM_SSTABLE_UNFINISHED', file, reason });

/**
 * The files to be moved: those that TOC.txt lists. Finishing writes it last, so its presence says that they are verified and durable.
 */
const finishedComponents = async (
  plan: ReceivePlan,
): Promise<Either<SSTableError, readonly string[]>> => {
  const toc = await readToc(stagedDescriptor(plan));
  if (toc._tag === 'Left') return toc;
  if (toc.right === undefined)
    return left(unfinished(plan.stagingDirectory, 'the receive was not finished'));
  const present = new Set(await readdir(plan.stagingDirectory));
  for (const name of toc.right)
    if (!present.has(name))
      return left(unfinished(plan.stagingDirectory, `${name} is not there any more`));
  return right([...toc.right].sort((a, b) => rank(a) - rank(b)));
};

/** Files of the same name would be replaced, and deleted should the transaction fail. */
const checkCollisions = async (
  directory: string,
  plans: readonly ReceivePlan[],
): Promise<SSTableError | undefined> => {
  const names = await readdir(directory);
  for (const { descriptor } of plans) {
    const taken = names.find((name) => name.startsWith(descriptor.prefix));
    if (taken !== undefined)
      return new SSTableError({
        code: 'SCM_SSTABLE_IO',
        file: join(directory, taken),
        reason: `EEXIST: id ${descriptor.id} is taken`,
      });
  }
  return undefined;
};

/** What only the caller can have got wrong, and what the log can't express. */
const checkPlans = (plans: readonly ReceivePlan[]): SSTableError | undefined => {
  const [first] = plans;
  const directory = first?.descriptor.directory ?? '';
  const unsupported = (what: string): SSTableError =>
    new SSTableError({ code: 'SCM_SSTABLE_UNSUPPORTED', file: directory, what });
  if (plans.length > TRANSACTION_SSTABLES_MAX)
    return unsupported(`more than ${TRANSACTION_SSTABLES_MAX} SSTables in one transaction`);
  if (plans.some(({ descriptor }) => descriptor.directory !== directory))
    return unsupported('one transaction over several table directories');
  if (new Set(plans.map(({ descriptor }) => descriptor.prefix)).size !== plans.length)
    return unsupported('two SSTables with the same id in one transaction');
  return undefined;
};

const logName = (plans: readonly ReceivePlan[], transactionId: string): string => {
  const big = plans.find(({ descriptor }) => descriptor.format === 'big');
  const { format, version } = (big ?? (plans[0] as ReceivePlan)).descriptor;
  return `${format === 'big' ? '' : `${format}-`}${version}_txn_stream_${transactionId}.log`;
};

const begin = async (
  plans: readonly ReceivePlan[],
  { transactionId, fileSystem = nodeFileSystem }: CommitParts,
): Promise<Either<SSTableError, Transaction>> => {
  const [first] = plans as readonly [ReceivePlan];
  await fileSystem.makeDirectory(first.descriptor.directory);
  const directory = await fileSystem.realPath(first.descriptor.directory);
  if (/[,\n\r]/.test(directory))
    return left(
      new SSTableError({
        code: 'SCM_SSTABLE_UNSUPPORTED',
        file: directory,
        what: 'a comma or line end in the path: a transaction log can not hold it',
      }),
    );
  const arrivals: Arrival[] = [];
  for (const plan of plans) {
    const components = await finishedComponents(plan);
    if (components._tag === 'Left') return components;
    arrivals.push({ plan, components: components.right });
  }
  const taken = await checkCollisions(directory, plans);
  if (taken !== undefined) return left(taken);
  const lines = arrivals.map(({ plan, components }) =>
    formatRecord({
      type: 'ADD',
      path: join(directory, plan.descriptor.prefix),
      updateTimeMs: 0,
      files: components.length,
    }),
  );
  const name = logName(plans, transactionId);
  return right({
    arrivals,
    fileSystem,
    directory,
    log: join(directory, name),
    stagedLog: join(first.stagingDirectory, name),
    records: Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8'),
  });
};

/** Steps 1 and 2. */
const moveIn = async (transaction: Transaction): Promise<void> => {
  const { fileSystem, directory, log, stagedLog, records, arrivals } = transaction;
  await fileSystem.write(stagedLog, records);
  await fileSystem.rename(stagedLog, log);
  await fileSystem.syncDirectory(directory);
  for (const { plan, components } of arrivals)
    for (const component of components)
      await fileSystem.rename(
        join(plan.stagingDirectory, component),
        join(directory, `${plan.descriptor.prefix}${component}`),
      );
  await fileSystem.syncDirectory(directory);
};

/** Undoes steps 1 and 2, the log last. Where this fails, the log without COMMIT keeps the files invisible until recovery. */
const rollBack = async ({ fileSystem, directory, log, arrivals }: Transaction): Promise<void> => {
  for (const { plan, components } of arrivals)
    for (const component of components)
      await fileSystem.remove(join(directory, `${plan.descriptor.prefix}${component}`));
  await fileSystem.syncDirectory(directory);
  await fileSystem.remove(log);
  await fileSystem.syncDirectory(directory);
};

const quietly = async (steps: () => Promise<void>): Promise<boolean> =>
  steps().then(
    () => true,
    () => false,
  );

/** Step 3. After a failed append a part of the record may be on the disk, or all of it: it must be gone before anything is deleted. */
const commitLog = async (transaction: Transaction): Promise<SSTableError | undefined> => {
  const { fileSystem, log, records } = transaction;
  try {
    await fileSystem.append(log, COMMIT_LINE);
    return undefined;
  } catch (cause) {
    const undone = await quietly(() => fileSystem.truncate(log, records.length));
    if (undone) {
      await quietly(() => rollBack(transaction));
      return ioError(log, cause);
    }
    return unfinished(
      log,
      `its COMMIT could neither be written nor taken back: recover() decides (${ioError(log, cause).message})`,
    );
  }
};

/** Step 4. */
const cleanUp = async (transaction: Transaction): Promise<readonly SSTableError[]> => {
  const { fileSystem, directory, log, arrivals } = transaction;
  const leftBehind: SSTableError[] = [];
  const attempt = (file: string, step: () => Promise<void>): Promise<void> =>
    step().catch((cause) => {
      leftBehind.push(ioError(file, cause));
    });
  await attempt(log, async () => {
    await fileSystem.remove(log);
    await fileSystem.syncDirectory(directory);
  });
  for (const { plan } of arrivals) {
    const { stagingDirectory, stagingRoot } = plan;
    await attempt(stagingDirectory, () => fileSystem.removeTree(stagingDirectory));
    await removeIfEmpty(stagingRoot);
  }
  return leftBehind;
};

/**
 * Makes finished SSTables of one table visible, all at once. Left: the table directory is as before (or, should the disk refuse even
 * that, invisible to discovery and nodes until {@link recover}); the plans can only be aborted then. Right: they are there, durably.
 *
 * Errors: IO, NOT_FOUND, UNFINISHED (a plan was not finished), UNSUPPORTED (plans of several folders). Throws a RangeError when the
 * transaction id is no version-1 UUID.
 */
export const commitReceived = async (
  plans: readonly ReceivePlan[],
  parts: CommitParts,
): Promise<Either<SSTableError, CommittedSSTables>> => {
  if (!isUuid(parts.transactionId) || uuidVersion(parts.transactionId) !== 1)
    throw new RangeError(`not a version-1 UUID: ${parts.transactionId}`);
  if (plans.length === 0) return right({ sstables: [], leftBehind: [] });
  const wrong = checkPlans(plans);
  if (wrong !== undefined) return left(wrong);
  const { directory } = (plans[0] as ReceivePlan).descriptor;
  let transaction: Transaction | undefined;
  try {
    const begun = await begin(plans, parts);
    if (begun._tag === 'Left') return begun;
    transaction = begun.right;
    await moveIn(transaction);
  } catch (cause) {
    const started = transaction;
    if (started !== undefined) {
      await quietly(() => rollBack(started));
      await quietly(() => started.fileSystem.remove(started.stagedLog));
    }
    return left(ioError(directory, cause));
  }
  const failed = await commitLog(transaction);
  if (failed !== undefined) return left(failed);
  const leftBehind = await cleanUp(transaction);
  return right({ sstables: plans.map(({ descriptor }) => descriptor), leftBehind });
};
