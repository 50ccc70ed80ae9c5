// Imports every built package the way a user does, without the source condition. Called by CI after the build: it is the only check that
// sees an import path which works from sources and fails from dist.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
let imported = 0;
for (const name of readdirSync(join(root, 'packages'))) {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  for (const path of Object.keys(manifest.exports).filter((key) => key !== './package.json')) {
    await import(join(root, 'packages', name, manifest.exports[path].default));
    imported += 1;
  }
}
console.log(`imported ${imported} built entry points`);
