// Control plane. The sample SSTables that the command line ships, as sources that need no writer. Called by the tests.
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Release } from '@scamander-tools/real-cassandra';

const folder = fileURLToPath(new URL('../../../cli/samples', import.meta.url));

/** The samples that every mode of the release reads: 6.0 and 5.0 get those of 5.0. */
export const sampleFor = ({ family }: Release): string =>
  join(folder, family.startsWith('4.') ? '4.1.10-nb' : '5.0.6-nb', 'demo');

/** The folder of one sample table. */
export const sampleTable = (release: Release, table: string): string => {
  const below = sampleFor(release);
  const name = readdirSync(below).find((entry) => entry.startsWith(`${table}-`));
  if (name === undefined) throw new Error(`no sample table ${table}`);
  return join(below, name);
};

/** A copy of it that a test may damage; gives the copy's folder. */
export const copyOfSample = (release: Release, table: string, to: string): string => {
  const from = sampleTable(release, table);
  const at = join(to, 'demo', from.slice(from.lastIndexOf('/') + 1));
  cpSync(from, at, { recursive: true });
  return at;
};
