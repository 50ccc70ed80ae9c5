// Control plane. How large units are, asked by preview sessions before they are begun. Called when a pull is planned. A node that does not tell
// is no obstacle: its units then have no size, and are not cut.
import { streamErrorMessage } from '@scamander/session';
import { isLeft } from 'fp-ts/lib/Either.js';
import { atOnce } from '../../jobs/at-once.ts';
import { PEERS_AT_ONCE_MAX } from '../../limits.ts';
import type { FrontDoorParts } from '../../parts.ts';
import type { TargetNews } from '../../target/target.ts';
import type { Listening } from '../source/listening.ts';
import type { Source } from '../source/source.ts';
import { batchesOf, previewUnits, type UnitBatch } from './preview-units.ts';
import { replicaOf, type Unit } from './units.ts';

/** What asking needs. */
export interface SizesInput {
  readonly source: Source;
  readonly listening: Pick<Listening, 'announcedTo'>;
  readonly signal: AbortSignal;
  readonly emit: (event: TargetNews) => void;
}

const sizedBatch = async (
  batch: UnitBatch,
  { source, listening, signal, emit }: SizesInput,
  parts: FrontDoorParts,
): Promise<readonly Unit[]> => {
  if (signal.aborted) return batch;
  const from = listening.announcedTo(batch[0].node.endpoint);
  const answer = await previewUnits(source, batch, { from, signal }, parts);
  if (!isLeft(answer)) return answer.right;
  if (!signal.aborted) {
    const message = `${replicaOf(batch[0])} does not tell how much it would send: ${streamErrorMessage(answer.left)}`;
    emit({ type: 'Warning', message });
  }
  return batch;
};

/** The units with their sizes, in their order. Makes the nodes flush. */
export const sizedUnits = async (
  units: readonly Unit[],
  input: SizesInput,
  parts: FrontDoorParts,
): Promise<readonly Unit[]> => {
  const sized = new Map<Unit, Unit>();
  await atOnce(batchesOf(units), PEERS_AT_ONCE_MAX, async (batch) => {
    const answers = await sizedBatch(batch, input, parts);
    for (const [index, unit] of batch.entries()) sized.set(unit, answers[index] ?? unit);
  });
  return units.map((unit) => sized.get(unit) ?? unit);
};
