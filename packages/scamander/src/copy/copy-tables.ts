// Control plane. All tables of a copy, and once more those for which a node was down that answers meanwhile: a node that is gone is waited for once,
// at the end, and not once a table. Called by the body of a copy.
import { endpointText } from '@scamander/wire-codec';
import { DEFAULT_RETRY, delayBefore, pause } from '../retry/policy.ts';
import { mayAnswerLater } from '../retry/retryable.ts';
import type { Probes } from '../target/probes.ts';
import type { TargetNode } from '../target/target.ts';
import { copyTable, type TableCopy, type TableInput } from './copy-table.ts';
import { gapProblems } from './failures.ts';
import { nameOf, type TablePair } from './table-pair.ts';

/** Names of nodes that are left out of a plan because they do not answer. */
const downIn = ({ plan }: TableCopy): readonly string[] => {
  const gaps = [...(plan?.sourceGaps ?? []), ...(plan?.targetGaps ?? [])];
  const passedOver = [
    ...(plan?.units ?? []).flatMap(({ excluded }) => excluded),
    ...gaps.flatMap(({ replicas }) => replicas),
  ];
  return passedOver
    .filter(({ reason }) => reason === 'down')
    .map(({ node }) => endpointText(node.endpoint));
};

/** Of these nodes those that may answer when they are asked again. */
const awaited = (
  nodes: readonly TargetNode[],
  probes: Probes,
  down: ReadonlySet<string>,
): readonly TargetNode[] =>
  nodes.filter((node) => {
    const error = probes.of(node)?.error;
    return down.has(endpointText(node.endpoint)) && (error === undefined || mayAnswerLater(error));
  });

const merged = (before: TableCopy, after: TableCopy): TableCopy => ({
  ...after,
  views: before.views,
  deliveries: [...before.deliveries, ...after.deliveries],
  planIds: [...before.planIds, ...after.planIds],
  problems: [...before.problems, ...after.problems],
  bytes: before.bytes + after.bytes,
});

class AllTables {
  readonly #pairs: readonly TablePair[];
  readonly #input: TableInput;

  constructor(pairs: readonly TablePair[], input: TableInput) {
    this.#pairs = pairs;
    this.#input = input;
  }

  async run(): Promise<readonly TableCopy[]> {
    const { options, signal, emit } = this.#input.context;
    const { attempts } = options.retry ?? DEFAULT_RETRY;
    let tables = await this.#pass([]);
    for (let attempt = 2; attempt <= attempts && options.dryRun !== true; attempt++) {
      const isWorthIt = await this.#waitForDown(tables, attempt, attempts);
      if (signal.aborted || isWorthIt === undefined) break;
      if (isWorthIt) tables = await this.#pass(tables);
    }
    return tables.map((table) => {
      const gaps = table.plan === undefined ? [] : gapProblems(table.pair, table.plan);
      for (const error of gaps) emit({ type: 'Problem', error });
      return { ...table, problems: [...table.problems, ...gaps] };
    });
  }

  async #pass(before: readonly TableCopy[]): Promise<readonly TableCopy[]> {
    const tables: TableCopy[] = [];
    for (const pair of this.#pairs) {
      const known = before.find((table) => table.pair === pair);
      if (this.#input.context.signal.aborted) {
        if (known !== undefined) tables.push(known);
        continue;
      }
      const table = await copyTable(pair, this.#input);
      tables.push(known === undefined ? table : merged(known, table));
    }
    return tables;
  }

  /** True where one of them answers now; undefined where nobody is waited for. */
  async #waitForDown(
    tables: readonly TableCopy[],
    attempt: number,
    attempts: number,
  ): Promise<boolean | undefined> {
    const { context, sourceProbes } = this.#input;
    const { options, source, side, parts, signal, emit } = context;
    const down = new Set(tables.flatMap(downIn));
    const ofSource = awaited(source.target.nodes, sourceProbes, down);
    const ofTarget = awaited(side.target.nodes, side.probes, down);
    if (ofSource.length + ofTarget.length === 0) return undefined;
    const afterMs = delayBefore(options.retry ?? DEFAULT_RETRY, attempt, parts.random);
    const table = this.#pairs.map((pair) => nameOf(pair.source)).join(', ');
    const reasonOf = (node: TargetNode, probes: Probes): string =>
      probes.of(node)?.error?.message ?? 'it does not answer';
    for (const [nodes, probes] of [
      [ofSource, sourceProbes],
      [ofTarget, side.probes],
    ] as const)
      for (const node of nodes) {
        const peer = endpointText(node.endpoint);
        const reason = reasonOf(node, probes);
        emit({ type: 'Retrying', peer, table, attempt, attempts, afterMs, reason });
      }
    await pause(parts.clock, afterMs, signal);
    if (signal.aborted) return undefined;
    await Promise.all([sourceProbes.ask(ofSource), side.probes.ask(ofTarget)]);
    return (
      ofSource.some((node) => sourceProbes.of(node)?.version !== undefined) ||
      ofTarget.some((node) => side.probes.of(node)?.version !== undefined)
    );
  }
}

/** Copies the tables one after the other. */
export const copyTables = (
  pairs: readonly TablePair[],
  input: TableInput,
): Promise<readonly TableCopy[]> => new AllTables(pairs, input).run();
