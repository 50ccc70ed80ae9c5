// Finds the read-only fixtures written by real Cassandra releases, which lie beside the checkout (../shared).
// Called by tests only. Where the folder is missing the tests that need it are counted as skipped, and say so.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const besideCheckout = resolve(fileURLToPath(new URL('../../../../shared', import.meta.url)));

/** The folder with `fixtures/` and `spec/`: SCAMANDER_SHARED, or `shared` beside the checkout; undefined where neither exists. */
export const sharedFolder: string | undefined = [
  process.env['SCAMANDER_SHARED'],
  besideCheckout,
].find((folder) => folder !== undefined && existsSync(join(folder, 'fixtures')));

/** Path of a fixture below `shared/fixtures`. Only inside a {@link sharedTest}. */
export const fixture = (...parts: string[]): string => {
  if (sharedFolder === undefined)
    throw new Error('the shared fixtures are missing; use sharedTest');
  return join(sharedFolder, 'fixtures', ...parts);
};

type UvuTest = {
  (name: string, run: () => void | Promise<void>): void;
  skip(name?: string, run?: () => void | Promise<void>): void;
};

/** Like `test(name, run)`, but counted as skipped, with one plain line, where the shared fixtures are missing. */
export const sharedTest = (test: unknown, name: string, run: () => void | Promise<void>): void => {
  const uvuTest = test as UvuTest;
  if (sharedFolder === undefined) {
    console.log(`skipped (no shared fixtures): ${name}`);
    uvuTest.skip(name, run);
  } else {
    uvuTest(name, run);
  }
};
