// Control plane: the results as they are kept in docs/performance.json. Types and pure functions; called by the cases and the report.

/** One run of one contender. */
export type Sample = {
  readonly round: number;
  /** Of the measured part; which that is says the case. */
  readonly seconds: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly maxRssBytes: number;
  /** Parts of `seconds`, in order. */
  readonly phases?: Readonly<Record<string, number>>;
};

/** One way to do the job. */
export type Contender = {
  readonly name: string;
  readonly samples: readonly Sample[];
};

/** What it ran on. */
export type Setting = {
  readonly takenAt: string;
  readonly node: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly fileSystem: string;
  /** Of the last minute, before the case began: more than a little says that others used the machine. */
  readonly loadAverage: number;
};

/** One case: contenders that took turns in the same rounds. */
export type CaseResult = {
  readonly name: string;
  readonly quick: boolean;
  readonly setting: Setting;
  readonly contenders: readonly Contender[];
};

/** The whole file. */
export type Results = {
  readonly format: 'scamander-bench-1';
  readonly cases: readonly CaseResult[];
};

export const noResults: Results = { format: 'scamander-bench-1', cases: [] };

/** Reads the file. */
export const parseResults = (text: string): Results => {
  const results = JSON.parse(text) as Results;
  if (results.format !== 'scamander-bench-1' || !Array.isArray(results.cases))
    throw new Error('these are no results of scamander-bench-1');
  return results;
};

/** New cases replace older ones of the same name. */
export const mergeResults = (older: Results, newer: Results): Results => {
  const names = new Set(newer.cases.map(({ name }) => name));
  return {
    format: 'scamander-bench-1',
    cases: [...older.cases.filter(({ name }) => !names.has(name)), ...newer.cases],
  };
};

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(4)) : value;

/** Text of the file. */
export const formatResults = (results: Results): string =>
  `${JSON.stringify(results, rounded, 2)}\n`;
