// Starts ledger-child.ts as processes, once bundled: a loader of TypeScript would take most of the time. Called by the tests of ledgers only.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const SOURCE = fileURLToPath(new URL('./ledger-child.ts', import.meta.url));
const CHILD = fileURLToPath(new URL('../../coverage/ledger-child.mjs', import.meta.url));

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
export const bundleLedgerChild = (): void => {
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

/** Files larger than this can't be written by a child that has a limit; a shell's block is 512 or 1024 bytes. */
const BLOCKS = 200;

/** A child that waits to be told to open. */
export class LedgerChild {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #gone: Promise<void>;

  constructor(mode: 'hold' | 'append' | 'full', path: string) {
    // the shell's limit of the size of a file stands for a disk that is full: writes fail with EFBIG
    const limit = mode === 'full' ? `ulimit -f ${BLOCKS}; ` : '';
    this.#process = spawn(
      'sh',
      ['-c', `${limit}exec "$@"`, 'sh', process.execPath, CHILD, mode, path],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('no pipe');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    this.#gone = new Promise((resolve, reject) => {
      this.#process.on('error', reject);
      this.#process.on('exit', () => resolve());
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The next line it says; empty when it ended. */
  async next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    return done === true ? '' : value;
  }

  /** Lets it go on: to open first, to close then. */
  go(): void {
    this.#process.stdin?.write('go\n');
  }

  /** Opens at once; what it says of it. */
  async opened(): Promise<string> {
    if ((await this.next()) !== 'ready') throw new Error('the child did not start');
    this.go();
    return this.next();
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#gone;
  }

  async ended(): Promise<void> {
    await this.#gone;
  }
}
