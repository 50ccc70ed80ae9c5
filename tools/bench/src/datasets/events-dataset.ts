// Control plane: the table of the offline cases: rows as people have them, in several SSTables that overlap, written by one real node and kept
// in the cache. Called by the cases of dump, verification and merge.
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Node } from '@scamander-tools/real-cassandra';
import { datasetsFolder } from '../paths.ts';
import { createKeyspaceCql, datasetKeyspace, datasetRelease } from './dataset.ts';
import { bigNode } from './write-datasets.ts';

/** How much of it. */
export type EventsSize = {
  readonly devices: number;
  readonly rowsPerDevice: number;
  /** Flushes, each an SSTable with all devices; every second one also overwrites and deletes rows of the one before. */
  readonly sstables: number;
};

/** As it lies in the cache. */
export type MadeEvents = EventsSize & {
  readonly tableFolder: string;
  readonly dataFiles: readonly string[];
  /** Of all Data.db files, as stored. */
  readonly dataBytes: number;
  /** Written, overwritten and deleted ones. */
  readonly rows: number;
};

export const eventsTable = 'events';

export const createEventsCql = (): string =>
  `CREATE TABLE IF NOT EXISTS ${datasetKeyspace}.${eventsTable} (device int, at timestamp, kind text, value double, note text, tags set<text>, site text STATIC, PRIMARY KEY (device, at)) WITH CLUSTERING ORDER BY (at DESC) AND compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}`;

export const eventsSize = (quick: boolean): EventsSize =>
  quick
    ? { devices: 200, rowsPerDevice: 100, sstables: 4 }
    : { devices: 5_000, rowsPerDevice: 200, sstables: 4 };

const insertsInFlight = 64;
const startMs = 1_700_000_000_000;
const kinds = ['start', 'stop', 'measure', 'alarm'];

const folder = ({ devices, rowsPerDevice, sstables }: EventsSize): string =>
  join(datasetsFolder, `events_${devices}_${rowsPerDevice}_${sstables}`);

const statements = function* (
  { devices, rowsPerDevice, sstables }: EventsSize,
  round: number,
): Generator<{ readonly query: string; readonly params: readonly unknown[] }> {
  const table = `${datasetKeyspace}.${eventsTable}`;
  const share = rowsPerDevice / sstables;
  for (let device = 0; device < devices; device++) {
    yield {
      query: `UPDATE ${table} SET site = ? WHERE device = ?`,
      params: [`site ${(device + round) % 97}`, device],
    };
    for (let i = 0; i < share; i++) {
      // the second half of what the round before wrote, or rows of its own
      const row = round * share + i - (round % 2 === 1 && i < share / 4 ? share / 4 : 0);
      const at = new Date(startMs + row * 60_000);
      if (round % 2 === 1 && i % 50 === 7)
        yield { query: `DELETE FROM ${table} WHERE device = ? AND at = ?`, params: [device, at] };
      else
        yield {
          query: `INSERT INTO ${table} (device, at, kind, value, note, tags) VALUES (?, ?, ?, ?, ?, ?)`,
          params: [
            device,
            at,
            kinds[(device + i) % kinds.length],
            Math.sin(device * 131 + row) * 1_000,
            `measured by device ${device} in round ${round}, row ${row}`,
            [`t${row % 7}`, `u${device % 11}`],
          ],
        };
    }
  }
};

const fill = async (node: Node, size: EventsSize): Promise<number> => {
  const client = await node.cql();
  await client.execute(createKeyspaceCql());
  await client.execute(createEventsCql());
  let count = 0;
  for (let round = 0; round < size.sstables; round++) {
    const queue = statements(size, round);
    const lane = async (): Promise<void> => {
      for (let next = queue.next(); next.done !== true; next = queue.next()) {
        count += 1;
        await client.execute(next.value.query, next.value.params as unknown[], { prepare: true });
      }
    };
    await Promise.all(Array.from({ length: insertsInFlight }, lane));
    await node.nodetool('flush', datasetKeyspace, eventsTable);
  }
  return count;
};

const tableFolderBelow = (parent: string): string => {
  const keyspace = join(parent, datasetKeyspace);
  const found = readdirSync(keyspace).find((entry) => entry.startsWith(`${eventsTable}-`));
  if (found === undefined) throw new Error(`${keyspace}: no folder of table ${eventsTable}`);
  return join(keyspace, found);
};

const describe = (size: EventsSize): MadeEvents => {
  const tableFolder = tableFolderBelow(folder(size));
  const dataFiles = readdirSync(tableFolder)
    .filter((name) => name.endsWith('-Data.db'))
    .map((name) => join(tableFolder, name));
  const { rows } = JSON.parse(readFileSync(join(folder(size), 'dataset.json'), 'utf8')) as {
    rows: number;
  };
  return {
    ...size,
    tableFolder,
    dataFiles,
    dataBytes: dataFiles.reduce((sum, file) => sum + statSync(file).size, 0),
    rows,
  };
};

/** Makes it where it is missing. */
export const makeEvents = async (
  size: EventsSize,
  tell: (line: string) => void,
): Promise<MadeEvents> => {
  const kept = folder(size);
  if (existsSync(join(kept, 'dataset.json'))) return describe(size);
  tell(`booting Cassandra ${datasetRelease} to write ${eventsTable}`);
  const node = await bigNode();
  try {
    const rows = await fill(node, size);
    const source = tableFolderBelow(node.dataDirectory);
    const fresh = `${kept}.new`;
    rmSync(fresh, { recursive: true, force: true });
    const destination = join(fresh, datasetKeyspace, source.split('/').at(-1) ?? '');
    mkdirSync(destination, { recursive: true });
    for (const entry of readdirSync(source, { withFileTypes: true }))
      if (entry.isFile()) linkSync(join(source, entry.name), join(destination, entry.name));
    writeFileSync(join(fresh, 'dataset.json'), `${JSON.stringify({ ...size, rows })}\n`);
    rmSync(kept, { recursive: true, force: true });
    renameSync(fresh, kept);
  } finally {
    await node.stop();
  }
  return describe(size);
};
