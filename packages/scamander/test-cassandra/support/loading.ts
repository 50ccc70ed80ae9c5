// Control plane. load() into a real node, its outcome, and what lies on the node's disk afterwards. Called by the tests.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from '@scamander-tools/real-cassandra';
import * as assert from 'uvu/assert';
import {
  type LoadEvent,
  type LoadOptions,
  type LoadReport,
  type LoadRun,
  load,
  type ScamanderErrorType,
} from '../../src/index.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../../src/retry/policy.ts';

/** For tests about what a first failure looks like. */
export const ONE_TRY: RetryPolicy = { ...DEFAULT_RETRY, attempts: 1 };

/** How a load ended. */
export interface Loaded {
  readonly report: LoadReport;
  readonly events: readonly LoadEvent[];
}

/** What a test may say; where to is the node. */
export type Asked = Partial<Omit<LoadOptions, 'target'>> & Pick<LoadOptions, 'paths'>;

type Seen = (event: LoadEvent, run: LoadRun) => void;

const started = (node: Node, asked: Asked, seen: Seen = () => undefined) => {
  const run = load({
    target: {
      kind: 'cluster',
      contactPoints: [{ host: node.address, port: node.nativePort }],
    },
    ...asked,
  });
  const events: LoadEvent[] = [];
  run.events$.subscribe((event) => {
    if (event.type !== 'FileChunk') events.push(event);
    seen(event, run);
  });
  return { run, events };
};

/** Loads; a load that could not even begin is an error. */
export const loadInto = async (node: Node, asked: Asked, seen?: Seen): Promise<Loaded> => {
  const { run, events } = started(node, asked, seen);
  const result = await run.result;
  if (result._tag === 'Left') {
    const { code, message, where } = result.left;
    throw new Error(`${code}: ${message} (${where})`);
  }
  return { report: result.right, events };
};

/** Loads what can't be loaded: why it did not begin. */
export const refusalOf = async (node: Node, asked: Asked): Promise<ScamanderErrorType> => {
  const result = await started(node, asked).run.result;
  assert.is(result._tag, 'Left', 'the load must not begin');
  return (result as { left: ScamanderErrorType }).left;
};

const explained = ({ problems, receipt }: LoadReport): string =>
  [
    ...problems.map(({ code, message, where }) => `${code}: ${message} (${where})`),
    ...receipt.deliveries
      .filter(({ status }) => status !== 'acknowledged')
      .map(({ status, sstable, reason }) => `${status}: ${sstable}: ${reason}`),
  ].join('\n');

/** Everything arrived. */
export const assertComplete = ({ report }: Loaded, deliveries: number): void => {
  assert.is(report.verdict, 'complete', explained(report));
  assert.is(report.receipt.deliveries.length, deliveries, 'deliveries');
  assert.ok(report.receipt.deliveries.every(({ status }) => status === 'acknowledged'));
};

/** How each SSTable travelled, without repetition. */
export const modesOf = ({ report }: Loaded): readonly string[] => [
  ...new Set(report.receipt.deliveries.map(({ mode }) => mode)),
];

/** The streaming versions that replicas answered. */
export const versionsOf = ({ events }: Loaded): readonly (number | undefined)[] => [
  ...new Set(events.flatMap((event) => (event.type === 'ReplicaProbed' ? [event.version] : []))),
];

/** Data.db files in a table's folder. */
export const dataFilesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('-Data.db'))
    .map((name) => join(folder, name))
    .sort();
