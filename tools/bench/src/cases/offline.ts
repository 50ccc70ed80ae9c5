// Control plane: offline work on SSTables beside Cassandra's own tools, on the same files: dump, deep verification, merge.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Node, startNode } from '@scamander-tools/real-cassandra';
import { createKeyspaceCql, datasetKeyspace, datasetRelease } from '../datasets/dataset.ts';
import {
  createEventsCql,
  eventsSize,
  eventsTable,
  type MadeEvents,
  makeEvents,
} from '../datasets/events-dataset.ts';
import { commandLine, scratchFolder } from '../paths.ts';
import { silently, startMeasured } from '../run/measured-process.ts';
import { warm } from '../run/pair.ts';
import { type Case, type CaseContext, type Measured, takeTurns } from './case.ts';
import { unthrottled } from './real-target.ts';

const tellTimeoutMsMax = 10_000;
const tellPollMs = 50;

const rounds = (context: CaseContext): number => (context.quick ? 1 : 3);

const timed =
  (command: readonly string[], bytes: number, before: () => void = () => undefined) =>
  async (): Promise<Measured> => {
    before();
    const { cost } = await startMeasured(silently(command)).ended;
    return { ...cost, bytes };
  };

const scamander = (...args: readonly string[]): readonly string[] => [
  process.execPath,
  commandLine,
  'sstable',
  ...args,
];

const made = async ({ quick, tell }: CaseContext): Promise<MadeEvents> => {
  const events = await makeEvents(eventsSize(quick), tell);
  for (const file of events.dataFiles) await warm(file);
  return events;
};

/** A node with the table's SSTables in it, in their own folder. */
const withNode = async <T>(body: (node: Node) => Promise<T>): Promise<T> => {
  const node = await startNode({ version: datasetRelease, heapMb: 1_024, yaml: unthrottled });
  try {
    const client = await node.cql();
    await client.execute(createKeyspaceCql());
    await client.execute(createEventsCql());
    await node.nodetool('disableautocompaction');
    return await body(node);
  } finally {
    await node.stop();
  }
};

const imported = async (node: Node, events: MadeEvents): Promise<void> => {
  await node.nodetool('import', '--copy-data', datasetKeyspace, eventsTable, events.tableFolder);
};

/** All events as one SSTable: Cassandra's tool takes one at a time. */
const merged = async (events: MadeEvents): Promise<string> => {
  mkdirSync(scratchFolder, { recursive: true });
  const into = mkdtempSync(join(scratchFolder, 'one-'));
  await startMeasured(scamander('compact', '--quiet', '--into', into, events.tableFolder)).ended;
  const name = readdirSync(into, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith('-Data.db'),
  );
  if (name === undefined) throw new Error(`${into}: no SSTable`);
  return join(into, name);
};

export const dumpCase: Case = {
  name: 'dump',
  needs: () => [],
  run: async (context) => {
    const file = await merged(await made(context));
    const bytes = statSync(file).size;
    return withNode((node) =>
      takeTurns(context, rounds(context), {
        sstabledump: timed(node.toolCommand('sstabledump', file), bytes),
        'scamander sstable dump': timed(
          scamander('dump', '--format', 'json', '--quiet', file),
          bytes,
        ),
      }),
    );
  },
};

/** All SSTables of the table. Cassandra's tool reads them in a node's folder, the node being down. */
export const verifyCase: Case = {
  name: 'verify',
  needs: () => [],
  run: async (context) => {
    const events = await made(context);
    return withNode(async (node) => {
      await imported(node, events);
      await node.shutDown();
      return takeTurns(context, rounds(context), {
        'sstableverify -e': timed(
          node.toolCommand('sstableverify', '--force', '--extended', datasetKeyspace, eventsTable),
          events.dataBytes,
        ),
        'scamander sstable verify': timed(
          scamander('verify', '--quiet', events.tableFolder),
          events.dataBytes,
        ),
        'scamander sstable verify --deep': timed(
          scamander('verify', '--deep', '--quiet', events.tableFolder),
          events.dataBytes,
        ),
      });
    });
  },
};

/** `Compacted (…) 4 sstables to […] … in 2,345ms.` */
export const compactionSeconds = (log: string): number | undefined => {
  const match = /Compacted \([^)]*\) \d+ sstables to .* in ([\d,]+)ms/.exec(log);
  return match === null ? undefined : Number(match[1]?.replaceAll(',', '')) / 1_000;
};

/** The node may tell a moment after its tool has returned. */
const untilCompacted = async (node: Node, logLength: number): Promise<number> => {
  const deadline = performance.now() + tellTimeoutMsMax;
  for (;;) {
    const seconds = compactionSeconds(node.log().slice(logLength));
    if (seconds !== undefined) return seconds;
    if (performance.now() > deadline)
      throw new Error('the node’s log does not tell of a compaction');
    await delay(tellPollMs);
  }
};

const byNode = (node: Node, events: MadeEvents) => async (): Promise<Measured> => {
  const client = await node.cql();
  await imported(node, events);
  const before = node.log().length;
  await node.nodetool('compact', datasetKeyspace, eventsTable);
  const seconds = await untilCompacted(node, before);
  await client.execute(`TRUNCATE ${datasetKeyspace}.${eventsTable}`);
  // the node's own processor time and memory are those of a whole node: they say nothing here
  return { seconds, bytes: events.dataBytes, cpuSeconds: 0, maxRssBytes: 0 };
};

export const mergeCase: Case = {
  name: 'merge',
  needs: () => [],
  run: async (context) => {
    const events = await made(context);
    mkdirSync(scratchFolder, { recursive: true });
    const into = mkdtempSync(join(scratchFolder, 'merged-'));
    const empty = (): void => rmSync(into, { recursive: true, force: true });
    return withNode(async (node) => {
      // Hot code in a running node against a process that starts anew: the first compaction does not count.
      await byNode(node, events)();
      return takeTurns(context, rounds(context), {
        'nodetool compact': byNode(node, events),
        'scamander sstable compact': timed(
          scamander('compact', '--quiet', '--into', into, events.tableFolder),
          events.dataBytes,
          empty,
        ),
      });
    });
  },
};
