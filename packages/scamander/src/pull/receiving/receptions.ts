// Control plane. What came, as the receipt has it: from the session, or from the ledger where an earlier run received it. Called by pull().
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { componentPath, parseSSTableFileName, readToc } from '@scamander/sstable-io';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { ReceivedRecord, ReceivedSSTable, UnitId } from '../../ledger/records.ts';
import type { ComponentRecord, Reception } from '../../receipt/receipt.ts';
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

const componentsAt = async (path: string): Promise<Readonly<Record<string, ComponentRecord>>> => {
  const parsed = parseSSTableFileName(path);
  if (isLeft(parsed)) return {};
  const { descriptor } = parsed.right;
  const toc = await readToc(descriptor);
  if (isLeft(toc)) return {};
  const components: Record<string, ComponentRecord> = {};
  for (const name of toc.right ?? []) {
    const { size } = await stat(componentPath(descriptor, name));
    components[name] = { bytes: size, crc32: undefined, sha256: undefined };
  }
  return components;
};

/** The receptions with the files of their SSTables, as they lie there. */
export const completeReceptions = async (
  bare: readonly BareReception[],
  dataDirectory: string,
): Promise<readonly Reception[]> => {
  const receptions: Reception[] = [];
  for (const one of bare)
    receptions.push({ ...one, components: await componentsAt(join(dataDirectory, one.sstable)) });
  return receptions;
};
