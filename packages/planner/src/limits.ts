// Control plane. Named maxima of this package, each with its reason. Called by the planners.

/** Most SSTables in one load: a table that was never compacted for months stays below; a plan of more is not readable. */
export const LOAD_SSTABLES_MAX = 100_000;
