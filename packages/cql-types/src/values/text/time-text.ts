// Data plane. Timestamps, dates, times and durations as Cassandra prints them (TimestampSerializer, SimpleDateSerializer, TimeSerializer,
// Duration#toString). Days are those of the Gregorian calendar at all times, as 4.0 and later have it: 3.11 prints timestamps before October
// 1582 by the Julian one. Called by the printers of values.
import type { DurationParts } from '../read-at.ts';

const DAY_MS = 86_400_000;
/** The years 0000 to 9999, in which Date prints what java.time does. */
const ISO_MS_MIN = -62_167_219_200_000;
const ISO_MS_MAX = 253_402_300_799_999;
/** Milliseconds and days of 400 years, after which the calendar repeats. */
const CYCLE_DAYS = 146_097;
const CYCLE_YEARS = 400;
const CYCLE_MS = CYCLE_DAYS * DAY_MS;

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);
const padded = (value: number | bigint, digits: number): string =>
  value.toString().padStart(digits, '0');

/** Year, month and day of days since 1970. */
const dayOf = (days: number): { readonly year: number; readonly monthAndDay: string } => {
  const cycles = Math.floor(days / CYCLE_DAYS);
  const date = new Date((days - cycles * CYCLE_DAYS) * DAY_MS);
  return {
    year: date.getUTCFullYear() + cycles * CYCLE_YEARS,
    monthAndDay: `${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`,
  };
};

/** At least four digits, with a plus sign in front where there are more (java.time.format.SignStyle.EXCEEDS_PAD). */
const yearText = (year: number): string => {
  if (year > 9999) return `+${year}`;
  return year < 0 ? `-${padded(-year, 4)}` : padded(year, 4);
};

/** The day and the time of a timestamp far from our time; years before the first count backwards without a sign. */
const farTimestamp = (ms: bigint): readonly [day: string, time: string] => {
  const cycleMs = BigInt(CYCLE_MS);
  const within = Number(((ms % cycleMs) + cycleMs) % cycleMs);
  const cycles = Number((ms - BigInt(within)) / cycleMs);
  const { year, monthAndDay } = dayOf(Math.floor(within / DAY_MS));
  const whole = year + cycles * CYCLE_YEARS;
  const ofEra = whole > 0 ? whole : 1 - whole;
  return [`${yearText(ofEra)}-${monthAndDay}`, new Date(within).toISOString().slice(11)];
};

/** A timestamp with a character between day and time, such as `2021-01-01 00:00:00.000Z`. */
export const timestampText = (ms: bigint | number, between: ' ' | 'T'): string => {
  const near = Number(ms);
  if (near >= ISO_MS_MIN + 366 * DAY_MS && near <= ISO_MS_MAX) {
    const iso = new Date(near).toISOString();
    return between === 'T' ? iso : `${iso.slice(0, 10)} ${iso.slice(11)}`;
  }
  const [day, time] = farTimestamp(BigInt(ms));
  return day + between + time;
};

/** A date of so many days since 1970, such as `2021-01-01` or `-5877641-06-23`. */
export const dateText = (days: number): string => {
  const { year, monthAndDay } = dayOf(days);
  return `${yearText(year)}-${monthAndDay}`;
};

const HOUR_NS = 3_600_000_000_000n;
const MINUTE_NS = 60_000_000_000n;
const SECOND_NS = 1_000_000_000n;

/** A time of so many nanoseconds since midnight, such as `08:12:54.123456789`. */
export const timeText = (nanoseconds: bigint): string => {
  if (nanoseconds < 0n) return `-${timeText(-nanoseconds)}`;
  const hours = nanoseconds / HOUR_NS;
  const minutes = Number((nanoseconds % HOUR_NS) / MINUTE_NS);
  const seconds = Number((nanoseconds % MINUTE_NS) / SECOND_NS);
  return `${padded(hours, 2)}:${two(minutes)}:${two(seconds)}.${padded(nanoseconds % SECOND_NS, 9)}`;
};

const NANOSECOND_UNITS: readonly (readonly [unit: bigint, name: string])[] = [
  [HOUR_NS, 'h'],
  [MINUTE_NS, 'm'],
  [SECOND_NS, 's'],
  [1_000_000n, 'ms'],
  [1_000n, 'us'],
  [1n, 'ns'],
];

/** A duration such as `-1y3mo114d27h21m`; nothing at all for one of no length. */
export const durationText = ({ months, days, nanoseconds }: DurationParts): string => {
  const isNegative = months < 0 || days < 0 || nanoseconds < 0n;
  let text = isNegative ? '-' : '';
  const allMonths = Math.abs(months);
  if (allMonths >= 12) text += `${Math.floor(allMonths / 12)}y`;
  if (allMonths % 12 > 0) text += `${allMonths % 12}mo`;
  if (days !== 0) text += `${Math.abs(days)}d`;
  let rest = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  for (const [unit, name] of NANOSECOND_UNITS) {
    if (rest >= unit) text += `${rest / unit}${name}`;
    rest %= unit;
  }
  return text;
};
