// Processes of a test: one script bundled once (a loader of TypeScript would take most of the time of each), and children that run it, say lines, and
// can be killed. Called by tests only.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Native modules stay outside, as in the bundle of the command line. */
const EXTERNAL = [
  'koffi',
  'lz4-napi',
  'snappy',
  '@mongodb-js/zstd',
  '@node-rs/crc32',
  'cassandra-driver',
];

/** Makes one file of a script and everything it imports. Call it once before the first child. */
export const bundleScript = (source: string, outfile: string): void => {
  execFileSync(
    join(ROOT, 'node_modules', '.bin', 'esbuild'),
    [
      source,
      `--outfile=${outfile}`,
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

/** How a child is started. */
export interface ScriptChildOptions {
  /** Files can't grow larger than so many blocks of 512 bytes (1024 where sh is bash). @default unlimited */
  readonly fileBlocksMax?: number | 'unlimited';
}

/** A running script. It must be killed, or end by itself. */
export class ScriptChild {
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #wanted: (() => void)[] = [];
  #ended = false;
  /** Resolves when it is gone and all that it said was read, with how it ended. */
  readonly gone: Promise<number | string>;

  constructor(
    script: string,
    argv: readonly (string | number)[],
    { fileBlocksMax = 'unlimited' }: ScriptChildOptions = {},
  ) {
    // the shell's limit of the size of a file stands for a disk that is full: Node ignores SIGXFSZ, and writes fail with EFBIG
    this.#process = spawn(
      'sh',
      [
        '-c',
        `ulimit -f ${fileBlocksMax}; exec "$@"`,
        'sh',
        process.execPath,
        script,
        ...argv.map(String),
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('no pipe');
    const lines = createInterface({ input: stdout });
    lines.on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    const closed = new Promise<void>((resolve) => lines.on('close', resolve));
    const exited = new Promise<number | string>((resolve, reject) => {
      this.#process.on('error', reject);
      this.#process.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    this.gone = Promise.all([exited, closed]).then(([how]) => {
      this.#ended = true;
      this.#wake();
      return how;
    });
  }

  #wake(): void {
    for (const wanted of this.#wanted.splice(0)) wanted();
  }

  /** Of the script: the shell is gone by then. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The next line it says, or undefined when it ends without one. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#ended)
      await new Promise<void>((resolve) => this.#wanted.push(resolve));
    return this.#lines.shift();
  }

  /** A line for its input. */
  tell(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.gone;
  }
}
