// Finds the TypeScript examples of the readmes and runs each as it stands. Called by the tests.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK = /^```ts\n([\s\S]*?)^```$/gm;

/** The ```ts blocks of a readme, in order. */
export const examplesOf = (readme: string): readonly string[] =>
  [...readme.matchAll(BLOCK)].map((match) => match[1] ?? '');

/** Runs one example from inside the given package folder; resolves with what it printed, rejects with its output when it fails. */
export const runExample = (packageFolder: string, code: string): Promise<string> => {
  const folder = mkdtempSync(join(packageFolder, 'coverage-readme-'));
  const file = join(folder, 'example.ts');
  writeFileSync(file, code);
  return new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', '-C', '@scamander/source', file],
      { cwd: packageFolder, timeout: 60_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`the example failed: ${error.message}\n${stdout}${stderr}`));
      },
    );
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
};
