// Control plane. Values of flags: choices, numbers, lists. Called by the files of this folder; pure.
import type { ScamanderErrorType } from '@scamander/scamander';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { usageError } from './usage-error.ts';

/** The parts of a list with commas; undefined where there is no list. */
export const textList = (text: string | undefined): readonly string[] | undefined =>
  text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** One of the choices, whatever its case. */
export const oneOf = <T extends string>(
  text: string,
  flag: string,
  choices: readonly T[],
): Either<ScamanderErrorType, T> => {
  const found = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
  return found === undefined
    ? left(usageError(`expected ${choices.join(', ')}; got "${text}"`, flag))
    : right(found);
};

/** A whole number within bounds; undefined where the flag is absent. */
export const optionalNumber = (
  text: string | undefined,
  flag: string,
  min: number,
  max: number,
): Either<ScamanderErrorType, number | undefined> => {
  if (text === undefined) return right(undefined);
  const value = Number(text);
  return Number.isInteger(value) && value >= min && value <= max && text.trim() !== ''
    ? right(value)
    : left(usageError(`expected a whole number from ${min} to ${max}, got "${text}"`, flag));
};

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** Bytes of a text such as `100MiB`, at least one; undefined where the flag is absent. */
export const optionalSize = (
  text: string | undefined,
  flag: string,
): Either<ScamanderErrorType, number | undefined> => {
  if (text === undefined) return right(undefined);
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([KMGT]iB|B)?$/.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (SIZE_UNITS[unit] ?? 0));
  return number === '' || bytes < 1 || !Number.isSafeInteger(bytes)
    ? left(usageError(`no size: "${text}"`, flag, 'write 100MiB, 1.5GiB, or bytes'))
    : right(bytes);
};
