// Control plane. What came, as the receipt has it: from the session, or from the ledger where an earlier run received it. Called by pull().
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  componentPath,
  parseSSTableFileName,
  readToc,
  type SSTableFiles,
} from '@scamander/sstable-io';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { ReceivedRecord, ReceivedSSTable, UnitId } from '../../ledger/records.ts';
import { componentRecords } from '../../receipt/component-digests.ts';
import type { Reception } from '../../receipt/receipt.ts';
import type { PulledTable } from '../tables.ts';

/** A reception as long as its files were not read again. */
export type BareReception = Omit<Reception, 'components'>;

/** What is known of the session that brought it. */
interface Bringing extends UnitId {
  readonly planId: string;
  readonly protocolVersion: number | undefined;
}

/** One SSTable of a unit; times and version are what the path and the ledger say. */
export const bareReception = (
  { keyspace, table }: PulledTable,
  { tableId, replica, ranges, planId, protocolVersion }: Bringing,
  { path, content, bytes, status, mode }: ReceivedSSTable,
): BareReception => ({
  sstable: path,
  keyspace,
  table,
  tableId,
  replica,
  mode: mode ?? 'sections',
  status,
  ranges,
  version: basename(path).slice(0, basename(path).indexOf('-')),
  content,
  bytes,
  protocolVersion,
  planId,
  startedAt: undefined,
  finishedAt: undefined,
});

/** What an earlier run received, which this one goes on from. */
export const earlierReceptions = (
  table: PulledTable,
  records: readonly ReceivedRecord[],
): readonly BareReception[] =>
  records.flatMap((record) =>
    record.sstables.map((sstable) => ({
      ...bareReception(table, { ...record, protocolVersion: undefined }, sstable),
      finishedAt: record.at,
    })),
  );

/** Files of an SSTable with their sizes; undefined where they are not there any more. */
const filesAt = async (path: string): Promise<SSTableFiles | undefined> => {
  const parsed = parseSSTableFileName(path);
  if (isLeft(parsed)) return undefined;
  const { descriptor } = parsed.right;
  const toc = await readToc(descriptor);
  if (isLeft(toc)) return undefined;
  const components = new Map<string, number>();
  try {
    for (const name of toc.right ?? [])
      components.set(name, (await stat(componentPath(descriptor, name))).size);
  } catch {
    return undefined;
  }
  return { descriptor, components };
};

type Components = Reception['components'];

const sizesOnly = ({ components }: SSTableFiles): Components =>
  Object.fromEntries(
    [...components].map(([name, bytes]) => [name, { bytes, crc32: undefined, sha256: undefined }]),
  );

const componentsOf = async (
  { sstable, status }: BareReception,
  dataDirectory: string,
  signal: AbortSignal | undefined,
): Promise<Components> => {
  const files = await filesAt(join(dataDirectory, sstable));
  if (files === undefined) return {};
  // What was there before has its digests in the receipt of the run that brought it.
  if (status === 'known' || signal === undefined || signal.aborted) return sizesOnly(files);
  try {
    const records = await componentRecords(files, { signal });
    return isLeft(records) ? sizesOnly(files) : records.right;
  } catch (error) {
    if (signal.aborted) return sizesOnly(files);
    throw error;
  }
};

/** The receptions with the files of their SSTables. Without a signal, and after it, these have sizes only. */
export const completeReceptions = async (
  bare: readonly BareReception[],
  dataDirectory: string,
  reading: AbortSignal | undefined,
): Promise<readonly Reception[]> => {
  const receptions: Reception[] = [];
  for (const one of bare)
    receptions.push({ ...one, components: await componentsOf(one, dataDirectory, reading) });
  return receptions;
};
