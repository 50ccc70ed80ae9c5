// Control plane: where the benchmark keeps things. Constants only; everything below the cache folder is ignored by git.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const rootFolder = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
/** Everything that a run makes; `--clean` removes it. */
export const cacheFolder = join(rootFolder, '.cache', 'bench');
export const datasetsFolder = join(cacheFolder, 'datasets');
export const binFolder = join(cacheFolder, 'bin');
export const programsFolder = join(cacheFolder, 'programs');
/** Emptied before and after each case. */
export const scratchFolder = join(cacheFolder, 'scratch');
/** C sources. */
export const nativeFolder = join(rootFolder, 'tools', 'bench', 'native');
/** The command line as people start it. */
export const commandLine = join(rootFolder, 'packages', 'cli', 'bin', 'scamander.mjs');
/** Results as data, and the page rendered from them. */
export const resultsFile = join(rootFolder, 'docs', 'performance.json');
export const pageFile = join(rootFolder, 'docs', 'PERFORMANCE.md');
