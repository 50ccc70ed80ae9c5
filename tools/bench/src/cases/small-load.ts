// Control plane: a 4 MB table from the start of the process to its end with everything acknowledged: embedded and real target.
import { loadIntoServe, processSample, runLoad } from '../run/load-run.ts';
import { type Case, madeOf, sized, takeTurns } from './case.ts';
import { countAndTruncate, startTarget } from './real-target.ts';

export const smallLoadCase: Case = {
  name: 'small-load',
  needs: (quick) => [sized(quick, '4mb', 'lz4')],
  run: async (context) => {
    const dataset = madeOf(context, '4mb', 'lz4');
    const node = await startTarget([dataset]);
    try {
      const intoNode = async () => {
        const run = await runLoad(dataset, ['--to', node.address]);
        await countAndTruncate(node, dataset);
        return processSample(run);
      };
      // The first one into a fresh node warms the node up, not us.
      await intoNode();
      return await takeTurns(context, context.quick ? 2 : 7, {
        'load → serve': async () => processSample((await loadIntoServe(dataset)).load),
        'load → Cassandra 4.1.10': intoNode,
      });
    } finally {
      await node.stop();
    }
  },
};
