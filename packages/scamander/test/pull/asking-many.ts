// Several embedded nodes that all hold the same samples. Called by the stories of pull only.
import { join } from 'node:path';
import type { MemoryNetwork } from '@scamander/transport';
import { withTempFolder } from '@scamander-tools/testing';
import type { PullOptions } from '../../src/pull/options.ts';
import type { EmbeddedNode } from '../../src/serve/serve.ts';
import { partsWith, snapshot, sstablesBelow } from '../harness.ts';
import { rowsOf } from '../stories/rows-of.ts';
import { memoryNetwork, nodeAt, serveSamples, US } from './asking.ts';

/** Tables of the samples. */
export const TABLES = ['users', 'readings'] as const;

/** What a story has. */
export interface Scene {
  readonly network: MemoryNetwork;
  readonly nodes: readonly EmbeddedNode[];
  /** Data directory of the first node. */
  readonly there: string;
  /** A folder that is not there yet. */
  readonly into: string;
  readonly parts: ReturnType<typeof partsWith>;
  readonly options: PullOptions;
}

/** The story, then everything is closed. */
export const withScene = (
  count: number,
  body: (scene: Scene) => Promise<void>,
  network: MemoryNetwork = memoryNetwork(),
): Promise<void> =>
  withTempFolder(async (folder) => {
    const nodes: EmbeddedNode[] = [];
    try {
      for (let number = 1; number <= count; number++)
        nodes.push(
          await serveSamples(network, nodeAt(number), join(folder, `node${number}`), TABLES),
        );
      const into = join(folder, 'into');
      await body({
        network,
        nodes,
        there: join(folder, 'node1'),
        into,
        parts: partsWith(network.transport(US)),
        options: {
          names: TABLES.map((table) => ({ keyspace: 'demo', table })),
          source: {
            kind: 'direct',
            nodes: Array.from({ length: count }, (_, index) => nodeAt(index + 1)),
          },
          listen: { host: US, port: 0 },
          into,
        },
      });
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
    }
  });

/** Every partition of every SSTable, as text. */
export const partitionsIn = async (folder: string): Promise<readonly string[]> =>
  rowsOf(await sstablesBelow(folder));

/** Paths of Data.db, in order. */
export const dataFilesIn = (folder: string): readonly string[] =>
  snapshot(folder)
    .map(([path]) => path)
    .filter((path) => path.endsWith('-Data.db'));

/** Everything but our own folder. */
export const contentsOf = (folder: string): readonly (readonly [string, string])[] =>
  snapshot(folder).filter(([path]) => !path.startsWith('/.scamander'));
