// A source of embedded nodes for the tests of pull: nodes that serve samples, and the options that ask them. Called by tests only.
import { type MemoryNetwork, memoryNetwork } from '@scamander/transport';
import type { Endpoint } from '@scamander/wire-codec';
import type { FrontDoorParts } from '../../src/parts.ts';
import type { SourceOptions } from '../../src/pull/options.ts';
import { openSource, type Source } from '../../src/pull/source/source.ts';
import type { Probe } from '../../src/target/probe.ts';
import { copyTable, partsWith, startNode } from '../harness.ts';

/** Where we are. */
export const US = '10.0.0.9';

/** The n-th node. */
export const nodeAt = (number: number): Endpoint => ({ host: `10.0.0.${number}`, port: 7000 });

/** The sample tables that nodes serve. */
export const SAMPLE = '4.1.10-nb';

/** A node that serves tables of the samples out of a folder of its own. */
export const serveSamples = async (
  network: MemoryNetwork,
  endpoint: Endpoint,
  folder: string,
  tables: readonly string[],
  announce?: Endpoint,
) => {
  for (const table of tables) copyTable(SAMPLE, table, folder);
  return startNode(
    { dataDirectory: folder, listen: endpoint, ...(announce === undefined ? {} : { announce }) },
    partsWith(network.transport(endpoint.host)),
  );
};

/** Options that ask the nodes for tables of the samples. */
export const sourceOptions = (
  nodes: readonly Endpoint[],
  more: Partial<SourceOptions> = {},
): SourceOptions => ({
  names: [{ keyspace: 'demo', table: 'users' }],
  source: { kind: 'direct', nodes },
  listen: { host: US, port: 0 },
  ...more,
});

/** An open source and what its nodes said. */
export interface Opened {
  readonly parts: FrontDoorParts;
  readonly source: Source;
  readonly probes: ReadonlyMap<string, Probe>;
}

/** Opens a source and asks its nodes, or throws. */
export const openedSource = async (
  network: MemoryNetwork,
  options: SourceOptions,
  body: (opened: Opened) => Promise<void>,
): Promise<void> => {
  const parts = partsWith(network.transport(US));
  const opened = await openSource(options, parts, () => undefined);
  if (opened._tag === 'Left') throw new Error(opened.left.message);
  const source = opened.right;
  try {
    const probes = await source.probe(new AbortController().signal, () => undefined);
    await body({ parts, source, probes });
  } finally {
    await source.close();
  }
};

export { memoryNetwork };
