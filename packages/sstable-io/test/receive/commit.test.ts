import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discover } from '../../src/directory/discover.ts';
import {
  parseTransactionLogName,
  readTransactionLog,
} from '../../src/directory/transaction-log.ts';
import { commitReceived } from '../../src/receive/commit.ts';
import { type ReceivePlan, stagingRoot } from '../../src/receive/plan.ts';
import { recover } from '../../src/receive/recover.ts';
import { abortReceive, prepareReceive } from '../../src/receive/staging.ts';
import { writeSSTable } from '../directory/sample-table.ts';
import {
  da,
  fill,
  nb,
  planOf,
  receive,
  snapshotOf,
  TRANSACTION_ID,
  tableOf,
} from './received-sample.ts';
import { type AtStep, osError, type Step, stepping } from './stepping.ts';

const plansOf = (data: string): readonly ReceivePlan[] => [
  planOf(data, nb(), '7'),
  planOf(data, da(), '8'),
];

const visible = async (data: string): Promise<readonly string[]> =>
  (await discover([data])).tables.flatMap(({ sstables }) =>
    sstables.map(({ descriptor }) => descriptor.prefix),
  );

/** A data directory with one SSTable and two finished receives, laid out afresh for each body. */
const withFinished = (
  body: (fresh: <T>(run: (data: string) => Promise<T>) => Promise<T>) => Promise<void>,
) =>
  withTempFolder(async (template) => {
    writeSSTable(tableOf(template), 'nb-1-big-');
    for (const [index, plan] of plansOf(template).entries())
      await receive(plan, index === 0 ? nb() : da());
    await body((run) =>
      withTempFolder((data) => {
        cpSync(template, data, { recursive: true });
        return run(data);
      }),
    );
  });

const BEFORE = ['nb-1-big-'];
const AFTER = ['nb-1-big-', 'nb-7-big-', 'da-8-bti-'];

sharedTest(test, 'two SSTables of two formats appear together; nothing else is left', () =>
  withFinished(async (fresh) => {
    await fresh(async (data) => {
      const committed = await commitReceived(plansOf(data), { transactionId: TRANSACTION_ID });
      if (committed._tag === 'Left') throw committed.left;
      assert.equal(
        committed.right.sstables.map(({ prefix }) => prefix),
        ['nb-7-big-', 'da-8-bti-'],
      );
      assert.equal(committed.right.leftBehind, []);
      assert.equal(await visible(data), AFTER);
      assert.equal(readdirSync(data), ['ks']);
      assert.not.ok(readdirSync(tableOf(data)).some((name) => parseTransactionLogName(name)));
      for (const plan of plansOf(data)) assert.is((await abortReceive(plan))._tag, 'Right');
      assert.equal(await visible(data), AFTER, 'an abort after the commit changes nothing');
    });
  }),
);

sharedTest(test, 'the table directory is made when it is not there', () =>
  withTempFolder(async (data) => {
    const plan = planOf(data, nb(), '7');
    await receive(plan, nb());
    const committed = await commitReceived([plan], { transactionId: TRANSACTION_ID });
    assert.is(committed._tag, 'Right');
    assert.equal(await visible(data), ['nb-7-big-']);
  }),
);

/** Names of the steps in order. */
const trace = async (data: string): Promise<readonly Step[]> => {
  const steps: Step[] = [];
  const fileSystem = stepping((step) => {
    steps.push(step);
    return step.whole();
  });
  const committed = await commitReceived(plansOf(data), {
    transactionId: TRANSACTION_ID,
    fileSystem,
  });
  assert.is(committed._tag, 'Right');
  return steps;
};

sharedTest(
  test,
  'the order: log, its folder, files, their folder, COMMIT, and only then the log goes',
  () =>
    withFinished((fresh) =>
      fresh(async (data) => {
        const names = (await trace(data)).map(({ name }) => name);
        const renames = names.filter((name) => name === 'rename').length;
        assert.equal(names, [
          'makeDirectory',
          'write',
          'rename',
          'syncDirectory',
          ...Array.from({ length: renames - 1 }, () => 'rename'),
          'syncDirectory',
          'append',
          'remove',
          'syncDirectory',
          'removeTree',
          'removeTree',
        ]);
      }),
    ),
);

sharedTest(test, 'while it runs, the log names each SSTable as a node would', () =>
  withFinished((fresh) =>
    fresh(async (data) => {
      let checked = 0;
      const fileSystem = stepping(async (step) => {
        if (step.name === 'append') {
          const name = readdirSync(tableOf(data)).find((file) => file.endsWith('.log')) as string;
          assert.is(name, `nb_txn_stream_${TRANSACTION_ID}.log`);
          const log = await readTransactionLog(join(tableOf(data), name));
          assert.ok(log._tag === 'Right');
          assert.equal(log.right?.added, ['nb-7-big-', 'da-8-bti-']);
          assert.is(log.right?.damage, undefined);
          assert.match(
            readFileSync(join(tableOf(data), name), 'utf8'),
            `ADD:[${join(tableOf(data), 'nb-7-big-')},0,`,
          );
          assert.equal(await visible(data), BEFORE);
          checked += 1;
        }
        await step.whole();
      });
      await commitReceived(plansOf(data), { transactionId: TRANSACTION_ID, fileSystem });
      assert.is(checked, 1);
    }),
  ),
);

sharedTest(test, 'a discovery that runs at the same time sees all or nothing, and no damage', () =>
  withFinished(async (fresh) => {
    for (let round = 0; round < 5; round++)
      await fresh(async (data) => {
        let isDone = false;
        const commit = commitReceived(plansOf(data), { transactionId: TRANSACTION_ID }).finally(
          () => {
            isDone = true;
          },
        );
        while (!isDone) {
          const found = await discover([data]);
          const seen = found.tables.flatMap(({ sstables }) =>
            sstables.map(({ descriptor }) => descriptor.prefix),
          );
          assert.equal(seen, seen.length > 1 ? AFTER : BEFORE);
          for (const { code } of found.problems) assert.is(code, 'SCM_SSTABLE_UNFINISHED');
        }
        assert.is((await commit)._tag, 'Right');
        assert.equal(await visible(data), AFTER);
      });
  }),
);

type Failure = readonly [name: string, fail: (at: number) => AtStep];
const FAILURES: readonly Failure[] = [
  [
    'no space',
    (at) => async (step) => {
      if (step.index === at) throw osError('ENOSPC');
      await step.whole();
    },
  ],
  [
    'no permission',
    (at) => async (step) => {
      if (step.index === at) throw osError('EACCES');
      await step.whole();
    },
  ],
  [
    'no space after half of it was written',
    (at) => async (step) => {
      if (step.index === at) {
        await step.half();
        throw osError('ENOSPC');
      }
      await step.whole();
    },
  ],
  [
    'sync fails after all of it was done',
    (at) => async (step) => {
      await step.whole();
      if (step.index === at) throw osError('EIO');
    },
  ],
];
for (const [name, fail] of FAILURES)
  sharedTest(test, `every step fails once: ${name}: as before, or complete`, () =>
    withFinished(async (fresh) => {
      const steps = (await fresh(trace)).length;
      let failed = 0;
      for (let at = 1; at <= steps; at++)
        await fresh(async (data) => {
          const before = snapshotOf(tableOf(data));
          const committed = await commitReceived(plansOf(data), {
            transactionId: TRANSACTION_ID,
            fileSystem: stepping(fail(at)),
          });
          if (committed._tag === 'Left') {
            failed += 1;
            assert.match(committed.left.message, /ENOSPC|EACCES|EIO/);
            assert.equal([...snapshotOf(tableOf(data))].sort(), [...before].sort(), `step ${at}`);
            for (const plan of plansOf(data)) await abortReceive(plan);
            assert.equal(readdirSync(data), ['ks']);
          } else {
            assert.equal(await visible(data), AFTER, `step ${at}`);
            assert.ok(committed.right.leftBehind.length > 0, `step ${at} was reported`);
            assert.is((await recover(data))._tag, 'Right');
            assert.equal(await visible(data), AFTER);
          }
        });
      assert.is(failed, steps - 4, 'all but the steps after COMMIT');
    }),
  );

sharedTest(
  test,
  'the disk dies at any step and stays dead: invisible, and gone after recovery',
  () =>
    withFinished(async (fresh) => {
      const steps = (await fresh(trace)).length;
      for (let at = 1; at <= steps; at++)
        await fresh(async (data) => {
          const before = snapshotOf(tableOf(data));
          const committed = await commitReceived(plansOf(data), {
            transactionId: TRANSACTION_ID,
            fileSystem: stepping(async (step) => {
              if (step.index >= at) {
                await step.half();
                throw osError('EIO');
              }
              await step.whole();
            }),
          });
          const expected = committed._tag === 'Left' ? BEFORE : AFTER;
          assert.equal(await visible(data), expected, `step ${at}`);
          assert.is((await recover(data))._tag, 'Right');
          assert.equal(await visible(data), expected, `step ${at}, recovered`);
          if (committed._tag === 'Left')
            assert.equal([...snapshotOf(tableOf(data))].sort(), [...before].sort());
          assert.not.ok(existsSync(stagingRoot(data)));
        });
    }),
);

sharedTest(
  test,
  'COMMIT may be on the disk and can not be taken back: said so, and recovery keeps it',
  () =>
    withFinished((fresh) =>
      fresh(async (data) => {
        let dead = false;
        const committed = await commitReceived(plansOf(data), {
          transactionId: TRANSACTION_ID,
          fileSystem: stepping(async (step) => {
            if (dead) throw osError('EIO');
            await step.whole();
            if (step.name === 'append') {
              dead = true;
              throw osError('EIO');
            }
          }),
        });
        assert.ok(committed._tag === 'Left');
        assert.is(committed.left.code, 'SCM_SSTABLE_UNFINISHED');
        assert.match(committed.left.message, 'recover() decides');
        assert.equal(await visible(data), AFTER);
        assert.is((await recover(data))._tag, 'Right');
        assert.equal(await visible(data), AFTER);
      }),
    ),
);

sharedTest(
  test,
  'refused: not finished, id taken, two folders, one id twice, a comma in the path',
  () =>
    withFinished((fresh) =>
      fresh(async (data) => {
        const parts = { transactionId: TRANSACTION_ID };
        const code = async (plans: readonly ReceivePlan[]): Promise<string> => {
          const committed = await commitReceived(plans, parts);
          assert.ok(committed._tag === 'Left');
          return committed.left.code;
        };
        const [first, second] = plansOf(data) as [ReceivePlan, ReceivePlan];
        const unfinished = planOf(data, nb(), '9');
        await prepareReceive(unfinished);
        fill(unfinished, nb());
        assert.is(await code([first, unfinished]), 'SCM_SSTABLE_UNFINISHED');
        const elsewhere = {
          ...second,
          descriptor: { ...second.descriptor, directory: join(data, 'x') },
        };
        assert.is(await code([first, elsewhere]), 'SCM_SSTABLE_UNSUPPORTED');
        assert.is(await code([first, first]), 'SCM_SSTABLE_UNSUPPORTED');
        const comma = {
          ...first,
          descriptor: { ...first.descriptor, directory: join(data, 'a,b') },
        };
        assert.is(await code([comma]), 'SCM_SSTABLE_UNSUPPORTED');
        writeFileSync(join(tableOf(data), 'nb-7-big-Filter.db'), 'mine');
        assert.is(await code([first, second]), 'SCM_SSTABLE_IO');
        assert.is(readFileSync(join(tableOf(data), 'nb-7-big-Filter.db'), 'utf8'), 'mine');
        assert.equal(await visible(data), BEFORE);
      }),
    ),
);

test('nothing to commit is nothing to do; a transaction id must be a time UUID', async () => {
  const none = await commitReceived([], { transactionId: TRANSACTION_ID });
  assert.ok(none._tag === 'Right');
  const thrown = await commitReceived([], { transactionId: 'x' }).then(
    () => undefined,
    (error: Error) => error,
  );
  assert.instance(thrown, RangeError);
});

test.run();
