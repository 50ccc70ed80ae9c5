// Control plane. Sizes, rates and times in findings. Called by the checks; pure.
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `24 MiB`, `1.5 GiB`. */
export const bytesText = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const rounded = Math.round(value * 10) / 10;
  return `${rounded} ${UNITS[unit]}`;
};

/** `24 MiB/s`; `no limit` for 0. */
export const rateText = (bytesPerSecond: number): string =>
  bytesPerSecond === 0 ? 'no limit' : `${bytesText(bytesPerSecond)}/s`;

/** `40 ms`, `2.5 s`, `3 min`, `5 h`, `9 days`. */
export const timeText = (ms: number): string => {
  const whole = Math.abs(ms);
  if (whole < 1000) return `${Math.round(whole)} ms`;
  if (whole < 120_000) return `${Math.round(whole / 100) / 10} s`;
  if (whole < 7_200_000) return `${Math.round(whole / 60_000)} min`;
  if (whole < 172_800_000) return `${Math.round(whole / 3_600_000)} h`;
  return `${Math.floor(whole / 86_400_000)} days`;
};

/** `2026-11-29`. */
export const dayText = (ms: number): string =>
  Number.isNaN(ms) ? 'an unknown day' : new Date(ms).toISOString().slice(0, 10);
