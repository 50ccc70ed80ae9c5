// Two groups of embedded nodes and a copy between them, over a network in memory. Called by the tests of copies only.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@scamander/throttle';
import { type MemoryNetwork, memoryNetwork } from '@scamander/transport';
import type { Endpoint } from '@scamander/wire-codec';
import { withTempFolder } from '@scamander-tools/testing';
import { copy } from '../../src/copy/copy.ts';
import type { CopyEvent, CopyOptions, CopyReport } from '../../src/copy/copy-types.ts';
import type { FrontDoorParts } from '../../src/parts.ts';
import type { EmbeddedNode, ServeOptions } from '../../src/serve/serve.ts';
import { partsWith, SAMPLES, startNode, tablesOf } from '../harness.ts';

/** Where the copy itself listens. */
export const OURS = '10.0.0.9';
const PORT = 7000;

export const sourceAt = (index: number): Endpoint => ({ host: `10.0.1.${index + 1}`, port: PORT });
export const targetAt = (index: number): Endpoint => ({ host: `10.0.2.${index + 1}`, port: PORT });

/** What a story is told with. */
export interface CopyWorld {
  readonly folder: string;
  readonly network: MemoryNetwork;
  readonly sources: readonly EmbeddedNode[];
  readonly targets: readonly EmbeddedNode[];
  /** Data directory of a target. */
  readonly dataOf: (target: number) => string;
  /** Names of all tables of the source. */
  readonly names: CopyOptions['names'];
  readonly options: (more?: Partial<CopyOptions>) => CopyOptions;
  readonly parts: FrontDoorParts;
}

/** How the world is made. */
export interface WorldOptions {
  /** Of the samples. @default '4.1.10-nb' */
  readonly release?: string;
  readonly sources?: number;
  readonly targets?: number;
  readonly clock?: Clock;
  /** Makes the source's data directory; @default the samples of the release */
  readonly fill?: (dataDirectory: string) => void;
  readonly serve?: Partial<ServeOptions>;
}

const fillWithSamples =
  (release: string) =>
  (dataDirectory: string): void =>
    cpSync(join(SAMPLES, release), dataDirectory, {
      recursive: true,
      filter: (path) => !/schema\.cql$|expected\.json$|snapshots$/.test(path),
    });

/** Starts the nodes, tells the story, and ends them. */
export const withCopyWorld = (
  { release = '4.1.10-nb', sources = 1, targets = 1, clock, fill, serve }: WorldOptions,
  story: (world: CopyWorld) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const network = memoryNetwork();
    const partsAt = (host: string) => partsWith(network.transport(host), clock);
    const from: EmbeddedNode[] = [];
    const to: EmbeddedNode[] = [];
    const dataOf = (index: number) => join(folder, `target-${index}`);
    const sourceData = (index: number) => join(folder, `source-${index}`);
    for (let index = 0; index < sources; index++) {
      const dataDirectory = sourceData(index);
      (fill ?? fillWithSamples(release))(dataDirectory);
      const listen = sourceAt(index);
      from.push(await startNode({ dataDirectory, listen, ...serve }, partsAt(listen.host)));
    }
    const tables = await tablesOf([sourceData(0)]);
    for (let index = 0; index < targets; index++) {
      const listen = targetAt(index);
      const options = { dataDirectory: dataOf(index), listen, tables };
      to.push(await startNode(options, partsAt(listen.host)));
    }
    const names = tables.map(({ keyspace, table }) => ({ keyspace, table }));
    try {
      await story({
        ...{ folder, network, dataOf, names, parts: partsAt(OURS) },
        sources: from,
        targets: to,
        options: (more = {}) => ({
          names,
          source: { kind: 'direct', nodes: from.map((_, index) => sourceAt(index)) },
          target: { kind: 'direct', nodes: to.map((_, index) => targetAt(index)) },
          listen: { host: OURS, port: 0 },
          ...more,
        }),
      });
    } finally {
      await Promise.all([...from, ...to].map((node) => node.close()));
    }
  });

/** Everything a copy did. */
export interface CopiedTables {
  readonly report: CopyReport;
  readonly events: readonly CopyEvent[];
}

/** Copies to the end, or throws where nothing could be copied at all. */
export const copied = async (
  options: CopyOptions,
  parts: FrontDoorParts,
  onEvent: (event: CopyEvent) => void = () => undefined,
): Promise<CopiedTables> => {
  const events: CopyEvent[] = [];
  const running = copy(options, { parts });
  running.events$.subscribe((event) => {
    if (event.type !== 'FileChunk') events.push(event);
    onEvent(event);
  });
  const result = await running.result;
  if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
  return { report: result.right, events };
};
