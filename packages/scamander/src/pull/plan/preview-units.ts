// Control plane. What one node would send of some units, asked in one preview session. Called when the units of a pull are sized, and by du. Moves
// nothing; the node flushes the memtables of the tables first.
import type { StreamErrorType } from '@scamander/session';
import type { Endpoint } from '@scamander/wire-codec';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { PREVIEW_TABLES_MAX } from '../../limits.ts';
import type { FrontDoorParts } from '../../parts.ts';
import { previewAll } from '../source/preview.ts';
import type { Source } from '../source/source.ts';
import { replicaOf, type Unit } from './units.ts';

/** Units of one node that one session can ask about: each is of another table. */
export type UnitBatch = readonly [Unit, ...Unit[]];

/** A unit and what the node would send of it. */
export interface SizedUnit extends Unit {
  readonly bytes: number;
  readonly files: number;
}

/** All of them in as few batches as there can be. */
export const batchesOf = (units: readonly Unit[]): readonly UnitBatch[] => {
  const byNode = new Map<string, [Unit, ...Unit[]][]>();
  for (const unit of units) {
    const replica = replicaOf(unit);
    const batches = byNode.get(replica) ?? [];
    byNode.set(replica, batches);
    const { tableId } = unit.table.resolved;
    const fits = batches.find(
      (batch) =>
        batch.length < PREVIEW_TABLES_MAX &&
        batch.every(({ table }) => table.resolved.tableId !== tableId),
    );
    if (fits === undefined) batches.push([unit]);
    else fits.push(unit);
  }
  return [...byNode.values()].flat();
};

/** The units with their sizes, in their order. Left: why the node did not tell. `from` is what we call ourselves; nobody dials it. */
export const previewUnits = async (
  source: Source,
  batch: UnitBatch,
  { from, signal }: { readonly from: Endpoint; readonly signal: AbortSignal },
  parts: FrontDoorParts,
): Promise<Either<StreamErrorType, readonly SizedUnit[]>> => {
  const asked = batch.map(({ table, ranges }) => ({
    keyspace: table.resolved.keyspace,
    tables: [table.resolved.table],
    ranges,
  }));
  const answer = await previewAll(source, { node: batch[0].node, from, asked, signal }, parts);
  if (isLeft(answer)) return answer;
  const summaries = new Map(answer.right.map((summary) => [summary.tableId, summary]));
  return right(
    batch.map((unit) => {
      const summary = summaries.get(unit.table.resolved.tableId);
      return { ...unit, bytes: Number(summary?.totalSizeBytes ?? 0n), files: summary?.files ?? 0 };
    }),
  );
};
