// Control plane: `load` and Cassandra's own sstableloader into the same real node, each alone on the machine with it.
import type { Node } from '@scamander-tools/real-cassandra';
import type { MadeDataset } from '../datasets/dataset.ts';
import { processSample, runLoad } from '../run/load-run.ts';
import { warm } from '../run/pair.ts';
import { runSSTableLoader } from '../run/sstableloader.ts';
import { type Case, type Measured, madeOf, sized, takeTurns } from './case.ts';
import { countAndTruncate, startTarget } from './real-target.ts';

const byLoad = (node: Node, dataset: MadeDataset) => async (): Promise<Measured> => {
  await warm(dataset.dataFile);
  const run = await runLoad(dataset, ['--to', node.address]);
  await countAndTruncate(node, dataset);
  return processSample(run);
};

const byLoader = (node: Node, dataset: MadeDataset) => async (): Promise<Measured> => {
  await warm(dataset.dataFile);
  const measured = await runSSTableLoader(node, dataset);
  await countAndTruncate(node, dataset);
  return measured;
};

export const sstableloaderCase: Case = {
  name: 'sstableloader',
  needs: (quick) => [sized(quick, '80mb', 'lz4'), sized(quick, '1gib', 'lz4')],
  run: async (context) => {
    const small = madeOf(context, '80mb', 'lz4');
    const large = madeOf(context, '1gib', 'lz4');
    const node = await startTarget([small, large]);
    try {
      await byLoad(node, small)();
      return await takeTurns(context, context.quick ? 1 : 3, {
        'load, 80 MB': byLoad(node, small),
        'sstableloader, 80 MB': byLoader(node, small),
        'load, 1 GiB': byLoad(node, large),
        'sstableloader, 1 GiB': byLoader(node, large),
      });
    } finally {
      await node.stop();
    }
  },
};
