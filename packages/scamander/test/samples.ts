// The samples of the command line as tests use them. Called by this package's tests only.
import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The samples shipped with the command line: one data directory for each release and version. */
export const SAMPLES = fileURLToPath(new URL('../../cli/samples', import.meta.url));

/** Every data directory of the samples. */
export const sampleFolders: readonly string[] = readdirSync(SAMPLES)
  .map((name) => join(SAMPLES, name))
  .filter((path) => statSync(path).isDirectory())
  .sort();

/** A table of the samples, such as `users`; all of the releases have the same names and ids. */
export const sampleTable = (release: string, table: string): string => {
  const keyspace = join(SAMPLES, release, 'demo');
  const name = readdirSync(keyspace).find((one) => one.startsWith(`${table}-`));
  if (name === undefined) throw new Error(`no table ${table} in ${keyspace}`);
  return join(keyspace, name);
};

const tableFolderName = (folder: string): string => folder.slice(folder.lastIndexOf('/') + 1);

/** A table directory of a test's own, laid out as `<folder>/demo/<table>-<id>`, without the notes beside the components. */
export const copyTable = (release: string, table: string, folder: string): string => {
  const source = sampleTable(release, table);
  const target = join(folder, 'demo', tableFolderName(source));
  cpSync(source, target, {
    recursive: true,
    filter: (path) => !/schema\.cql$|expected\.json$|snapshots$/.test(path),
  });
  return target;
};
