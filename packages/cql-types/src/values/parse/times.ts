// Data plane. Timestamps, dates, times and durations from the texts that Cassandra reads (TimestampSerializer, SimpleDateSerializer, TimeSerializer,
// Duration#from). Undefined stands for what is none. Knows no clock and no time zone but UTC: a timestamp without a zone is in UTC, where
// a node takes its own. Called by the encoders of values.
import type { CqlDuration } from '../cql-value.ts';

const I64_MAX = (1n << 63n) - 1n;
const DAY_MS = 86_400_000;

const inLong = (value: bigint): bigint | undefined =>
  value > I64_MAX || value < ~I64_MAX ? undefined : value;

/** Days since 1970 of a day of the Gregorian calendar; undefined for days that are in no calendar. */
const daysOf = (year: number, month: number, day: number): number | undefined => {
  // within 400 years the calendar is that of Date
  const cycles = Math.floor(year / 400);
  const date = new Date(0);
  date.setUTCFullYear(year - cycles * 400 + 2000, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() / DAY_MS + (cycles - 5) * 146_097;
};

const DATE = /^([+-]?\d{4,9})-(\d{1,2})-(\d{1,2})$/;
const RAW_DATE_MAX = 0xffffffff;
const DAYS_SHIFT = 0x80000000;

/** A date as the unsigned number that is stored: from `yyyy-mm-dd`, or from that number itself. */
export const parseDate = (text: string): number | undefined => {
  if (/^\d{1,10}$/.test(text)) return Number(text) <= RAW_DATE_MAX ? Number(text) : undefined;
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined) return undefined;
  const days = daysOf(Number(year), Number(month), Number(day));
  if (days === undefined) return undefined;
  const raw = days + DAYS_SHIFT;
  return raw >= 0 && raw <= RAW_DATE_MAX ? raw : undefined;
};

const TIMESTAMP =
  /^([+-]?\d{4,9}-\d{1,2}-\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)? ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Minutes east of UTC. */
const zoneMinutes = (zone: string | undefined): number => {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes ?? 0));
};

/** Milliseconds since 1970: from a number of them, or from `yyyy-mm-dd[ hh:mm[:ss[.fff]]][zone]`. */
export const parseTimestamp = (text: string): bigint | undefined => {
  if (/^-?\d{1,19}$/.test(text)) return inLong(BigInt(text));
  const [, day, hour, minute, second, fraction, zone] = TIMESTAMP.exec(text) ?? [];
  const [, year, month, dayOfMonth] = DATE.exec(day ?? '') ?? [];
  if (year === undefined) return undefined;
  const days = daysOf(Number(year), Number(month), Number(dayOfMonth));
  const [h, m, s] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  if (days === undefined || h > 23 || m > 59 || s > 59) return undefined;
  const ms = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const ofDay = ((h * 60 + m - zoneMinutes(zone)) * 60 + s) * 1000 + ms;
  return inLong(BigInt(days) * BigInt(DAY_MS) + BigInt(ofDay));
};

const TIME = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?$/;
const DAY_NS = 86_400_000_000_000n;

/** Nanoseconds since midnight: from a number of them, or from `hh:mm:ss[.fffffffff]`. */
export const parseTime = (text: string): bigint | undefined => {
  if (/^\d{1,14}$/.test(text)) return BigInt(text) < DAY_NS ? BigInt(text) : undefined;
  const [, hour, minute, second, fraction] = TIME.exec(text) ?? [];
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (hour === undefined || h > 23 || m > 59 || s > 59) return undefined;
  return BigInt((h * 60 + m) * 60 + s) * 1_000_000_000n + BigInt((fraction ?? '').padEnd(9, '0'));
};

const STANDARD =
  /^(?:(\d+)y)?(?:(\d+)mo)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?(?:(\d+)[uµ]s)?(?:(\d+)ns)?$/i;
const ISO = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const ISO_WEEKS = /^P(\d+)W$/;
const ISO_ALTERNATIVE = /^P(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/;

/** Digits of a part; more cannot be within its range. */
const PART_DIGITS_MAX = 20;

/** Years, months, weeks, days, hours, minutes, seconds, milliseconds, microseconds, nanoseconds; an empty list where there are none. */
const durationParts = (text: string): readonly (string | undefined)[] => {
  const standard = STANDARD.exec(text);
  if (standard !== null) return standard.slice(1);
  const weeks = ISO_WEEKS.exec(text);
  if (weeks !== null) return [undefined, undefined, weeks[1]];
  const found = ISO.exec(text) ?? ISO_ALTERNATIVE.exec(text);
  return found === null ? [] : [found[1], found[2], undefined, ...found.slice(3)];
};

const UNIT_NS = [3_600_000_000_000n, 60_000_000_000n, 1_000_000_000n, 1_000_000n, 1_000n, 1n];

const INT_MAX = 0x7fffffffn;

/** A duration as `1y2mo3w4d5h6m7s8ms9us10ns` or in a form of ISO 8601, with a minus sign before all of it. */
export const parseDuration = (text: string): CqlDuration | undefined => {
  const isNegative = text.startsWith('-');
  const parts = durationParts(isNegative ? text.slice(1) : text);
  if (parts.length === 0 || parts.some((part) => (part?.length ?? 0) > PART_DIGITS_MAX))
    return undefined;
  const [years, months, weeks, days, ...times] = parts.map((part) => BigInt(part ?? 0)) as bigint[];
  const allMonths = 12n * (years ?? 0n) + (months ?? 0n);
  const allDays = 7n * (weeks ?? 0n) + (days ?? 0n);
  let nanoseconds = 0n;
  for (const [i, time] of times.entries()) nanoseconds += time * (UNIT_NS[i] as bigint);
  if (allMonths > INT_MAX || allDays > INT_MAX || nanoseconds > I64_MAX) return undefined;
  const sign = isNegative ? -1 : 1;
  return {
    months: sign * Number(allMonths) + 0,
    days: sign * Number(allDays) + 0,
    nanoseconds: BigInt(sign) * nanoseconds,
  };
};
