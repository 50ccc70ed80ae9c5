// SSTables of real nodes, received into a temporary data directory. Used by the tests of this folder and by their child process.
import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fixture } from '@scamander-tools/testing';
import { tableDirectory } from '../../src/naming/location.ts';
import type { ReceiveHeader } from '../../src/receive/announcement.ts';
import { nodeFileSystem, type ReceiveFileSystem } from '../../src/receive/file-system.ts';
import { finishReceive } from '../../src/receive/finish.ts';
import { planReceive, type ReceivePlan, stagingRoot } from '../../src/receive/plan.ts';
import { prepareReceive } from '../../src/receive/staging.ts';

export const TABLE_ID = '5a1c395e-b41f-11e5-a2f2-d1f5cb37ed2d';
export const TRANSACTION_ID = 'bd1d8c50-6f0d-11f0-8de9-0242ac120002';
export const PENDING_REPAIR = 'c1d2e3f0-6f0d-11f0-8de9-0242ac120002';

/** An SSTable of a real node. */
export interface Sample {
  readonly folder: string;
  readonly prefix: string;
}

export const sample = (release: string, table: string, prefix: string): Sample => ({
  folder: fixture('real', release, table),
  prefix,
});

/** Small, compressed, BIG. */
export const nb = (): Sample => sample('4.1.10-nb', 'base', 'nb-1-big-');
export const da = (): Sample => sample('5.0.6-da', 'ck35', 'da-1-bti-');

/** Names of the components that travel. */
export const componentsOf = ({ folder, prefix }: Sample): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => name !== 'TOC.txt' && !name.startsWith('SI_'));

export const headerOf = (
  from: Sample,
  components: readonly string[] = componentsOf(from),
): ReceiveHeader => ({
  sstableVersion: from.prefix.slice(0, 2),
  formatName: from.prefix.split('-')[2] as string,
  manifest: components.map((name) => ({
    name,
    lengthBytes: BigInt(statSync(join(from.folder, `${from.prefix}${name}`)).size),
  })),
  sstableLevel: 3,
  repairedAtMs: 0n,
  pendingRepair: PENDING_REPAIR,
});

export const tableOf = (data: string): string => tableDirectory(data, 'ks', 't', TABLE_ID);

export const planOf = (
  data: string,
  from: Sample,
  id: string,
  header: ReceiveHeader = headerOf(from),
): ReceivePlan => {
  const plan = planReceive(
    {
      tableDirectory: tableOf(data),
      stagingRoot: stagingRoot(data),
      keyspace: 'ks',
      table: 't',
      tableId: TABLE_ID,
      nextId: () => id,
    },
    header,
  );
  if (plan._tag === 'Left') throw plan.left;
  return plan.right;
};

/** Does what the data path does: fills the files of the plan. */
export const fill = (plan: ReceivePlan, from: Sample): void => {
  for (const { path, component } of plan.files)
    copyFileSync(join(from.folder, `${from.prefix}${component}`), path);
};

/** Prepares, fills and finishes; throws what goes wrong. */
export const receive = async (
  plan: ReceivePlan,
  from: Sample,
  fileSystem: ReceiveFileSystem = nodeFileSystem,
): Promise<void> => {
  const prepared = await prepareReceive(plan, fileSystem);
  if (prepared._tag === 'Left') throw prepared.left;
  fill(plan, from);
  const finished = await finishReceive(plan, { fileSystem });
  if (finished._tag === 'Left') throw finished.left;
};

/** Every file below a folder with its bytes, for comparing folders before and after. */
export const snapshotOf = (folder: string): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      files.set(path.slice(folder.length + 1), readFileSync(path).toString('base64'));
    }
  return files;
};
