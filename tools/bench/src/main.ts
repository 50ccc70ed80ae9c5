// Control plane: `npm run bench`: builds, makes datasets, runs the cases one after the other, keeps and renders the results.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { allCases } from './cases/all.ts';
import { makeDatasets } from './datasets/write-datasets.ts';
import { buildCommandLine, buildNative, buildPrograms } from './native/build.ts';
import { type BenchOptions, helpText, parseOptions } from './options.ts';
import { cacheFolder, pageFile, resultsFile, scratchFolder } from './paths.ts';
import { renderPage } from './report/page.ts';
import {
  type CaseResult,
  formatResults,
  mergeResults,
  noResults,
  parseResults,
  type Results,
} from './report/results.ts';
import { renderCase } from './report/tables.ts';
import { settingNow } from './setting.ts';

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const kept = (): Results =>
  existsSync(resultsFile) ? parseResults(readFileSync(resultsFile, 'utf8')) : noResults;

const writePage = (results: Results): void => writeFileSync(pageFile, renderPage(results));

const keep = (results: Results, options: BenchOptions): void => {
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, formatResults(results));
  if (!options.write) return;
  const all = mergeResults(kept(), results);
  mkdirSync(dirname(resultsFile), { recursive: true });
  writeFileSync(resultsFile, formatResults(all));
  writePage(parseResults(formatResults(all)));
};

const runCases = async (options: BenchOptions): Promise<void> => {
  const cases = allCases.filter(
    ({ name }) => options.only.length === 0 || options.only.includes(name),
  );
  buildNative();
  buildPrograms();
  if (!options.skipBuild) buildCommandLine();
  const needs = cases.flatMap((one) => one.needs(options.quick));
  const unique = [...new Map(needs.map((dataset) => [dataset.name, dataset])).values()];
  const datasets = await makeDatasets(unique, tell);
  const results: CaseResult[] = [];
  for (const one of cases) {
    tell(`${one.name}${options.quick ? ' (quick)' : ''}`);
    const setting = settingNow(cacheFolder);
    try {
      const contenders = await one.run({ quick: options.quick, datasets, tell });
      const result = { name: one.name, quick: options.quick, setting, contenders };
      results.push(result);
      process.stdout.write(`\n${renderCase(result)}\n`);
      keep({ format: 'scamander-bench-1', cases: results }, options);
    } catch (error) {
      // The other cases still say something; the exit code tells that this one does not.
      tell(`${one.name} failed: ${error instanceof Error ? error.stack : String(error)}`);
      process.exitCode = 1;
    } finally {
      rmSync(scratchFolder, { recursive: true, force: true });
    }
  }
};

const run = async (): Promise<void> => {
  let options: BenchOptions;
  try {
    options = parseOptions(
      process.argv.slice(2),
      allCases.map(({ name }) => name),
    );
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    tell(helpText);
    process.exitCode = 2;
    return;
  }
  if (options.help) process.stdout.write(helpText);
  else if (options.clean) rmSync(cacheFolder, { recursive: true, force: true });
  else if (options.render) writePage(kept());
  else await runCases(options);
};

await run();
