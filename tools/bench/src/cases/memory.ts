// Control plane: the memory peak of both processes, for a small and a large SSTable. The two must not differ.
import type { MadeDataset } from '../datasets/dataset.ts';
import type { Contender } from '../report/results.ts';
import { loadIntoServe, type PairOptions } from '../run/load-run.ts';
import { tlsFlags } from '../run/tls-files.ts';
import { type Case, madeOf, sized, takeTurns } from './case.ts';

export const memoryCase: Case = {
  name: 'memory',
  needs: (quick) => [sized(quick, '100mb', 'lz4'), sized(quick, '4gb', 'lz4')],
  run: async (context) => {
    const tls = await tlsFlags();
    const overTls: PairOptions = { loadArguments: tls.load, serveArguments: tls.serve };
    const serves: Contender[] = [];
    const both = (name: string, dataset: MadeDataset, options: PairOptions) => {
      const samples: Contender['samples'][number][] = [];
      serves.push({ name: `serve, ${name}`, samples });
      return async () => {
        const { load, serve } = await loadIntoServe(dataset, options);
        const seconds = load.story.elapsedSeconds;
        const { cpuSeconds, maxRssBytes } = serve;
        const round = samples.length + 1;
        samples.push({ round, seconds, bytes: load.bytes, cpuSeconds, maxRssBytes });
        return { ...load.cost, seconds, bytes: load.bytes };
      };
    };
    const small = madeOf(context, '100mb', 'lz4');
    const large = madeOf(context, '4gb', 'lz4');
    const loads = await takeTurns(context, context.quick ? 1 : 3, {
      'load, 100 MB': both('100 MB', small, {}),
      'load, 4 GB': both('4 GB', large, {}),
      'load, 100 MB, TLS': both('100 MB, TLS', small, overTls),
      'load, 4 GB, TLS': both('4 GB, TLS', large, overTls),
    });
    return [...loads, ...serves];
  },
};
