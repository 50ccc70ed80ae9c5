// Control plane. Finished SSTables of one table directory appear in it, all or none, by the transaction log of receives. Called by the SSTable
// writer for one, by the split for many. What they share with a receive is a staging folder whose TOC.txt was written last.
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { tableIdToHex, timeUuid } from '@scamander/bytes';
import type { SSTableError } from '../errors.ts';
import { parseTableFolder } from '../naming/location.ts';
import { commitReceived } from '../receive/commit.ts';
import type { ReceiveFileSystem } from '../receive/file-system.ts';
import { type ReceivePlan, stagingRoot } from '../receive/plan.ts';
import type { SSTableDescriptor, SSTableFiles } from '../types.ts';

/** How SSTables appear. */
export interface AppearanceOptions {
  /** A version-1 UUID, which names the transaction log. @default one of the time of the staging folder */
  readonly transactionId?: string | undefined;
  readonly fileSystem?: ReceiveFileSystem | undefined;
}

/** An SSTable that is complete and durable in its staging folder. */
export interface StagedSSTable {
  readonly plan: ReceivePlan;
  /** As they will be. */
  readonly files: SSTableFiles;
}

/**
 * The staging folder of SSTables that appear in `directory`: beside its keyspace, where recovery looks, when it is `<keyspace>/<table>-<id>`;
 * else within it.
 */
export const stagingRootOf = (directory: string): string =>
  stagingRoot(
    parseTableFolder(basename(directory)) === undefined ? directory : dirname(dirname(directory)),
  );

/** What the transaction needs to know of an SSTable that is being written. */
export const planOf = (descriptor: SSTableDescriptor, root: string): ReceivePlan => {
  const table =
    descriptor.tableId === undefined ? descriptor.table : tableIdToHex(descriptor.tableId);
  return {
    descriptor,
    stagingRoot: root,
    stagingDirectory: join(root, `${table}-${descriptor.id}`),
    files: [],
    totalBytes: 0n,
    sstableLevel: 0,
    repairedAtMs: 0n,
    pendingRepair: undefined,
  };
};

/**
 * A name for the log: a time UUID made of when and where the staging folder was made, as its file system says. No two SSTables are staged in one
 * folder, so no two transactions get the same.
 */
const transactionIdOf = async ({ plan }: StagedSSTable): Promise<string> => {
  const { birthtimeMs, ino } = await stat(plan.stagingDirectory);
  const digest = createHash('sha256').update(`${plan.stagingDirectory} ${ino}`).digest();
  let next = 0;
  const random = (): number => {
    next = (next + 1) % digest.length;
    return (digest[next] as number) / 256;
  };
  return timeUuid({ unixMs: birthtimeMs, random });
};

/** Makes them visible. Throws SSTableErrors; the staging folders are still there then. */
export const appear = async (
  staged: readonly StagedSSTable[],
  options: AppearanceOptions = {},
): Promise<readonly SSTableFiles[]> => {
  const [first] = staged;
  if (first === undefined) return [];
  const { fileSystem } = options;
  const transactionId = options.transactionId ?? (await transactionIdOf(first));
  const committed = await commitReceived(
    staged.map(({ plan }) => plan),
    fileSystem === undefined ? { transactionId } : { transactionId, fileSystem },
  );
  if (committed._tag === 'Left') throw committed.left satisfies SSTableError;
  return staged.map(({ files }) => files);
};
