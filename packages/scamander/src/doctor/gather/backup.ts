// Control plane. What of a backup would load: the load itself, without its bytes. Called by gather-facts.ts.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type DiscoveredTable, discover } from '@scamander/sstable-io';
import { isLeft } from 'fp-ts/lib/Either.js';
import { SCHEMA_FILE_BYTES_MAX } from '../../limits.ts';
import { load } from '../../load/load.ts';
import type { FrontDoorParts } from '../../parts.ts';
import type { DoctorOptions } from '../doctor-types.ts';
import type { BackupFacts, BackupTable } from '../facts.ts';

/** CREATE statements of a snapshot, as Cassandra leaves them beside the SSTables. Undefined where there are none that can be read. */
const schemaBeside = async (directories: readonly string[]): Promise<string | undefined> => {
  for (const directory of directories) {
    const file = await open(join(directory, 'schema.cql')).catch(() => undefined);
    if (file === undefined) continue;
    try {
      const buffer = Buffer.alloc(SCHEMA_FILE_BYTES_MAX);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      const text = buffer.toString('utf8', 0, bytesRead).trim();
      if (text !== '') return text;
    } catch {
      // As good as none: it only helps to word the remedy.
    } finally {
      await file.close();
    }
  }
  return undefined;
};

const tableOf = async (
  { keyspace, table, directories, sstables }: DiscoveredTable,
  options: DoctorOptions,
): Promise<BackupTable> => ({
  name: `${options.keyspace ?? keyspace}.${options.table ?? table}`,
  directories,
  sstables: sstables.length,
  bytes: sstables
    .flatMap(({ components }) => [...components.values()])
    .reduce((sum, bytes) => sum + bytes, 0),
  create: await schemaBeside(directories),
});

/** Everything but the bytes of a load: every SSTable is read once and compared, every replica is asked. */
export const backupFactsOf = async (
  paths: readonly string[],
  options: DoctorOptions,
  parts: FrontDoorParts,
  signal: AbortSignal,
): Promise<BackupFacts> => {
  const { target, tls, addressMap, gossip, keyspace, table, protocol, silenceTimeoutMs } = options;
  const found = await discover(paths, { signal });
  const tables: BackupTable[] = [];
  for (const one of found.tables) tables.push(await tableOf(one, options));
  const run = load(
    {
      ...{ paths, target, dryRun: true, verify: 'quick' },
      ...(tls === undefined ? {} : { tls }),
      ...(addressMap === undefined ? {} : { addressMap }),
      ...(gossip === undefined ? {} : { gossip }),
      ...(keyspace === undefined ? {} : { keyspace }),
      ...(table === undefined ? {} : { table }),
      ...(protocol === undefined ? {} : { protocol }),
      ...(silenceTimeoutMs === undefined ? {} : { silenceTimeoutMs }),
    },
    { signal, parts },
  );
  const result = await run.result;
  if (isLeft(result)) return { tables, outcome: { kind: 'refused', error: result.left } };
  const { plan, problems, receipt } = result.right;
  const refused = receipt.sources
    .filter(({ verdict }) => verdict === 'refused')
    .map(({ sstable }) => sstable);
  return { tables, outcome: { kind: 'planned', plan, problems, refused } };
};
