// Control plane: what `load --json` printed → how long its parts took. Pure; called by load-run.ts.
import type { StampedLine } from './measured-process.ts';

type EventLine = { readonly type?: string; readonly elapsedMs?: number; readonly verdict?: string };

/** A load as its own output tells it. */
export type LoadStory = {
  /** What load itself says it took, from the finding of the tables on. */
  readonly elapsedSeconds: number;
  readonly verdict: string;
  /** Seconds between news, in order. */
  readonly phases: Readonly<Record<string, number>>;
};

const parse = ({ text }: StampedLine): EventLine => {
  try {
    return JSON.parse(text) as EventLine;
  } catch {
    return {};
  }
};

/** Each phase ends at the last line of its type. The digest of a large file is not among them: it is computed while others go by. */
const phaseEnds = [
  ['start', 'Discovered'],
  ['check and plan', 'Planned'],
  ['connect, prepare', 'FileStarted'],
  ['send', 'FileSent'],
  ['receiver verifies and syncs', 'FileAcknowledged'],
  ['commit', 'result'],
] as const;

/** Reads all lines of a load that ended. */
export const storyOf = (lines: readonly StampedLine[], wholeSeconds: number): LoadStory => {
  const events = lines.map((line) => ({ atMs: line.atMs, ...parse(line) }));
  const result = events.findLast(({ type }) => type === 'result');
  const phases: Record<string, number> = {};
  let beforeMs = 0;
  for (const [phase, type] of phaseEnds) {
    const end = events.findLast((event) => event.type === type);
    if (end === undefined || end.atMs < beforeMs) continue;
    phases[phase] = (end.atMs - beforeMs) / 1_000;
    beforeMs = end.atMs;
  }
  phases['end of the process'] = Math.max(0, wholeSeconds - beforeMs / 1_000);
  return {
    elapsedSeconds: (result?.elapsedMs ?? Number.NaN) / 1_000,
    verdict: result?.verdict ?? 'none',
    phases,
  };
};
