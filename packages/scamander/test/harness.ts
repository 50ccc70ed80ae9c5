// A sender and embedded nodes in one process, over a network in memory or over TCP. Called by this package's tests only.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { discover, openSSTable, type SSTable, type SSTableFiles } from '@scamander/sstable-io';
import { type Clock, systemClock } from '@scamander/throttle';
import { type MemoryNetwork, type Transport, tcpTransport } from '@scamander/transport';
import type { Endpoint } from '@scamander/wire-codec';
import { seededRandom } from '@scamander-tools/testing';
import type { LoadEvent } from '../src/load/events.ts';
import { load } from '../src/load/load.ts';
import type { LoadOptions } from '../src/load/options.ts';
import type { LoadReport } from '../src/load/report.ts';
import type { FrontDoorParts } from '../src/parts.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../src/retry/policy.ts';
import { type EmbeddedNode, type ServeOptions, serve } from '../src/serve/serve.ts';

export { copyTable, SAMPLES, sampleFolders, sampleTable } from './samples.ts';
export { tablesOf } from './stories/tables-of.ts';

/** For stories about what a first failure looks like. */
export const ONE_TRY: RetryPolicy = { ...DEFAULT_RETRY, attempts: 1 };

let worlds = 0;

/** The world with another network, another clock or other randomness. */
export const partsWith = (transport: Transport, clock: Clock = systemClock): FrontDoorParts => {
  // each of its own, or two plans would have the same id
  worlds += 1;
  const random = seededRandom(worlds);
  return {
    clock,
    random,
    unixMs: () => 1_700_000_000_000 + clock.nowMs(),
    transport: () => transport,
  };
};

/** How the same story is told over both networks. */
export const networks: readonly {
  readonly name: string;
  readonly at: Endpoint;
  readonly make: (network: MemoryNetwork) => { from: FrontDoorParts; to: FrontDoorParts };
}[] = [
  {
    name: 'memory',
    at: { host: '10.0.0.1', port: 7000 },
    make: (network) => ({
      from: partsWith(network.transport('10.0.0.9')),
      to: partsWith(network.transport('10.0.0.1')),
    }),
  },
  {
    name: 'TCP',
    at: { host: '127.0.0.1', port: 0 },
    make: () => ({
      from: partsWith(tcpTransport({ clock: systemClock })),
      to: partsWith(tcpTransport({ clock: systemClock })),
    }),
  },
];

/** Starts a node, or throws. */
export const startNode = async (
  options: ServeOptions,
  parts: FrontDoorParts,
): Promise<EmbeddedNode> => {
  const node = await serve(options, parts);
  if (node._tag === 'Left') throw new Error(`${node.left.code}: ${node.left.message}`);
  return node.right;
};

/** Everything a load did. */
export interface Loaded {
  readonly report: LoadReport;
  readonly events: readonly LoadEvent[];
}

/** Loads to the end, or throws where nothing could be loaded at all. */
export const loaded = async (
  options: LoadOptions,
  parts: FrontDoorParts,
  onEvent: (event: LoadEvent) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Loaded> => {
  const events: LoadEvent[] = [];
  const running = load(options, { parts, ...(signal === undefined ? {} : { signal }) });
  running.events$.subscribe((event) => {
    events.push(event);
    onEvent(event);
  });
  const result = await running.result;
  if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
  return { report: result.right, events };
};

/** The SSTables below folders, in order of table and id; foreign files are no problem, anything else is. */
export const sstablesBelow = async (...paths: string[]): Promise<readonly SSTableFiles[]> => {
  const { tables, problems } = await discover(paths);
  const bad = problems.find(({ code }) => code !== 'SCM_SSTABLE_NOT_AN_SSTABLE');
  if (bad !== undefined) throw bad;
  return tables.flatMap(({ sstables }) => sstables);
};

/** Opens, runs, closes. */
export const opened = async <T>(
  files: SSTableFiles,
  body: (sstable: SSTable) => Promise<T> | T,
): Promise<T> => {
  const sstable = await openSSTable(files);
  if (sstable._tag === 'Left') throw sstable.left;
  try {
    return await body(sstable.right);
  } finally {
    await sstable.right.close();
  }
};

/** The bytes of one component. */
export const componentBytes = ({ descriptor }: SSTableFiles, component: string): Buffer =>
  readFileSync(join(descriptor.directory, `${descriptor.prefix}${component}`));

/** Every file below a folder with its bytes as text, for "exactly as before". */
export const snapshot = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry): readonly [string, string] => {
      const path = join(entry.parentPath, entry.name);
      return [
        path.slice(folder.length),
        entry.isFile() ? readFileSync(path).toString('base64') : 'folder',
      ];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
