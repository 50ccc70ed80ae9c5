// Control plane: starts a process under `measured` and tells its output lines as they come, and what it cost. Called by the cases.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measured } from '../native/build.ts';
import { scratchFolder } from '../paths.ts';

/** A line of output, with the milliseconds since the process was started. */
export type StampedLine = { readonly atMs: number; readonly text: string };

/** What a process cost, as the kernel counted it, from its start to its end. */
export type Cost = {
  readonly exitCode: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly maxRssBytes: number;
};

/** A process that ended as it should. */
export type Finished = { readonly cost: Cost; readonly lines: readonly StampedLine[] };

/** A running process. */
export type MeasuredProcess = {
  /** The first line that fits, when it comes. Rejects when the process ends before. */
  line(fits: (text: string) => boolean): Promise<StampedLine>;
  signal(name: 'SIGINT' | 'SIGTERM'): void;
  /** Rejects when the exit code is none of the accepted ones. */
  readonly ended: Promise<Finished>;
};

const outputBytesMax = 4_000;
let count = 0;

/** Reads what `measured` wrote. */
export const parseCost = (text: string): Cost => {
  const { exitCode, seconds, userSeconds, systemSeconds, maxRssBytes } = JSON.parse(text) as Record<
    string,
    number
  >;
  return {
    exitCode: exitCode ?? -1,
    seconds: seconds ?? 0,
    cpuSeconds: (userSeconds ?? 0) + (systemSeconds ?? 0),
    maxRssBytes: maxRssBytes ?? 0,
  };
};

/** The same command, its output where it costs nothing. */
export const silently = (command: readonly string[]): readonly string[] => [
  '/bin/sh',
  '-c',
  'exec "$@" >/dev/null',
  'sh',
  ...command,
];

/** Starts it. The environment is ours plus `environment`. */
export const startMeasured = (
  command: readonly string[],
  {
    environment = {},
    accept = [0],
  }: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly accept?: readonly number[];
  } = {},
): MeasuredProcess => {
  mkdirSync(scratchFolder, { recursive: true });
  count += 1;
  const costFile = join(scratchFolder, `cost-${process.pid}-${count}.json`);
  const startMs = performance.now();
  // NODE_OPTIONS of the benchmark itself are not for the processes that are measured.
  const child = spawn(measured, [costFile, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  });
  const lines: StampedLine[] = [];
  const waiting = new Set<() => void>();
  let partial = '';
  let errors = '';
  let isOver = false;
  const wake = (): void => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const atMs = performance.now() - startMs;
    const parts = `${partial}${chunk}`.split('\n');
    partial = parts.pop() ?? '';
    for (const text of parts) lines.push({ atMs, text });
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors = `${errors}${chunk}`.slice(-outputBytesMax);
  });
  const failure = (what: string): Error => {
    const output = lines.map(({ text }) => text).join('\n');
    const name = command.join(' ');
    return new Error(
      `${name.slice(0, 200)} … ${name.slice(-200)}: ${what}\n${output.slice(-outputBytesMax)}\n${errors}`,
    );
  };
  const ended = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      isOver = true;
      wake();
      if (code === null || !accept.includes(code)) {
        rmSync(costFile, { force: true });
        reject(failure(`ended with ${code ?? signal}`));
        return;
      }
      const cost = parseCost(readFileSync(costFile, 'utf8'));
      rmSync(costFile);
      resolve({ cost, lines });
    });
  });
  // Whoever waits for a line hears of the failure there; nobody may be left with an unhandled rejection.
  ended.catch(() => undefined);
  return {
    ended,
    signal: (name) => void child.kill(name),
    line: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find(({ text }) => fits(text));
          if (found === undefined && !isOver) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(failure('ended without the line that was waited for'));
        };
        waiting.add(look);
        look();
      }),
  };
};
