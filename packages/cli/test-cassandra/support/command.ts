// Control plane. The command line as a process of its own, as people start it, and in this one, which is faster. Called by the tests.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../test/fake-world.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** One JSON line of stdout. */
export type Line = Readonly<Record<string, unknown>> & { readonly type: string };

/** How a run ended. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A run that is not over. */
export interface Running {
  readonly ended: Promise<Ran>;
  /** Resolves when stdout has the text, rejects when the process ends without it. */
  untilOut(text: string): Promise<void>;
  interrupt(): void;
}

/** Starts `scamander ARGS…`. Nothing of this process's environment that could be a flag is handed on. */
export const start = (...args: readonly string[]): Running => {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SCAMANDER_')),
  );
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '-C', '@scamander/source', main, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment, SCAMANDER_RUN_MAIN: '1' } },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return {
    ended,
    untilOut: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (out.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        look();
        void ended.then(() => reject(new Error(`it ended before "${text}":\n${out}\n${err}`)));
      }),
    interrupt: () => void child.kill('SIGINT'),
  };
};

/** Runs it to its end, in this process: the same code from the arguments to the exit code, without seconds of starting. */
export const run = (...args: readonly string[]): Promise<Ran> => runCli(args);

/** Every line of stdout, each of which must be a JSON object with a type. */
export const linesOf = ({ out }: Ran): readonly Line[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const parsed = JSON.parse(line) as Line;
      if (typeof parsed.type !== 'string') throw new Error(`a line without type: ${line}`);
      return parsed;
    });
