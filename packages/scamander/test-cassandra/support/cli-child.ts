// Control plane. The command line as processes that can be killed, bundled once: a loader of TypeScript would take most of their time. Called by the
// tests. Bundled as tools/build/build.mjs does it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const OUT = fileURLToPath(new URL('../../coverage/cli', import.meta.url));
const EXTERNAL = [
  'koffi',
  'lz4-napi',
  'snappy',
  '@mongodb-js/zstd',
  '@node-rs/crc32',
  'cassandra-driver',
];

/** Call it once before the first child. */
export const bundleCli = (): void => {
  execFileSync(
    join(ROOT, 'node_modules', '.bin', 'esbuild'),
    [
      ...['main.ts', 'worker.ts'].map((name) => join(ROOT, 'packages', 'cli', 'src', name)),
      `--outdir=${OUT}`,
      '--bundle',
      '--splitting',
      '--keep-names',
      '--platform=node',
      '--format=esm',
      '--conditions=@scamander/source',
      `--alias:rxjs=${join(ROOT, 'node_modules/rxjs/dist/esm/index.js')}`,
      '--log-level=error',
      ...EXTERNAL.map((name) => `--external:${name}`),
      "--banner:js=import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    ],
    { stdio: 'inherit', cwd: ROOT },
  );
};

/** How a child ended. */
export interface ChildEnd {
  /** Undefined where it was killed. */
  readonly code: number | undefined;
  /** Lines of its stdout. */
  readonly lines: number;
  readonly lastLine: string;
  readonly err: string;
}

/** Runs `scamander ARGS…`, and kills it with SIGKILL as soon as it has said so many lines; 0 = at once when it was started. */
export const runKilled = (
  args: readonly string[],
  killAfterLines = Number.POSITIVE_INFINITY,
): Promise<ChildEnd> => {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SCAMANDER_')),
  );
  const child: ChildProcess = spawn(process.execPath, [join(OUT, 'main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, SCAMANDER_RUN_MAIN: '1' },
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no pipes');
  let [lines, lastLine, err] = [0, '', ''];
  const killIfDue = (): void => {
    if (lines >= killAfterLines) child.kill('SIGKILL');
  };
  createInterface({ input: stdout }).on('line', (line) => {
    lines += 1;
    lastLine = line;
    killIfDue();
  });
  stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.on('spawn', killIfDue);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? undefined, lines, lastLine, err }));
  });
};
