// Adds up the results files of all packages and tools and prints the one line CI reads: "N passed, N failed, N skipped".
// Called after `nx run-many -t test`. A project with a test folder and no results counts as one failure; zero tests fail.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Counts = { passed: number; failed: number; skipped: number };

const resultsOf = (project: string): Counts => {
  const file = join(project, 'coverage', 'results.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  console.error(`FAIL ${project}: has tests but left no results`);
  return { passed: 0, failed: 1, skipped: 0 };
};

/** Sums the results of every project below the given folders that has a `test` folder. */
export const addUp = (roots: readonly string[]): Counts => {
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const root of roots) {
    for (const name of readdirSync(root)) {
      const project = join(root, name);
      if (!existsSync(join(project, 'test'))) continue;
      const { passed, failed, skipped } = resultsOf(project);
      total.passed += passed;
      total.failed += failed;
      total.skipped += skipped;
    }
  }
  return total;
};

if (process.argv[1]?.endsWith('report.ts')) {
  const { passed, failed, skipped } = addUp(['packages', 'tools']);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
