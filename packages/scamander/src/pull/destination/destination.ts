// Control plane. The data directory of a pull: refused where it holds foreign things, locked by its ledger, put in order after a run that was
// killed. Called by pull(). Writes nothing but its own folders.
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { nodeFileSystem, recover } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { openIntents, receivedUnits } from '../../ledger/done-ranges.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { openLedger } from '../../ledger/open-ledger.ts';
import type { IntendedRecord } from '../../ledger/records.ts';
import type { FrontDoorParts } from '../../parts.ts';
import { TableRegistry } from '../../serve/table-registry.ts';
import { intoNotEmpty, intoUnusable } from '../errors.ts';
import type { PullOptions } from '../options.ts';
import { TableContents } from './contents.ts';

const OWN_FOLDER = '.scamander';
const LEDGER_NAME = 'ledger.jsonl';

/** Besides ours, what file systems put into every new one. */
const HARMLESS = new Set([OWN_FOLDER, '.scamander-incoming', 'lost+found']);

/** Where data come to lie. */
export interface Destination {
  readonly dataDirectory: string;
  readonly registry: TableRegistry;
  readonly ledger: Ledger;
}

type Refused = ScamanderErrorType | undefined;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Where the ledger lies. */
export const ledgerPathOf = ({ into, ledger }: Pick<PullOptions, 'into' | 'ledger'>): string =>
  ledger === undefined ? join(resolve(into), OWN_FOLDER, LEDGER_NAME) : resolve(ledger);

/** What can be said before anybody is asked. Makes nothing. */
export const checkDestination = async (options: PullOptions): Promise<Refused> => {
  const into = resolve(options.into);
  try {
    const names = await readdir(into);
    const foreign = names.find((name) => !HARMLESS.has(name));
    const ledger = ledgerPathOf(options);
    return foreign === undefined || (await exists(ledger))
      ? undefined
      : intoNotEmpty(into, ledger, foreign);
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    return isMissing ? undefined : intoUnusable(into, cause);
  }
};

/** The contents of the tables' folders, each read once. */
const contentsBelow = (dataDirectory: string) => {
  const folders = new Map<string, Promise<TableContents>>();
  return (path: string): Promise<TableContents> => {
    const folder = dirname(join(dataDirectory, path));
    const contents = folders.get(folder) ?? TableContents.of(folder);
    folders.set(folder, contents);
    return contents;
  };
};

/**
 * Everything of it is on the disk under its own name, with its own content: after recovery that is all of it or nothing. The name alone says
 * nothing, for a later run gives it to another SSTable.
 */
const isVisible = async (
  dataDirectory: string,
  intent: IntendedRecord,
  contentsOf: (path: string) => Promise<TableContents>,
): Promise<boolean> => {
  for (const { path, status, content } of intent.sstables) {
    if (status !== 'kept') continue;
    if ((await contentsOf(path)).find(content) !== join(dataDirectory, path)) return false;
  }
  return true;
};

/** True when the unit was asked for again since, and came. */
const cameSince = (ledger: Ledger, { tableId, replica, ranges }: IntendedRecord): boolean =>
  receivedUnits(ledger.records, { tableId, replica }).some(
    (received) => JSON.stringify(received.ranges) === JSON.stringify(ranges),
  );

/** Intents of a run that was killed between its commit and its record become what they are. */
const settleIntents = async (dataDirectory: string, ledger: Ledger): Promise<Refused> => {
  const contentsOf = contentsBelow(dataDirectory);
  for (const intent of openIntents(ledger.records)) {
    if (cameSince(ledger, intent)) continue;
    if (!(await isVisible(dataDirectory, intent, contentsOf))) continue;
    const { keyspace, table, tableId, replica, ranges, planId, sstables } = intent;
    const appended = await ledger.append({
      type: 'received',
      keyspace,
      table,
      tableId,
      replica,
      ranges,
      planId,
      bytes: sstables.reduce((sum, { bytes }) => sum + bytes, 0),
      sstables,
    });
    if (isLeft(appended)) return appended.left;
  }
  return undefined;
};

const putInOrder = async (
  dataDirectory: string,
  ledger: Ledger,
  fileSystem: FrontDoorParts['fileSystem'],
): Promise<Either<ScamanderErrorType, Destination>> => {
  const recovered = await recover(dataDirectory, fileSystem ?? nodeFileSystem);
  if (isLeft(recovered)) return left(intoUnusable(dataDirectory, recovered.left));
  const settled = await settleIntents(dataDirectory, ledger);
  if (settled !== undefined) return left(settled);
  try {
    return right({ dataDirectory, ledger, registry: await TableRegistry.open(dataDirectory) });
  } catch (cause) {
    return left(intoUnusable(dataDirectory, cause));
  }
};

/** Opens the directory, made where it is missing. It is ours, under the lock of its ledger, until the ledger is closed. */
export const openDestination = async (
  options: PullOptions,
  from: string,
  parts: FrontDoorParts,
): Promise<Either<ScamanderErrorType, Destination>> => {
  const dataDirectory = resolve(options.into);
  try {
    await (parts.fileSystem ?? nodeFileSystem).makeDirectory(dataDirectory);
  } catch (cause) {
    return left(intoUnusable(dataDirectory, cause));
  }
  // A ledger inside goes wherever its directory goes.
  const to = options.ledger === undefined ? 'this directory' : dataDirectory;
  const ledger = await openLedger(ledgerPathOf(options), { job: 'pull', from, to }, parts);
  if (isLeft(ledger)) return ledger;
  const ordered = await putInOrder(dataDirectory, ledger.right, parts.fileSystem);
  if (isLeft(ordered)) await ledger.right.close();
  return ordered;
};
