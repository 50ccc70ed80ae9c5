// A process that receives and commits, and stops at the step it is told to, so that its parent can kill it there. Not a test by itself.
//
// argv: data folder, step to stop at (0: none), 'before' or 'half', where to begin ('receive' or 'commit')
import { commitReceived } from '../../src/receive/commit.ts';
import { da, nb, planOf, receive, TRANSACTION_ID } from './received-sample.ts';
import { stepping } from './stepping.ts';

/** What the parent is told. */
export type ChildMessage =
  | { readonly type: 'stopped'; readonly step: string; readonly canHalve: boolean }
  | { readonly type: 'done'; readonly steps: number };

const [data, stopAt, how, from] = process.argv.slice(2) as [string, string, string, string];

const tell = (message: ChildMessage): void => {
  process.send?.(message);
};

const run = async (): Promise<void> => {
  let steps = 0;
  const fileSystem = stepping(async (step) => {
    steps = step.index;
    if (step.index === Number(stopAt)) {
      if (how === 'half') await step.half();
      tell({
        type: 'stopped',
        step: `${step.index} ${step.name}`,
        canHalve: step.name === 'append' || step.name === 'write',
      });
      await new Promise(() => undefined);
    }
    await step.whole();
  });
  const plans = [planOf(data, nb(), '7'), planOf(data, da(), '8')];
  if (from === 'receive')
    for (const [index, plan] of plans.entries())
      await receive(plan, index === 0 ? nb() : da(), fileSystem);
  const committed = await commitReceived(plans, { transactionId: TRANSACTION_ID, fileSystem });
  if (committed._tag === 'Left') throw committed.left;
  tell({ type: 'done', steps });
};

await run();
