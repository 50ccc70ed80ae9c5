#!/usr/bin/env node
// Starts the command line: the bundle where it is there and no source is newer (always, once installed), else the sources through tsx.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const bundle = join(here, '..', 'dist', 'bundle', 'main.js');
const packages = join(here, '..', '..');

const newestBelow = (folder) => {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestBelow(path) : statSync(path).mtimeMs);
  }
  return newest;
};

const isCheckout = existsSync(join(packages, '..', 'nx.json'));

const bundleIsFresh = () => {
  if (!existsSync(bundle)) return false;
  if (!isCheckout) return true;
  const built = statSync(bundle).mtimeMs;
  return readdirSync(packages).every((name) => {
    const source = join(packages, name, 'src');
    return !existsSync(source) || newestBelow(source) <= built;
  });
};

if (bundleIsFresh()) {
  const { run } = await import(pathToFileURL(bundle).href);
  await run(process.argv.slice(2));
} else {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const child = spawn(
    process.execPath,
    [
      '--import',
      pathToFileURL(tsx).href,
      '-C',
      '@scamander/source',
      join(here, '..', 'src', 'main.ts'),
      ...process.argv.slice(2),
    ],
    // In a group of its own: a terminal sends Ctrl-C to the whole group, and with what is passed on here once would be twice.
    { stdio: 'inherit', detached: true, env: { ...process.env, SCAMANDER_RUN_MAIN: '1' } },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
