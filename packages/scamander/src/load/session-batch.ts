// Control plane. What goes into one session: the node acknowledges a session as a whole, so a session is not made of everything. Called by
// lanes; pure.
import { limits } from '@scamander/session';
import type { Assignment } from './transfer.ts';

const bytesOf = ({ files }: Assignment): number =>
  files.reduce((sum, { transferSizeBytes }) => sum + Number(transferSizeBytes), 0);

/** The first of them, as many as fit; at least one, however large it is. */
export const sessionBatch = (
  waiting: readonly Assignment[],
  bytesMax: number,
): readonly Assignment[] => {
  let bytes = 0;
  let files = 0;
  const end = waiting.findIndex((assignment, index) => {
    bytes += bytesOf(assignment);
    files += assignment.files.length;
    return index > 0 && (bytes > bytesMax || files > limits.FILES_PER_SESSION_MAX);
  });
  return end < 0 ? waiting : waiting.slice(0, end);
};
