// An embedded node of the command line's own, beside which a test runs other commands. Called by this package's tests only.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import * as assert from 'uvu/assert';
import { runCli } from './fake-world.ts';

/** The samples of one release. */
export const sample = fileURLToPath(new URL('../samples/4.1.10-nb', import.meta.url));

/** Resolves when the text is there; polls the event loop, never the clock. */
export const until = async (ready: () => boolean, ended: () => boolean): Promise<void> => {
  while (!ready() && !ended()) await new Promise((resolve) => setImmediate(resolve));
};

/** Runs the body beside a `scamander serve` on a free port, and ends it with Ctrl-C. */
export const besideServe = (
  flags: readonly string[],
  body: (port: string, data: string) => Promise<void>,
) =>
  withTempFolder(async (folder) => {
    const data = join(folder, 'data');
    const served = await runCli(['serve', '--data', data, '--listen', '127.0.0.1:0', ...flags], {
      whileRunning: async ({ interrupt, out, ended }) => {
        await until(() => /listening on [\d.]+:\d+/.test(out()), ended);
        try {
          await body(/listening on [\d.]+:(\d+)/.exec(out())?.[1] ?? '', data);
        } finally {
          interrupt();
        }
      },
    });
    assert.is(served.code, 0, served.err);
  });

/** SSTables that are there. */
export const received = (data: string): number =>
  existsSync(join(data, 'demo'))
    ? readdirSync(join(data, 'demo'))
        .flatMap((table) => readdirSync(join(data, 'demo', table)))
        .filter((name) => name.endsWith('-Data.db')).length
    : 0;
