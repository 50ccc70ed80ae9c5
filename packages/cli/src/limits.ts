// Control plane. Named maxima of the command line, each with its reason. Called by this package only.

/** How long a command that was asked to end may take: peers are told, files are removed, the ledger is closed. Then the process is ended. */
export const ENDING_MS_MAX = 30_000;
