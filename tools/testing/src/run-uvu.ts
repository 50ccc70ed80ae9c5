// Runs every *.test.ts below a folder (default: test/) in this process and writes {passed, failed, skipped} to a file.
// Called by the workspace plugin's `test` target and by the real-Cassandra lanes. uvu alone reports success on several
// real failures (a thrown non-Error, a throwing `before`, a file that never calls run()); this runner does not.
//
// usage: run-uvu.ts RESULTS.json [--dir FOLDER] [PATTERN]
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'uvu/parse';

type SuiteResult = [errors: string | true, passed: number, skipped: number, total: number];
type SuiteRun = () => Promise<SuiteResult>;
type UvuGlobals = {
  /** What tests started for all their files (shared nodes) and want to end after the last one. */
  SCAMANDER_AFTER_ALL_FILES?: Set<() => Promise<void>>;
  UVU_DEFER?: number;
  UVU_INDEX?: number;
  UVU_QUEUE?: (string | null | SuiteRun)[][];
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dir: { type: 'string', default: 'test' } },
});
const resultsFile = resolve(positionals[0] ?? 'coverage/results.json');
const pattern = positionals[1] ?? '';
const timeoutMs = Number(process.env['TEST_TIMEOUT_MS'] ?? 1_200_000);
const counts = { passed: 0, failed: 0, skipped: 0 };
const complaints: string[] = [];
/** Files that took long, for whoever wonders where the time went. */
const slow: { readonly file: string; readonly seconds: number }[] = [];
const slowSecondsMin = 5;

const complain = (text: string): void => {
  counts.failed += 1;
  complaints.push(text);
};

const watched =
  (file: string, run: SuiteRun): SuiteRun =>
  async () => {
    const startedMs = performance.now();
    const [errors, passed, skipped, total] = await run();
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    if (seconds >= slowSecondsMin) slow.push({ file, seconds });
    counts.passed += passed;
    counts.skipped += skipped;
    const failed = total - passed;
    counts.failed += failed;
    if (errors === true && failed > 0) {
      complaints.push(
        `${file}: ${failed} of ${total} tests did not pass and gave no error (a hook or a test threw something that is not an Error)`,
      );
      return ['a hook or a test threw something that is not an Error', passed, skipped, total];
    }
    return [errors, passed, skipped, total];
  };

const finish = (): void => {
  const longestFirst = slow.sort((one, other) => other.seconds - one.seconds);
  for (const { file, seconds } of longestFirst) console.log(`${seconds} s: ${file}`);
  for (const text of complaints) console.error(`FAIL ${text}`);
  mkdirSync(dirname(resultsFile), { recursive: true });
  writeFileSync(resultsFile, `${JSON.stringify(counts)}\n`);
  if (counts.failed > 0) process.exitCode = 1;
};

const main = async (): Promise<void> => {
  rmSync(resultsFile, { force: true });
  const globals = globalThis as UvuGlobals;
  globals.UVU_DEFER = 1;
  const uvu = (await import('uvu')) as unknown as { exec(bail?: boolean): Promise<void> };
  const queue = globals.UVU_QUEUE ?? [];
  globals.UVU_QUEUE = queue;
  queue.length = 0;
  const { suites } = await parse(values.dir, `(?:${pattern}).*\\.test\\.ts$`);
  if (suites.length === 0) complain(`no test file in ${values.dir} matches "${pattern}"`);
  for (const [index, file] of suites.entries()) {
    globals.UVU_INDEX = index;
    const group: (string | null | SuiteRun)[] = [file.name];
    queue.push(group);
    try {
      await import(pathToFileURL(file.file).href);
    } catch (error) {
      complain(
        `${file.name}: could not be loaded: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    const runs = group.slice(1) as SuiteRun[];
    if (runs.length === 0 && complaints.every((text) => !text.startsWith(`${file.name}:`))) {
      complain(`${file.name}: queued no suite (is test.run() missing?)`);
    }
    queue[index] = [file.name, ...runs.map((run) => watched(file.name, run))];
  }
  await uvu.exec();
  for (const end of globals.SCAMANDER_AFTER_ALL_FILES ?? []) {
    await end().catch((error: Error) => complain(`after the last file: ${error.stack}`));
  }
};

const overtime = setTimeout(() => {
  complain(`the tests did not end within ${timeoutMs} ms`);
  finish();
  process.exit(1);
}, timeoutMs);
overtime.unref();

process.on('uncaughtException', (error) => {
  complain(`uncaught: ${error instanceof Error ? error.stack : String(error)}`);
  finish();
  process.exit(1);
});
process.on('unhandledRejection', (reason) => {
  complain(
    `unhandled rejection: ${reason instanceof Error ? reason.stack : JSON.stringify(reason)}`,
  );
  finish();
  process.exit(1);
});

await main();
finish();
// An open handle is a leak in a test or in the code under test: name it instead of hanging for ever.
const lingering = setTimeout(() => {
  complain(
    `the process was still alive 10 s after the last test; open: ${process.getActiveResourcesInfo().join(', ')}`,
  );
  finish();
  process.exit(1);
}, 10_000);
lingering.unref();
// keeps the verdict honest when something holds the loop open: the timer above is unref'd, so it only fires then
