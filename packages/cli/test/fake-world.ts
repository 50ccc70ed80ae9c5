// The command line without a process: what it prints is kept, interrupts come from the test. Called by this package's tests only.
import { Writable } from 'node:stream';
import type { World } from '../src/context.ts';
import { execute } from '../src/main.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** What a run printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Codes with which it wanted to end at once; a process would have ended with the first. */
  readonly exits: readonly number[];
  /** The JSON lines of stdout. */
  readonly lines: () => Record<string, unknown>[];
}

/** Runs the command line in this process. `whileRunning` gets a way to interrupt it and what was printed so far. */
export const runCli = async (
  argv: readonly string[],
  options: {
    readonly environment?: NodeJS.ProcessEnv;
    readonly whileRunning?: (handle: {
      interrupt: () => void;
      out: () => string;
      err: () => string;
      /** True once the command is over: a wait for its output would be in vain. */
      ended: () => boolean;
    }) => Promise<void>;
  } = {},
): Promise<Ran> => {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  const world: World = {
    stdout,
    stderr,
    environment: options.environment ?? {},
    nowMs: () => performance.now(),
    onInterrupt: (callback) => {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    exitNow: (code) => {
      exits.push(code);
    },
  };
  let isOver = false;
  const running = execute(argv, world).finally(() => {
    isOver = true;
  });
  await options.whileRunning?.({
    interrupt: () => {
      for (const listener of [...listeners]) listener();
    },
    out: () => stdout.text,
    err: () => stderr.text,
    ended: () => isOver,
  });
  const code = await running;
  return {
    code,
    out: stdout.text,
    err: stderr.text,
    exits,
    lines: () =>
      stdout.text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
};
