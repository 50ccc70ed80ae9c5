// Control plane. Named maxima of rates and waits, with units and reasons. Called by this package.

/** Largest rate, in bytes per second: what a number holds exactly. */
export const RATE_BYTES_PER_SECOND_MAX = Number.MAX_SAFE_INTEGER;

/** Characters of the longest rate text that is looked at. */
export const RATE_TEXT_LENGTH_MAX = 32;

/** Longest single timer in milliseconds (a 32-bit integer in Node); a longer wait sets another one when it fires. */
export const TIMER_MS_MAX = 0x7fffffff;

/** A bucket in debt by less than this many bytes counts as free of debt: it absorbs the rounding of times. */
export const DEBT_TOLERANCE_BYTES = 0.5;

/** A wait longer than whole milliseconds by less than this is taken for whole: it is the rounding of a division. */
export const TIME_ROUNDING_MS = 1e-6;
