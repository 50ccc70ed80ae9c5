// Control plane: `npm run test:cassandra [-- FOLDER-PATTERN [FILE-PATTERN]]`: every test-cassandra folder against real releases, in runs of a few files.
// SCAMANDER_RELEASES chooses them. The last line is `N passed, N failed, N skipped`; no test at all is a failure.
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { resolveRelease } from './class-path.ts';
import { RealCassandraFailure } from './errors.ts';
import { javaCommand } from './java.ts';
import {
  type Counts,
  countsOf,
  type LaneRun,
  laneFolders,
  laneRuns,
  sumOf,
} from './lane-folders.ts';
import { type Release, releases } from './release.ts';

const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const laneTimeoutMsMax = '3600000';
/** More than one wants more than two cores: rings settle by the clock. */
const runsAtOnceDefault = 1;
let isInterrupted = false;

/** Finds Java, Maven and the jars before any test runs, so that what is missing is said once and plainly. */
const prepare = async (): Promise<Release[]> => {
  const chosen = releases();
  javaCommand();
  for (const version of new Set(chosen.map((release) => release.version))) {
    const { jars } = await resolveRelease(version);
    console.log(`Cassandra ${version}: ${jars.length} jars`);
  }
  return chosen;
};

/** Lines of a run, each with its name before it: others may go on beside it. */
const passOn = (name: string, from: Readable, write: (line: string) => void): void => {
  createInterface({ input: from }).on('line', (line) => write(`${name} | ${line}`));
};

/** The runner's pattern for exactly these files. */
const patternOf = (files: readonly string[]): string =>
  `^(${files.map((file) => file.replace(/\.test\.ts$/, '')).join('|')})(?=\\.test\\.ts$)`;

const runFiles = (
  { folder, files }: LaneRun,
  run: number,
  chosen: readonly Release[],
): Promise<Counts> =>
  new Promise((done, fail) => {
    const cwd = join(root, folder);
    const results = join(cwd, 'coverage', `results-cassandra-${run}.json`);
    rmSync(results, { force: true });
    const runner = join(root, 'tools', 'testing', 'src', 'run-uvu.ts');
    const options = ['--import', 'tsx', '-C', '@scamander/source'];
    const child = spawn(
      process.execPath,
      [...options, runner, results, '--dir', 'test-cassandra', patternOf(files)],
      {
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          TEST_TIMEOUT_MS: laneTimeoutMsMax,
          ...process.env,
          SCAMANDER_RELEASES: chosen.map((release) => release.name).join(','),
        },
      },
    );
    passOn(`${basename(folder)} ${run + 1}`, child.stdout, (line) => console.log(line));
    passOn(`${basename(folder)} ${run + 1}`, child.stderr, (line) => console.error(line));
    const endChild = (): void => {
      isInterrupted = true;
      child.kill('SIGTERM');
    };
    process.once('SIGTERM', endChild);
    child.on('error', fail);
    child.on('close', (code, signal) => {
      process.off('SIGTERM', endChild);
      const isCutOff = !existsSync(results);
      const counts = countsOf(results);
      if (isCutOff || (code !== 0 && counts.failed === 0)) {
        const when = isCutOff ? ' before its tests were over' : '';
        console.error(`FAIL ${folder}: the runner ended with ${signal ?? code}${when}`);
        counts.failed = Math.max(1, counts.failed);
      }
      done(counts);
    });
  });

const main = async (folderPattern: string, filePattern: string): Promise<Counts> => {
  const chosen = await prepare();
  const folders = laneFolders(root).filter((folder) => folder.includes(folderPattern));
  const all: Counts[] = [];
  const waiting = [...laneRuns(root, folders, filePattern).entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (isInterrupted) return;
      const [index, run] = next;
      const start = performance.now();
      const name = `${run.folder} (${run.files.length} files)`;
      console.log(`== ${name}: ${chosen.map((release) => release.name).join(', ')}`);
      const counts = await runFiles(run, index, chosen);
      const seconds = Math.round((performance.now() - start) / 1_000);
      console.log(`== ${name}: ${JSON.stringify(counts)} in ${seconds} s`);
      all.push(counts);
    }
  };
  const runsAtOnce = Number(process.env['SCAMANDER_RUNS_AT_ONCE'] ?? runsAtOnceDefault);
  await Promise.all(Array.from({ length: Math.max(1, runsAtOnce || 1) }, worker));
  console.log(`\nreleases: ${chosen.map((release) => release.name).join(', ')}`);
  return sumOf(all);
};

try {
  const [folderPattern = '', filePattern = ''] = process.argv.slice(2);
  const { passed, failed, skipped } = await main(folderPattern, filePattern);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
} catch (error) {
  // What is missing on the machine is a plain sentence; anything else is a bug and keeps its stack.
  console.error(
    error instanceof RealCassandraFailure ? `FAIL ${error.message}` : (error as Error).stack,
  );
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}
