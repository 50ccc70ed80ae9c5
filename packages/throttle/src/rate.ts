// Control plane. Data rates as people write them. Called by the command line and by configuration. Pure.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { RateError } from './errors.ts';
import { RATE_BYTES_PER_SECOND_MAX, RATE_TEXT_LENGTH_MAX } from './limits.ts';

/**
 * Bytes per second of each unit; case matters, as in Cassandra. The binary units are those of 4.1 and later; `Mb/s` is the
 * decimal megabit of `stream_throughput_outbound_megabits_per_sec` (125,000 bytes; spec: management §5.3, §5.4).
 */
const BYTES_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ['B/s', 1],
  ['KiB/s', 1024],
  ['MiB/s', 1024 ** 2],
  ['GiB/s', 1024 ** 3],
  ['kB/s', 1000],
  ['MB/s', 1000 ** 2],
  ['GB/s', 1000 ** 3],
  ['kb/s', 125],
  ['Mb/s', 125_000],
  ['Gb/s', 125_000_000],
]);

const UNLIMITED = 'unlimited';
const EXPECTED = `a number and one of ${[...BYTES_OF_UNIT.keys()].join(', ')} (case matters), or 0 for unlimited`;

const syntax = (text: string): Either<RateError, never> =>
  left(
    new RateError({
      code: 'SCM_RATE_SYNTAX',
      text: text.slice(0, RATE_TEXT_LENGTH_MAX),
      expected: EXPECTED,
    }),
  );

/**
 * Whole bytes per second of a text such as `50MiB/s`, `200Mb/s` or `1.5 GiB/s`; 0 of `0` and `unlimited`.
 * Fails with `SCM_RATE_SYNTAX`, with `SCM_RATE_TOO_SMALL` (so that nothing written as a limit turns into none) or with
 * `SCM_RATE_TOO_LARGE`.
 */
export const parseRate = (text: string): Either<RateError, number> => {
  if (text.length > RATE_TEXT_LENGTH_MAX) return syntax(text);
  if (text === '0' || text === UNLIMITED) return right(0);
  const match = /^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+\/s)$/.exec(text);
  const unit = BYTES_OF_UNIT.get(match?.[2] ?? '');
  if (match === null || unit === undefined) return syntax(text);
  const quantity = Number(match[1]);
  const rate = Math.round(quantity * unit);
  if (rate > RATE_BYTES_PER_SECOND_MAX)
    return left(
      new RateError({ code: 'SCM_RATE_TOO_LARGE', text, limit: RATE_BYTES_PER_SECOND_MAX }),
    );
  if (rate === 0 && quantity > 0) return left(new RateError({ code: 'SCM_RATE_TOO_SMALL', text }));
  return right(rate);
};

/**
 * Text of a rate in bytes per second, which {@link parseRate} reads back exactly: `24MiB/s`, `200Mb/s`, `1000B/s`,
 * `unlimited`.
 */
export const formatRate = (bytesPerSecond: number): string => {
  if (bytesPerSecond === 0) return UNLIMITED;
  for (const unit of ['MiB/s', 'Mb/s', 'KiB/s']) {
    const bytes = BYTES_OF_UNIT.get(unit) as number;
    if (bytesPerSecond % bytes === 0) return `${bytesPerSecond / bytes}${unit}`;
  }
  return `${bytesPerSecond}B/s`;
};
