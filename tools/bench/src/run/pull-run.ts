// Control plane: runs `scamander pull` from a `scamander serve` on a dataset. Called by the cases of the whole job.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from '../cases/case.ts';
import { datasetKeyspace, type MadeDataset } from '../datasets/dataset.ts';
import { commandLine, scratchFolder } from '../paths.ts';
import { freePort } from './listening.ts';
import { storyOf } from './load-events.ts';
import { type Cost, startMeasured } from './measured-process.ts';
import { host } from './pair.ts';

const nodeCommand = [process.execPath, commandLine];
/** serve ends by Ctrl-C. */
const serveExits = [0, 130];

/** What is pulled from where; the node's data directory holds the table and nothing else. */
export type Pullable = Pick<MadeDataset, 'name' | 'totalBytes'> & {
  readonly dataDirectory: string;
};

/** How a pair of pull and serve shall run. */
export type PullOptions = {
  readonly pullArguments?: readonly string[];
  readonly serveArguments?: readonly string[];
  readonly pullEnvironment?: Readonly<Record<string, string>>;
};

/** An embedded node on the data, one pull from it, and its end. Rejects unless everything came. */
export const pullFromServe = async (
  { name, totalBytes, dataDirectory }: Pullable,
  { pullArguments = [], serveArguments = [], pullEnvironment = {} }: PullOptions = {},
): Promise<{ readonly pull: Measured; readonly serve: Cost }> => {
  mkdirSync(scratchFolder, { recursive: true });
  const into = mkdtempSync(join(scratchFolder, 'pull-'));
  const listen = `${host}:${await freePort()}`;
  try {
    const serving = startMeasured(
      [
        ...nodeCommand,
        'serve',
        '--data',
        dataDirectory,
        '--listen',
        listen,
        '--json',
        '--quiet',
      ].concat(serveArguments),
      { accept: serveExits },
    );
    await serving.line((text) => text.includes('"Listening"'));
    try {
      const command = [...nodeCommand, 'pull', `${datasetKeyspace}.${name}`]
        .concat(['--no-cql', '--from', listen, '--into', join(into, 'data'), '--json', '--quiet'])
        .concat(pullArguments);
      const { cost, lines } = await startMeasured(command, { environment: pullEnvironment }).ended;
      const story = storyOf(lines, cost.seconds);
      if (story.verdict !== 'complete')
        throw new Error(`${command.join(' ')}: ended ${story.verdict}`);
      serving.signal('SIGINT');
      const pull = { ...cost, seconds: story.elapsedSeconds, bytes: totalBytes };
      return { pull, serve: (await serving.ended).cost };
    } catch (error) {
      serving.signal('SIGTERM');
      await serving.ended.catch(() => undefined);
      throw error;
    }
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
};
