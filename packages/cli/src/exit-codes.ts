// Control plane. What the process says with its exit code. Called by every command.
import type { ErrorKind, LoadVerdict } from '@scamander/scamander';

/** The codes of the command line, decided once. */
export const EXIT = {
  /** All done and acknowledged, or verified. */
  ok: 0,
  /** Something failed; what did and did not arrive is printed. */
  failed: 1,
  /** The command line or configuration is wrong. */
  usage: 2,
  /** A cluster or node can't be reached or refuses. */
  refused: 3,
  /** Data are bad: a checksum, a digest, a format. */
  badData: 4,
  /** Done in part: the asked consistency is reached, some replicas are missing. */
  partial: 5,
  interrupted: 130,
} as const;

/** The code for one kind of error. */
export const exitCodeOf = (kind: ErrorKind): number => {
  switch (kind) {
    case 'failed':
      return EXIT.failed;
    case 'usage':
      return EXIT.usage;
    case 'refused':
      return EXIT.refused;
    case 'bad-data':
      return EXIT.badData;
    default: {
      const never: never = kind;
      return never;
    }
  }
};

/** The code for how a load, a pull or a copy went that nobody interrupted. */
export const transferExitCode = (verdict: LoadVerdict): number => {
  switch (verdict) {
    case 'complete':
      return EXIT.ok;
    case 'partial':
      return EXIT.partial;
    case 'bad-data':
      return EXIT.badData;
    case 'refused':
      return EXIT.refused;
    case 'failed':
      return EXIT.failed;
    default: {
      const never: never = verdict;
      return never;
    }
  }
};
