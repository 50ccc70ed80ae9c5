// Control plane: medians, spreads and ratios of samples. Pure; called by tables, aims and the cases.
import type { CaseResult, Contender, Sample } from './results.ts';

/** The middle one; of an even count the mean of the middle two. */
export const median = (numbers: readonly number[]): number => {
  if (numbers.length === 0) throw new RangeError('no numbers, no median');
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

/** Million bytes a second. */
export const rateOf = ({ bytes, seconds }: Sample): number => bytes / seconds / 1e6;

export const contenderOf = (result: CaseResult, name: string): Contender | undefined =>
  result.contenders.find((contender) => contender.name === name);

export const medianOf = (contender: Contender, value: (sample: Sample) => number): number =>
  median(contender.samples.map(value));

/** Median over the rounds of ours ÷ theirs of the same round: what both shared (a busy disk, another process) cancels out. */
export const ratioOf = (
  ours: Contender,
  theirs: Contender,
  value: (sample: Sample) => number,
): number | undefined => {
  const byRound = new Map(theirs.samples.map((sample) => [sample.round, sample]));
  const ratios = ours.samples.flatMap((sample) => {
    const other = byRound.get(sample.round);
    return other === undefined ? [] : [value(sample) / value(other)];
  });
  return ratios.length === 0 ? undefined : median(ratios);
};
