// A pull to its end in one call, for the stories. Called by tests only.

import type { FrontDoorParts } from '../../src/parts.ts';
import type { PullEvent } from '../../src/pull/events.ts';
import type { PullOptions } from '../../src/pull/options.ts';
import { pull } from '../../src/pull/pull.ts';
import type { PullReport } from '../../src/pull/report.ts';

/** Everything a pull did. */
export interface Pulled {
  readonly report: PullReport;
  readonly events: readonly PullEvent[];
}

/** Pulls to the end, or throws where nothing could be asked at all. */
export const pulled = async (
  options: PullOptions,
  parts: FrontDoorParts,
  onEvent: (event: PullEvent, cancel: () => void) => void = () => undefined,
): Promise<Pulled> => {
  const events: PullEvent[] = [];
  const running = pull(options, { parts });
  running.events$.subscribe((event) => {
    if (event.type !== 'FileChunk') events.push(event);
    onEvent(event, running.cancel);
  });
  const result = await running.result;
  if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
  return { report: result.right, events };
};

/** What is wrong, in words, for messages of assertions. */
export const explained = ({ problems, missing }: PullReport): string =>
  [
    ...problems.map(({ code, message, where }) => `${code}: ${message} (${where})`),
    ...missing.map(
      ({ table, ranges, reason }) => `missing ${table} ${ranges.join(',')}: ${reason}`,
    ),
  ].join('\n');
