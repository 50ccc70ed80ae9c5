// Control plane. The first plan of a pull: every table's units with their sizes, cut where they are too large, and what nobody gives. Called by
// pull(). A table that can't be planned at all ends the pull before anything is asked for.
import { basename, join, sep } from 'node:path';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { parseRanges, rangeTexts } from '../../jobs/ranges.ts';
import { receivedUnits } from '../../ledger/done-ranges.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ReceivedRecord } from '../../ledger/records.ts';
import type { FrontDoorParts } from '../../parts.ts';
import type { Ready } from '../begin.ts';
import type { PullEvent } from '../events.ts';
import type { PullOptions } from '../options.ts';
import type { PullPlanView } from '../plan-view.ts';
import type { Source } from '../source/source.ts';
import { type PulledTable, tableName } from '../tables.ts';
import { Obstacles } from '../work/obstacles.ts';
import { TableWork } from '../work/table-work.ts';
import { cutUnit } from './cut.ts';
import type { DoneRanges } from './plan-table.ts';
import { sizedUnits } from './sizes.ts';
import { type Unit, unitView } from './units.ts';

const UNIT_BYTES = 64 * 1024 ** 3;

/** What planning needs. */
export interface PlanAllInput {
  readonly source: Source;
  readonly ready: Ready;
  /** Undefined in a dry run. */
  readonly ledger: Ledger | undefined;
  readonly options: PullOptions;
  readonly signal: AbortSignal;
  readonly emit: (event: PullEvent) => void;
}

/** The plan, and what it is carried on with. */
export interface WholePlan {
  readonly view: PullPlanView;
  readonly units: readonly Unit[];
  readonly tables: readonly TableWork[];
  readonly obstacles: Obstacles;
  readonly prepare: (units: readonly Unit[]) => Promise<readonly Unit[]>;
}

/** True where everything of it lies in the table's folder: it may have come under other names. */
const isIn = ({ keyspace, known }: PulledTable, { sstables }: ReceivedRecord): boolean => {
  const folder = `${join(keyspace, basename(known?.directory ?? ''))}${sep}`;
  return sstables.every(({ path }) => path.startsWith(folder));
};

/** What came of the table since the last run that ended. */
export const cameBefore = (
  table: PulledTable,
  ledger: Ledger | undefined,
): readonly ReceivedRecord[] =>
  receivedUnits(ledger?.records ?? [], { tableId: table.resolved.tableId }).filter((record) =>
    isIn(table, record),
  );

const doneOf = (
  table: PulledTable,
  ledger: Ledger | undefined,
  { target }: Source,
): readonly DoneRanges[] =>
  cameBefore(table, ledger).flatMap(({ replica, ranges }) => {
    const parsed = parseRanges(ranges, target.partitioner);
    return isLeft(parsed) || parsed.right === undefined ? [] : [{ replica, ranges: parsed.right }];
  });

/** Ranges that nobody gives, as people read them. */
export const missingOf = (tables: readonly TableWork[], { target }: Source) =>
  tables.flatMap(({ table, missing }) =>
    missing.map(({ ranges, reason }) => ({
      table: tableName(table),
      ranges: rangeTexts(target.partitioner, ranges),
      reason,
    })),
  );

const silentNodes = ({ ready, source }: PlanAllInput): Obstacles => {
  const obstacles = new Obstacles();
  for (const { endpoint } of source.target.nodes) {
    const replica = endpointText(endpoint);
    const probe = ready.probes.get(replica);
    if (probe?.version === undefined)
      obstacles.leaveNode(replica, probe?.error?.message ?? 'it does not answer');
  }
  return obstacles;
};

const viewOf = (
  units: readonly Unit[],
  tables: readonly TableWork[],
  done: number,
  source: Source,
): PullPlanView => {
  const views = units.map((unit) => unitView(unit, source.target.partitioner));
  const isSized = views.every(({ bytes }) => bytes !== undefined);
  return {
    units: views,
    done,
    missing: missingOf(tables, source).map(({ table, ranges }) => ({ table, ranges })),
    bytes: isSized ? views.reduce((sum, { bytes = 0 }) => sum + bytes, 0) : undefined,
  };
};

/** Plans all tables and tells the plan. */
export const planAll = async (
  input: PlanAllInput,
  parts: FrontDoorParts,
): Promise<Either<ScamanderErrorType, WholePlan>> => {
  const { source, ready, ledger, options, signal, emit } = input;
  const obstacles = silentNodes(input);
  const tables: TableWork[] = [];
  const planned: Unit[] = [];
  let done = 0;
  for (const table of ready.tables) {
    const here = doneOf(table, ledger, source);
    done += here.length;
    const work = new TableWork(table, source, obstacles, here);
    const units = work.plan([]);
    if (isLeft(units)) return units;
    tables.push(work);
    planned.push(...units.right);
  }
  const { partitioner } = source.target;
  const prepare = async (units: readonly Unit[]): Promise<readonly Unit[]> => {
    const sizes = { source, listening: ready.listening, signal, emit };
    const sized = await sizedUnits(units, sizes, parts);
    return sized.flatMap((unit) => cutUnit(unit, options.unitBytes ?? UNIT_BYTES, partitioner));
  };
  const units = await prepare(planned);
  const view = viewOf(units, tables, done, source);
  emit({ type: 'Planned', plan: view });
  return right({ view, units, tables, obstacles, prepare });
};
