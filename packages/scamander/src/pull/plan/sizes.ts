// Control plane. How large units are, asked by preview sessions before they are begun. Called when a pull is planned. A node that does not tell
// is no obstacle: its units then have no size, and are not cut.
import { streamErrorMessage } from '@scamander/session';
import { endpointText } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import { PEERS_AT_ONCE_MAX, PREVIEW_TABLES_MAX } from '../../limits.ts';
import type { FrontDoorParts } from '../../parts.ts';
import type { TargetNews } from '../../target/target.ts';
import type { Listening } from '../source/listening.ts';
import { previewAll } from '../source/preview.ts';
import type { Source } from '../source/source.ts';
import { replicaOf, type Unit } from './units.ts';

/** What asking needs. */
export interface SizesInput {
  readonly source: Source;
  readonly listening: Pick<Listening, 'announcedTo'>;
  readonly signal: AbortSignal;
  readonly emit: (event: TargetNews) => void;
}

/** Units of one node that one session can ask about: each table once. */
export const batchesOf = (units: readonly Unit[]): readonly (readonly Unit[])[] => {
  const byNode = new Map<string, Unit[][]>();
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

const sizedBatch = async (
  batch: readonly Unit[],
  { source, listening, signal, emit }: SizesInput,
  parts: FrontDoorParts,
): Promise<readonly Unit[]> => {
  const [first] = batch;
  if (first === undefined || signal.aborted) return batch;
  const { node } = first;
  const asked = batch.map(({ table, ranges }) => ({
    keyspace: table.resolved.keyspace,
    tables: [table.resolved.table],
    ranges,
  }));
  const from = listening.announcedTo(node.endpoint);
  const answer = await previewAll(source, { node, from, asked, signal }, parts);
  if (isLeft(answer)) {
    if (!signal.aborted) {
      const message = `${endpointText(node.endpoint)} does not tell how much it would send: ${streamErrorMessage(answer.left)}`;
      emit({ type: 'Warning', message });
    }
    return batch;
  }
  return batch.map((unit) => {
    const summary = answer.right.find(({ tableId }) => tableId === unit.table.resolved.tableId);
    return {
      ...unit,
      bytes: Number(summary?.totalSizeBytes ?? 0n),
      files: summary?.files ?? 0,
    };
  });
};

/** The units with their sizes, in their order. Makes the nodes flush. */
export const sizedUnits = async (
  units: readonly Unit[],
  input: SizesInput,
  parts: FrontDoorParts,
): Promise<readonly Unit[]> => {
  const queue = [...batchesOf(units)];
  const sized = new Map<Unit, Unit>();
  const worker = async (): Promise<void> => {
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      const answers = await sizedBatch(batch, input, parts);
      for (const [index, unit] of batch.entries()) sized.set(unit, answers[index] ?? unit);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PEERS_AT_ONCE_MAX, queue.length) }, worker));
  return units.map((unit) => sized.get(unit) ?? unit);
};
