// Control plane: `npm run test:cassandra [-- FOLDER-PATTERN [FILE-PATTERN]]`: every test-cassandra folder against real releases.
// SCAMANDER_RELEASES chooses them. The last line is `N passed, N failed, N skipped`; no test at all is a failure.
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveRelease } from './class-path.ts';
import { RealCassandraFailure } from './errors.ts';
import { javaCommand } from './java.ts';
import { type Counts, countsOf, laneFolders, sumOf } from './lane-folders.ts';
import { type Release, releases } from './release.ts';

const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const laneTimeoutMsMax = '3600000';
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

const runFolder = (folder: string, chosen: readonly Release[], pattern: string): Promise<Counts> =>
  new Promise((done, fail) => {
    const cwd = join(root, folder);
    const results = join(cwd, 'coverage', 'results-cassandra.json');
    rmSync(results, { force: true });
    const runner = join(root, 'tools', 'testing', 'src', 'run-uvu.ts');
    const options = ['--import', 'tsx', '-C', '@scamander/source'];
    const child = spawn(
      process.execPath,
      [...options, runner, results, '--dir', 'test-cassandra', pattern],
      {
        cwd,
        stdio: 'inherit',
        env: {
          TEST_TIMEOUT_MS: laneTimeoutMsMax,
          ...process.env,
          SCAMANDER_RELEASES: chosen.map((release) => release.name).join(','),
        },
      },
    );
    const endChild = (): void => {
      isInterrupted = true;
      child.kill('SIGTERM');
    };
    process.once('SIGTERM', endChild);
    child.on('error', fail);
    child.on('exit', (code, signal) => {
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
  for (const folder of folders) {
    const start = performance.now();
    console.log(`\n== ${folder}: ${chosen.map((release) => release.name).join(', ')}`);
    const counts = await runFolder(folder, chosen, filePattern);
    const seconds = Math.round((performance.now() - start) / 1_000);
    console.log(`== ${folder}: ${JSON.stringify(counts)} in ${seconds} s`);
    all.push(counts);
    if (isInterrupted) break;
  }
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
