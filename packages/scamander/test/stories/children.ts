// Starts child.ts as a process, once bundled: a loader of TypeScript would take most of the time. Called by the stories that need processes.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const SOURCE = fileURLToPath(new URL('./child.ts', import.meta.url));
const CHILD = fileURLToPath(new URL('../../coverage/child.mjs', import.meta.url));

/** Native modules stay outside, as in the bundle of the command line. */
const EXTERNAL = [
  'koffi',
  'lz4-napi',
  'snappy',
  '@mongodb-js/zstd',
  '@node-rs/crc32',
  'cassandra-driver',
];

/** Call it once before the first child. */
export const bundleChild = (): void => {
  execFileSync(
    join(ROOT, 'node_modules', '.bin', 'esbuild'),
    [
      SOURCE,
      `--outfile=${CHILD}`,
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--conditions=@scamander/source',
      '--log-level=error',
      ...EXTERNAL.map((name) => `--external:${name}`),
      "--banner:js=import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    ],
    { stdio: 'inherit' },
  );
};

/** A running child. */
export class Child {
  /** Of children to come: 512 bytes each (1024 where sh is bash). */
  static fileBlocksMax = 'unlimited';
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #wanted: (() => void)[] = [];
  #ended = false;
  /** Resolves when it is gone, with how it ended. */
  readonly gone: Promise<number | string>;

  constructor(...argv: (string | number)[]) {
    // the shell's limit of the size of a file stands for a disk that is full: Node ignores SIGXFSZ, and writes fail with EFBIG
    this.#process = spawn(
      'sh',
      [
        '-c',
        `ulimit -f "$FILE_BLOCKS_MAX"; exec "$@"`,
        'sh',
        process.execPath,
        CHILD,
        ...argv.map(String),
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, FILE_BLOCKS_MAX: Child.fileBlocksMax },
      },
    );
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('no pipe');
    const lines = createInterface({ input: stdout });
    const wake = (): void => {
      for (const wanted of this.#wanted.splice(0)) wanted();
    };
    lines.on('line', (line) => {
      this.#lines.push(line);
      wake();
    });
    const closed = new Promise<void>((resolve) => lines.on('close', resolve));
    const exited = new Promise<number | string>((resolve, reject) => {
      this.#process.on('error', reject);
      this.#process.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    this.gone = Promise.all([exited, closed]).then(([how]) => {
      this.#ended = true;
      wake();
      return how;
    });
  }

  /** The next line it says, or undefined when it ends without one. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#ended)
      await new Promise<void>((resolve) => this.#wanted.push(resolve));
    return this.#lines.shift();
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.gone;
  }
}
