// Control plane: what a case is, and how its contenders take turns. Called by main.ts and every case.
import { type Dataset, type DatasetSize, dataset, type MadeDataset } from '../datasets/dataset.ts';
import type { Contender, Sample } from '../report/results.ts';

/** What a run decides for all cases. */
export type CaseContext = {
  readonly quick: boolean;
  readonly datasets: ReadonlyMap<string, MadeDataset>;
  readonly tell: (line: string) => void;
};

/** One case. What it shows and how it is read stands in report/pages.ts. */
export type Case = {
  readonly name: string;
  readonly needs: (quick: boolean) => readonly Dataset[];
  readonly run: (context: CaseContext) => Promise<readonly Contender[]>;
};

/** `--quick` tries the harness on small data; its numbers say little. */
const quickSizes: Readonly<Record<DatasetSize, DatasetSize>> = {
  '4mb': '4mb',
  '80mb': '4mb',
  '100mb': '4mb',
  '1gib': '80mb',
  '4gb': '80mb',
};

export const sized = (
  quick: boolean,
  size: DatasetSize,
  compression: Dataset['compression'],
): Dataset => dataset(quick ? quickSizes[size] : size, compression);

export const madeOf = (
  { quick, datasets }: CaseContext,
  size: DatasetSize,
  compression: Dataset['compression'],
): MadeDataset => {
  const { name } = sized(quick, size, compression);
  const made = datasets.get(name);
  if (made === undefined) throw new Error(`the case does not name ${name} among its needs`);
  return made;
};

/** What a contender gives; the round is added. */
export type Measured = Omit<Sample, 'round'>;

/** A B C, A B C, …: what disturbs the machine disturbs all. */
export const takeTurns = async (
  context: CaseContext,
  rounds: number,
  contenders: Readonly<Record<string, () => Promise<Measured>>>,
): Promise<readonly Contender[]> => {
  const samples = new Map<string, Sample[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, measure] of Object.entries(contenders)) {
      const measured = await measure();
      samples.get(name)?.push({ round, ...measured });
      const rate = measured.bytes / measured.seconds / 1e6;
      context.tell(
        `  round ${round}  ${name.padEnd(44)} ${measured.seconds.toFixed(3).padStart(8)} s ${rate.toFixed(0).padStart(6)} MB/s`,
      );
    }
  }
  return [...samples].map(([name, taken]) => ({ name, samples: taken }));
};
