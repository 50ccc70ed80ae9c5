// Control plane. Sizes, rates and times for people. Called by progress and summaries; pure.
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1.5 MiB`; whole bytes below one KiB. */
export const sizeText = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
};

/** `12.3 MiB/s`; a dash where no time has passed. */
export const rateText = (bytes: number, ms: number): string =>
  ms <= 0 ? '–' : `${sizeText((bytes / ms) * 1000)}/s`;

/** `850 ms`, `12.3 s`, `4 min 5 s`. */
export const durationText = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
};
