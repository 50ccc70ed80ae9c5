// Type-checks tests, benches and tools, which are never emitted. Called by `npm run typecheck` and CI; exits 1 on the first error.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const configs = ['packages', 'tools'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .flatMap((name) => [
      join(folder, name, 'tsconfig.test.json'),
      join(folder, name, 'tsconfig.check.json'),
    ])
    .filter((file) => existsSync(join(root, file))),
);
let failed = configs.length === 0;
for (const config of configs) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', config, '--noEmit'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`FAIL types of ${config}`);
    failed = true;
  }
}
process.exitCode = failed ? 1 : 0;
