// Control plane: runs `scamander load`, alone or into a fresh `scamander serve`. Called by the cases of the whole job.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from '../cases/case.ts';
import type { MadeDataset } from '../datasets/dataset.ts';
import { commandLine, scratchFolder } from '../paths.ts';
import { freePort } from './listening.ts';
import { type LoadStory, storyOf } from './load-events.ts';
import { type Cost, startMeasured } from './measured-process.ts';
import { host } from './pair.ts';

const nodeCommand = [process.execPath, commandLine];
/** serve ends by Ctrl-C. */
const serveExits = [0, 130];

/** One load: cost of the process, and its own story. */
export type LoadRun = { readonly cost: Cost; readonly story: LoadStory; readonly bytes: number };

/** `scamander load DATASET ARGUMENTS…`. Rejects unless everything was acknowledged. */
export const runLoad = async (dataset: MadeDataset, args: readonly string[]): Promise<LoadRun> => {
  const command = [...nodeCommand, 'load', dataset.tableFolder, '--json', '--quiet', ...args];
  const { cost, lines } = await startMeasured(command).ended;
  const story = storyOf(lines, cost.seconds);
  if (story.verdict !== 'complete') throw new Error(`${command.join(' ')}: ended ${story.verdict}`);
  return { cost, story, bytes: dataset.totalBytes };
};

/** How a pair of load and serve shall run. */
export type PairOptions = {
  readonly loadArguments?: readonly string[];
  readonly serveArguments?: readonly string[];
  readonly serveEnvironment?: Readonly<Record<string, string>>;
};

/** A fresh embedded node, one load into it, and its end. */
export const loadIntoServe = async (
  dataset: MadeDataset,
  { loadArguments = [], serveArguments = [], serveEnvironment = {} }: PairOptions = {},
): Promise<{ readonly load: LoadRun; readonly serve: Cost }> => {
  mkdirSync(scratchFolder, { recursive: true });
  const data = mkdtempSync(join(scratchFolder, 'serve-'));
  const listen = `${host}:${await freePort()}`;
  try {
    const serving = startMeasured(
      [...nodeCommand, 'serve', '--data', data, '--listen', listen, '--like', dataset.tableFolder]
        .concat(['--json', '--quiet'])
        .concat(serveArguments),
      { environment: serveEnvironment, accept: serveExits },
    );
    await serving.line((text) => text.includes('"Listening"'));
    try {
      const load = await runLoad(dataset, ['--no-cql', '--to', listen, ...loadArguments]);
      serving.signal('SIGINT');
      return { load, serve: (await serving.ended).cost };
    } catch (error) {
      serving.signal('SIGTERM');
      await serving.ended.catch(() => undefined);
      throw error;
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
};

/** The sample of a load whose seconds are the load's own. */
export const loadSample = ({ cost, story, bytes }: LoadRun): Measured => ({
  seconds: story.elapsedSeconds,
  bytes,
  cpuSeconds: cost.cpuSeconds,
  maxRssBytes: cost.maxRssBytes,
  phases: story.phases,
});

/** The same with the seconds of the whole process. */
export const processSample = (run: LoadRun): Measured => ({
  ...loadSample(run),
  seconds: run.cost.seconds,
});
