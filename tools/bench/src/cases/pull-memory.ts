// Control plane: the memory peak of both processes of a pull, and of a load, for a small and a very large table. They must not differ.
import { rmSync } from 'node:fs';
import type { MadeDataset } from '../datasets/dataset.ts';
import { multiplied } from '../datasets/multiplied.ts';
import type { Contender, Sample } from '../report/results.ts';
import { loadIntoServe, loadSample } from '../run/load-run.ts';
import type { Cost } from '../run/measured-process.ts';
import { pullFromServe } from '../run/pull-run.ts';
import { type Case, type Measured, madeOf, sized, takeTurns } from './case.ts';

const gbOfDataset = 4;

/** SCAMANDER_BENCH_GB=20: in steps of 4 GB, each an SSTable; the disk needs as much once more. */
export const gbWanted = (text: string | undefined): number => {
  const gb = Number(text ?? gbOfDataset);
  if (!Number.isInteger(gb) || gb < gbOfDataset || gb % gbOfDataset !== 0)
    throw new TypeError(`SCAMANDER_BENCH_GB is ${text}; it must be a multiple of ${gbOfDataset}`);
  return gb;
};

export const pullMemoryCase: Case = {
  name: 'pull-memory',
  needs: (quick) => [sized(quick, '100mb', 'lz4'), sized(quick, '4gb', 'lz4')],
  run: async (context) => {
    const gb = gbWanted(process.env['SCAMANDER_BENCH_GB']);
    const others: Contender[] = [];
    /** The other process of each pair is a contender of its own. */
    const both = (name: string, run: () => Promise<{ ours: Measured; other: Cost }>) => {
      const samples: Sample[] = [];
      others.push({ name, samples });
      return async (): Promise<Measured> => {
        const { ours, other } = await run();
        const { cpuSeconds, maxRssBytes } = other;
        const { seconds, bytes } = ours;
        samples.push({ round: samples.length + 1, seconds, bytes, cpuSeconds, maxRssBytes });
        return ours;
      };
    };
    const pulling = (dataset: MadeDataset, times: number) => async () => {
      const table = multiplied(dataset, times);
      const { pull, serve } = await pullFromServe(table);
      rmSync(table.dataDirectory, { recursive: true });
      return { ours: pull, other: serve };
    };
    const loading = (dataset: MadeDataset, times: number) => async () => {
      const table = multiplied(dataset, times);
      const { load, serve } = await loadIntoServe(table);
      rmSync(table.dataDirectory, { recursive: true });
      return { ours: loadSample(load), other: serve };
    };
    const small = madeOf(context, '100mb', 'lz4');
    const large = madeOf(context, '4gb', 'lz4');
    const times = context.quick ? 2 : gb / gbOfDataset;
    const rounds = context.quick || gb > gbOfDataset ? 1 : 3;
    const taken = await takeTurns(context, rounds, {
      'pull, 100 MB': both('serve pulled from, 100 MB', pulling(small, 1)),
      [`pull, ${gb} GB`]: both(`serve pulled from, ${gb} GB`, pulling(large, times)),
      'load, 100 MB': both('serve loaded into, 100 MB', loading(small, 1)),
      [`load, ${gb} GB`]: both(`serve loaded into, ${gb} GB`, loading(large, times)),
    });
    return [...taken, ...others];
  },
};
