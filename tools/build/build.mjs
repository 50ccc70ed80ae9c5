// Builds everything that is published: `tsc -b` for the packages, one esbuild bundle for the command line.
// Called by `npm run build`, and by prepare.mjs after an install. Removes old output first: tsc leaves files of removed sources behind.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const packages = readdirSync(join(root, 'packages'));

for (const name of packages)
  rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true });

const projects = packages
  .map((name) => join('packages', name, 'tsconfig.lib.json'))
  .filter((file) => existsSync(join(root, file)));
execFileSync(
  process.execPath,
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', ...projects],
  {
    cwd: root,
    stdio: 'inherit',
  },
);

// Native modules stay outside: they are found in node_modules at run time, and each has a fallback or a clear error.
await build({
  absWorkingDir: root,
  // The worker is a file of its own beside the bundle: threads start from files (packages/cli/src/run-job.ts).
  entryPoints: ['packages/cli/src/main.ts', 'packages/cli/src/worker.ts'],
  outdir: 'packages/cli/dist/bundle',
  bundle: true,
  splitting: true,
  // Class and function names stay: errors and the data path's worker use them.
  minify: true,
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@scamander/source'],
  // The CommonJS build that Node's condition picks can't be shaken; the other one is the same code.
  alias: { rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js') },
  external: [
    'koffi',
    'lz4-napi',
    'snappy',
    '@mongodb-js/zstd',
    '@node-rs/crc32',
    'cassandra-driver',
  ],
  banner: {
    js: "import { createRequire as scamanderRequire } from 'node:module'; const require = scamanderRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
