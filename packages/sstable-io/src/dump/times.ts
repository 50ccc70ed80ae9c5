// Data plane. Times as the dump tool prints them: numbers in their own unit (`-t`) or instants. Called by the writers of the dump formats.
import { NO_DELETION_TIME } from '../rows/model.ts';

/** `raw`: microseconds of timestamps, seconds of deletion and expiry. `iso`: instants in UTC. */
export type TimestampStyle = 'raw' | 'iso';

/** Prints the times of a dump. */
export interface TimeText {
  /** A timestamp in microseconds. */
  micros(timestamp: bigint): string;
  /** A local deletion or expiration time in seconds. */
  seconds(time: number): string;
}

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);
/** Seconds of the years 0 and 10000: beyond them an instant has another form than Date's. */
const YEAR_ZERO = -62_167_219_200;
const YEAR_10000 = 253_402_300_800;
/** 400 years of the calendar, after which it repeats. */
const CYCLE_SECONDS = 12_622_780_800;

/** Year with four digits at least, a sign before 0000 and after 9999 (ISO_INSTANT of java.time). */
const yearText = (year: number): string => {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0');
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(4, '0')}`;
};

const dateAndTime = (seconds: number): string => {
  if (seconds >= YEAR_ZERO && seconds < YEAR_10000)
    return new Date(seconds * 1000).toISOString().slice(0, 19);
  const cycles = Math.floor((seconds - YEAR_ZERO) / CYCLE_SECONDS);
  const inCycle = new Date((seconds - cycles * CYCLE_SECONDS) * 1000).toISOString().slice(0, 19);
  const year = Number(inCycle.slice(0, 4)) + 400 * cycles;
  return `${yearText(year)}${inCycle.slice(4)}`;
};

/** None, three, six or nine digits, as many as are needed. */
const fractionText = (nanos: number): string => {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  if (nanos % 1_000_000 === 0) return `.${digits.slice(0, 3)}`;
  return nanos % 1000 === 0 ? `.${digits.slice(0, 6)}` : `.${digits}`;
};

const floorMod = (value: bigint, divisor: bigint): bigint =>
  ((value % divisor) + divisor) % divisor;

/**
 * JsonTransformer#dateString: whole seconds are cut towards zero while the rest is counted upwards, and nanoseconds stop at the largest
 * long. `wholeSeconds` gives the text of seconds.
 */
const instantOfMicros = (micros: bigint, wholeSeconds: (seconds: number) => string): string => {
  let nanos = micros * 1000n;
  if (nanos > LONG_MAX) nanos = LONG_MAX;
  else if (nanos < LONG_MIN) nanos = LONG_MIN;
  const fraction = Number(floorMod(nanos, 1_000_000_000n));
  return `${wholeSeconds(Number(micros / 1_000_000n))}${fractionText(fraction)}Z`;
};

/** Rows that follow each other are often of the same second. */
const cachedSeconds = (): ((seconds: number) => string) => {
  let last = Number.NaN;
  let text = '';
  return (seconds) => {
    if (seconds !== last) {
      last = seconds;
      text = dateAndTime(seconds);
    }
    return text;
  };
};

/** Many cells in a row have the same time: the last text is kept. */
export const timeText = (style: TimestampStyle): TimeText => {
  const wholeSeconds = cachedSeconds();
  let lastMicros = 0n;
  let microsText = style === 'raw' ? '0' : '1970-01-01T00:00:00Z';
  let lastSeconds = 0;
  let secondsText = style === 'raw' ? '0' : '1970-01-01T00:00:00Z';
  return {
    micros(timestamp) {
      if (timestamp === lastMicros) return microsText;
      lastMicros = timestamp;
      microsText = style === 'raw' ? String(timestamp) : instantOfMicros(timestamp, wholeSeconds);
      return microsText;
    },
    seconds(time) {
      if (time === lastSeconds) return secondsText;
      lastSeconds = time;
      const shown = time === NO_DELETION_TIME ? 0x7fff_ffff : time;
      secondsText = style === 'raw' ? String(shown) : `${dateAndTime(shown)}Z`;
      return secondsText;
    },
  };
};
