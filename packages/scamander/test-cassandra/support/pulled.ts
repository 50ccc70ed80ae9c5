// Control plane. pull() from real nodes to its end. Called by the tests.
import type { Node } from '@scamander-tools/real-cassandra';
import * as assert from 'uvu/assert';
import {
  type PullEvent,
  type PullOptions,
  type PullReport,
  pull,
  type ScamanderErrorType,
} from '../../src/index.ts';

/** How a pull ended. */
export interface Pulled {
  readonly report: PullReport;
  readonly events: readonly PullEvent[];
}

/** What a test may say; where from is the node's cluster. */
export type Asked = Partial<Omit<PullOptions, 'source'>> & Pick<PullOptions, 'names' | 'into'>;

const sourceOf = (node: Node) => ({
  kind: 'cluster' as const,
  contactPoints: [{ host: node.address, port: node.nativePort }],
});

/** Pulls what can't be pulled: why it did not begin. */
export const refusedPull = async (node: Node, asked: Asked): Promise<ScamanderErrorType> => {
  const result = await pull({ source: sourceOf(node), ...asked }).result;
  assert.is(result._tag, 'Left', 'the pull must not begin');
  return (result as { left: ScamanderErrorType }).left;
};

/** Pulls; a pull that could not even begin is an error. */
export const pullOf = async (
  node: Node,
  asked: Asked,
  onEvent: (event: PullEvent) => void = () => undefined,
): Promise<Pulled> => {
  const run = pull({ source: sourceOf(node), ...asked });
  const events: PullEvent[] = [];
  run.events$.subscribe((event) => {
    if (event.type !== 'FileChunk') events.push(event);
    onEvent(event);
  });
  const result = await run.result;
  if (result._tag === 'Left') {
    const { code, message, where } = result.left;
    throw new Error(`${code}: ${message} (${where})`);
  }
  return { report: result.right, events };
};

/** What is wrong, in words. */
export const explained = ({ problems, missing }: PullReport): string =>
  [
    ...problems.map(({ code, message, where }) => `${code}: ${message} (${where})`),
    ...missing.map(({ table, reason }) => `missing ${table}: ${reason}`),
  ].join('\n');

/** Everything that was asked for is here. */
export const assertPulled = ({ report }: Pulled): void =>
  assert.is(report.verdict, 'complete', explained(report));

/** How the SSTables travelled, without repetition. */
export const pulledModes = ({ report }: Pulled): readonly string[] => [
  ...new Set(report.receipt.receptions.map(({ mode }) => mode)),
];
