// A receiving process is killed with SIGKILL at every step that changes the disk. Afterwards the table is as before or complete, to
// discovery at once and on the disk after recovery.
import { fork } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedFolder, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discover } from '../../src/directory/discover.ts';
import { stagingRoot } from '../../src/receive/plan.ts';
import { recover } from '../../src/receive/recover.ts';
import { writeSSTable } from '../directory/sample-table.ts';
import type { ChildMessage } from './killed-child.ts';
import { componentsOf, da, nb, planOf, receive, snapshotOf, tableOf } from './received-sample.ts';

const SOURCE = fileURLToPath(new URL('./killed-child.ts', import.meta.url));
/** Bundled, since dozens of them are started: a loader of TypeScript would take most of the time. */
const CHILD = fileURLToPath(new URL('../../coverage/killed-child.mjs', import.meta.url));

const bundleChild = async (): Promise<void> => {
  await build({
    entryPoints: [SOURCE],
    outfile: CHILD,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@scamander/source'],
    external: ['@node-rs/crc32', '@mongodb-js/zstd', 'lz4-napi', 'snappy'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
};
const BEFORE = ['nb-1-big-'];
const AFTER = ['nb-1-big-', 'nb-7-big-', 'da-8-bti-'];

/** Runs the child until it stops or is done, kills it where it stopped, and waits until it is gone. */
const runChild = (
  data: string,
  stopAt: number,
  how: 'before' | 'half',
  from: 'receive' | 'commit',
): Promise<ChildMessage> =>
  new Promise((resolve, reject) => {
    const child = fork(CHILD, [data, String(stopAt), how, from], {
      execArgv: [],
      env: { ...process.env, SCAMANDER_SHARED: sharedFolder },
    });
    let last: ChildMessage | undefined;
    child.on('message', (message) => {
      last = message as ChildMessage;
      if (last.type === 'stopped') child.kill('SIGKILL');
      else child.disconnect();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (last === undefined) reject(new Error(`the child ended with ${code ?? signal}`));
      else resolve(last);
    });
  });

const visible = async (data: string): Promise<readonly string[]> =>
  (await discover([data])).tables.flatMap(({ sstables }) =>
    sstables.map(({ descriptor }) => descriptor.prefix),
  );

const checkComplete = (data: string): void => {
  for (const [source, prefix] of [
    [nb(), 'nb-7-big-'],
    [da(), 'da-8-bti-'],
  ] as const)
    for (const component of componentsOf(source)) {
      const copy = readFileSync(join(tableOf(data), `${prefix}${component}`));
      const original = readFileSync(join(source.folder, `${source.prefix}${component}`));
      if (component !== 'Statistics.db') assert.is(Buffer.compare(copy, original), 0, component);
    }
  assert.is(readdirSync(tableOf(data)).filter((name) => name.endsWith('TOC.txt')).length, 3);
};

/** Before or complete: right after the kill, and without a trace after recovery. Says which. */
const checkKilled = async (data: string, table: ReadonlyMap<string, string>): Promise<boolean> => {
  const seen = await visible(data);
  const complete = seen.length > 1;
  assert.equal(seen, complete ? AFTER : BEFORE);
  const recovered = await recover(data);
  if (recovered._tag === 'Left') throw recovered.left;
  assert.equal(recovered.right.problems, []);
  assert.equal(await visible(data), seen);
  assert.not.ok(existsSync(stagingRoot(data)));
  if (complete) checkComplete(data);
  else assert.equal([...snapshotOf(tableOf(data))].sort(), [...table].sort());
  const found = await discover([data]);
  assert.equal(
    found.problems.map(({ message }) => message),
    [],
  );
  return complete;
};

/** Kills at each step in turn, with the disk laid out afresh by `layOut`. */
const killEverywhere = async (
  from: 'receive' | 'commit',
  layOut: (data: string) => void,
): Promise<readonly boolean[]> => {
  const outcomes: boolean[] = [];
  let canHalve = false;
  for (let stopAt = 1, how: 'before' | 'half' = 'before'; ; ) {
    const ended = await withTempFolder(async (data) => {
      layOut(data);
      const table = snapshotOf(tableOf(data));
      const message = await runChild(data, stopAt, how, from);
      outcomes.push(await checkKilled(data, table));
      return message;
    });
    if (ended.type === 'done') return outcomes;
    canHalve = ended.canHalve && how === 'before';
    how = canHalve ? 'half' : 'before';
    if (!canHalve) stopAt += 1;
  }
};

test.before(bundleChild);

sharedTest(test, 'killed at every step of a commit of two SSTables', () =>
  withTempFolder(async (template) => {
    writeSSTable(tableOf(template), 'nb-1-big-');
    await receive(planOf(template, nb(), '7'), nb());
    await receive(planOf(template, da(), '8'), da());
    const outcomes = await killEverywhere('commit', (data) =>
      cpSync(template, data, { recursive: true }),
    );
    // from the COMMIT record on everything is there, and never again gone
    const first = outcomes.indexOf(true);
    assert.ok(first > 20, `complete from kill ${first} on`);
    assert.ok(outcomes.slice(first).every((complete) => complete));
  }),
);

sharedTest(test, 'killed at every step of receiving one SSTable before it is committed', () =>
  withTempFolder(async (template) => {
    writeSSTable(tableOf(template), 'nb-1-big-');
    const outcomes: boolean[] = [];
    for (const stopAt of [1, 2, 3, 6, 9, 11])
      await withTempFolder(async (data) => {
        cpSync(template, data, { recursive: true });
        const table = snapshotOf(tableOf(data));
        const message = await runChild(data, stopAt, 'before', 'receive');
        assert.is(message.type, 'stopped');
        outcomes.push(await checkKilled(data, table));
      });
    assert.ok(outcomes.every((complete) => !complete));
  }),
);

test.run();
