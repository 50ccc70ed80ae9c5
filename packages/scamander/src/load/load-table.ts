// Control plane. One table of a load: resolve, check, plan, send. Called by load for each table found; emits news on the way.
// A table that can't be loaded is a list of problems, and the next one goes on.
import { type DiscoveredTable, isSystemKeyspace } from '@scamander/sstable-io';
import { fileCrc32 } from '@scamander/transport';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../errors.ts';
import type { SourceRecord } from '../receipt/receipt.ts';
import type { ResolvedTable, TargetNode } from '../target/target.ts';
import type { LoadContext } from './load-context.ts';
import type { PlannedTable } from './plan-view.ts';
import { type TableOutcome, tableOutcome } from './report.ts';
import { checkSources, type SettledSources } from './sources.ts';
import { type TableRound, tableRound } from './table-round.ts';

/** What one table came to. */
export interface TableResult {
  readonly planned: PlannedTable | undefined;
  readonly outcome: TableOutcome | undefined;
  /** One, or two where an SSTable turned out bad on its way. */
  readonly planIds: readonly string[];
  readonly records: readonly SourceRecord[];
  readonly problems: readonly ScamanderErrorType[];
}

const resolve = async (
  source: DiscoveredTable,
  context: LoadContext,
): Promise<Either<ScamanderErrorType, ResolvedTable>> => {
  const keyspace = context.options.keyspace ?? source.keyspace;
  const table = context.options.table ?? source.table;
  if (isSystemKeyspace(keyspace)) {
    return left(
      refusal(
        'SCM_LOAD_SYSTEM_KEYSPACE',
        `${keyspace} is a system keyspace`,
        source.directories.join(', '),
        'load application tables; a node keeps its system tables itself',
      ),
    );
  }
  return context.target.table(keyspace, table, source);
};

const nothing = (
  problems: readonly ScamanderErrorType[],
  records: readonly SourceRecord[] = [],
  planIds: readonly string[] = [],
): TableResult => ({ planned: undefined, outcome: undefined, planIds, records, problems });

/** Replicas whose session was given an SSTable that turned out bad. None of them has applied anything: its last bytes never left. */
const spoiltBy = (
  { assignments }: TableRound,
  { sound }: SettledSources,
): ReadonlySet<TargetNode> => {
  const good = new Set(sound.map(({ dataPath }) => dataPath));
  return new Set(assignments.filter(({ sstable }) => !good.has(sstable)).map(({ node }) => node));
};

const planIdsOf = (rounds: readonly TableRound[]): readonly string[] =>
  rounds.flatMap(({ planId }) => (planId === undefined ? [] : [planId]));

/** Sends the sound SSTables again to the replicas that lost them with a bad one. Every digest is known by now, so once is enough. */
const secondRound = async (
  table: ResolvedTable,
  first: TableRound,
  settled: SettledSources,
  context: LoadContext,
): Promise<TableRound | ScamanderErrorType | undefined> => {
  const spoilt = spoiltBy(first, settled);
  if (spoilt.size === 0 || context.signal.aborted) return first;
  if (settled.sound.length === 0) {
    context.planned({ ...first.view, replicas: [] });
    return undefined;
  }
  const names = [...spoilt].map(({ endpoint }) => endpointText(endpoint)).join(', ');
  context.emit({
    type: 'Warning',
    message: `an SSTable turned out bad while it was being sent, and was not completed; the others are sent again to ${names}`,
  });
  const second = await tableRound(table, settled.sound, context, spoilt);
  if (isLeft(second)) return second.left;
  const arrived = new Set([...spoilt].map(({ endpoint }) => endpointText(endpoint)));
  const kept = first.deliveries.filter(
    ({ replica, status }) => status !== 'skipped' && !arrived.has(replica),
  );
  return { ...second.right, deliveries: [...kept, ...second.right.deliveries] };
};

/** Loads one table. */
export const loadTable = async (
  source: DiscoveredTable,
  context: LoadContext,
): Promise<TableResult> => {
  const told = <T extends ScamanderErrorType>(error: T): T => {
    context.emit({ type: 'Problem', error });
    return error;
  };
  const resolved = await resolve(source, context);
  if (isLeft(resolved)) return nothing([told(resolved.left)]);
  const table = resolved.right;
  const checked = await checkSources(source, {
    target: table.schema,
    level: context.options.verify ?? 'auto',
    fileCrc32: context.parts.sourceCrc32 ?? fileCrc32,
    emit: context.emit,
    signal: context.signal,
  });
  // A plan that is only shown has time.
  if (context.options.dryRun === true) await checked.settled;
  const { sound } = checked;
  if (sound.length === 0 || context.signal.aborted) {
    const { problems, records } = await checked.settled;
    return nothing(problems, records);
  }
  const first = await tableRound(table, sound, context);
  if (isLeft(first)) {
    const error = told(first.left);
    const { problems, records } = await checked.settled;
    return nothing([...problems, error], records);
  }
  for (const error of first.right.problems) told(error);
  const settled = await checked.settled;
  const { records } = settled;
  const last = await secondRound(table, first.right, settled, context);
  const problems = [...settled.problems, ...first.right.problems];
  if (last === undefined) return nothing(problems, records, planIdsOf([first.right]));
  if ('code' in last) return nothing([...problems, told(last)], records, planIdsOf([first.right]));
  const outcome = tableOutcome(
    table,
    last.plan,
    last.deliveries,
    context.options.consistency ?? 'QUORUM',
    context.target.localDc,
  );
  return {
    planned: last.view,
    outcome: { ...outcome, keyspace: table.keyspace, table: table.table },
    planIds: planIdsOf(last === first.right ? [last] : [first.right, last]),
    records,
    problems,
  };
};
