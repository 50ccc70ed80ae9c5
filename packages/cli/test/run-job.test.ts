// Jobs in a worker thread and in this one: the same output, the same errors, the same end when they are aborted.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sstablesAt } from '../src/commands/sstable-paths.ts';
import type { DumpInput } from '../src/jobs/dump.ts';
import type { JobEvent } from '../src/jobs/job.ts';
import { type JobListener, runJob, WORKER_BYTES_MIN } from '../src/run-job.ts';

const demo = fileURLToPath(new URL('../samples/4.1.10-nb/demo', import.meta.url));

const inputFor = async (paths: readonly string[]): Promise<DumpInput> => ({
  sstables: (await sstablesAt(paths)).sstables,
  format: 'json',
  timestamps: 'raw',
  nowSeconds: 1_700_000_000,
  keysOnly: false,
  tagged: false,
  endsWithNewline: false,
});

interface Heard {
  text: string;
  readonly events: JobEvent[];
  progress: [number, number];
}

const listening = (onOutput: () => Promise<void> = async () => undefined) => {
  const heard: Heard = { text: '', events: [], progress: [0, 0] };
  const listener: JobListener = {
    progress: (done, total) => {
      heard.progress = [done, total];
    },
    event: (event) => void heard.events.push(event),
    output: async (bytes) => {
      heard.text += Buffer.from(bytes).toString('utf8');
      await onOutput();
    },
  };
  return { heard, listener };
};

const places: readonly [string, number][] = [
  ['in a worker', WORKER_BYTES_MIN],
  ['in this thread', 0],
];

for (const [place, dataBytes] of places) {
  const run = (input: DumpInput, listener: JobListener, signal = new AbortController().signal) =>
    runJob('dump', input, listener, { signal, dataBytes });

  test(`${place}: output, progress and result arrive`, async () => {
    const { heard, listener } = listening();
    const input = await inputFor([demo]);
    const end = await run(input, listener);
    assert.equal(end, { _tag: 'Right', right: { bad: 0, kinds: [] } });
    const arrays = heard.text.split(/^(?=\[)/m).map((text) => JSON.parse(text) as unknown[]);
    assert.is(arrays.length, input.sstables.length);
    assert.is(heard.progress[0], heard.progress[1]);
    assert.ok(heard.progress[1] > 0);
  });

  test(`${place}: what is wrong with the command line is the job's Left`, async () => {
    const { listener } = listening();
    const end = await run({ ...(await inputFor([demo])), where: 'body >' }, listener);
    assert.ok(end._tag === 'Left');
    assert.is(end._tag === 'Left' && end.left.code, 'SCM_SELECT_SYNTAX');
    assert.is(end._tag === 'Left' && end.left.kind, 'usage');
  });

  test(`${place}: a bad SSTable is an event, and the others follow`, () =>
    withTempFolder(async (folder) => {
      cpSync(demo, folder, { recursive: true });
      const table = join(folder, readdirSync(folder).find((one) => one.startsWith('users-')) ?? '');
      const data = join(table, 'nb-1-big-Data.db');
      const bytes = readFileSync(data);
      bytes[40] = (bytes[40] ?? 0) ^ 0xff;
      writeFileSync(data, bytes);
      const { heard, listener } = listening();
      const end = await run(await inputFor([table]), listener);
      assert.equal(end, { _tag: 'Right', right: { bad: 1, kinds: ['bad-data'] } });
      const [problem] = heard.events;
      assert.is(problem?.type === 'Problem' && problem.error.code, 'SCM_SSTABLE_CORRUPT');
      assert.match(heard.text, /"key" : \[ "\d+" \]/);
    }));

  test(`${place}: aborted before it begins, it ends at once`, async () => {
    const { heard, listener } = listening();
    const end = await run(await inputFor([demo]), listener, AbortSignal.abort());
    assert.equal(end, { _tag: 'Aborted' });
    assert.is(heard.text, '');
  });

  test(`${place}: aborted at its first output, it ends soon`, async () => {
    const controller = new AbortController();
    const { heard, listener } = listening(async () => controller.abort());
    const { sstables, ...input } = await inputFor([demo]);
    const many = Array.from({ length: 200 }, () => sstables).flat();
    const end = await run({ ...input, sstables: many }, listener, controller.signal);
    assert.equal(end, { _tag: 'Aborted' });
    assert.ok(heard.text.length < 400_000, String(heard.text.length));
  });
}

test.run();
