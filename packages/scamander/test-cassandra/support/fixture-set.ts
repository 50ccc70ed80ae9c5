// Control plane. Fixture SSTables of older releases, laid out as a data directory has them. Called by older-files.test.ts.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixture } from '@scamander-tools/testing';
import { type Cql, freshKeyspace } from './nodes.ts';

/** Tables of one folder below fixtures/real. */
export interface FixtureSet {
  readonly folder: string;
  readonly keyspace: string;
  readonly tables: readonly FixtureTable[];
}

/** One table. */
export interface FixtureTable {
  readonly name: string;
  /** CREATE TYPE, CREATE TABLE and ALTER TABLE, with the keyspace. */
  readonly ddl: readonly string[];
  /** What SELECT gave where the SSTables were made. */
  readonly rows: number;
}

type Dumped = {
  readonly rows?: readonly {
    readonly type: string;
    readonly liveness_info?: unknown;
    readonly cells?: readonly { readonly deletion_info?: unknown }[];
  }[];
};

/** Rows that SELECT gives, of what sstabledump printed of the table's only SSTable. */
const liveRows = (partitions: readonly Dumped[]): number => {
  let count = 0;
  for (const { rows = [] } of partitions) {
    const isLive = (row: (typeof rows)[number]): boolean =>
      row.liveness_info !== undefined ||
      (row.cells ?? []).some(({ deletion_info }) => deletion_info === undefined);
    const live = rows.filter((row) => row.type === 'row' && isLive(row)).length;
    const hasStatic = rows.some((row) => row.type === 'static_block' && isLive(row));
    count += live === 0 && hasStatic ? 1 : live;
  }
  return count;
};

const qualified = (statement: string, keyspace: string): string =>
  statement.replace(
    new RegExp(`^((?:CREATE|ALTER) (?:TABLE|TYPE) )(?!${keyspace}\\.)`, 'i'),
    `$1${keyspace}.`,
  );

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** A table of `<release>-<format>`: schema.cql and expect.json. */
const newTable = (folder: string, keyspace: string, name: string): FixtureTable => ({
  name,
  ddl: readFileSync(join(folder, 'schema.cql'), 'utf8')
    .split('\n')
    .filter((line) => /^(CREATE|ALTER) (TABLE|TYPE)/.test(line))
    .map((line) => qualified(line, keyspace)),
  rows: readJson<{ rows: number }>(join(folder, 'expect.json')).rows,
});

/** A table of `3.0.31` or `3.11.19`: create.cql and the dump of each SSTable. */
const oldTable = (folder: string, name: string): FixtureTable => ({
  name,
  ddl: readFileSync(join(folder, 'create.cql'), 'utf8')
    .split('\n')
    .filter((line) => /^(create|alter) (table|type)/i.test(line)),
  rows: readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .reduce((sum, file) => sum + liveRows(readJson<Dumped[]>(join(folder, file))), 0),
});

const hasData = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('-Data.db'));

/** The set with those of the named tables that it has. */
export const fixtureSet = (folder: string, names: readonly string[]): FixtureSet => {
  const isOld = !folder.includes('-');
  const keyspace = isOld ? 'scm_real' : 'fx';
  return {
    folder,
    keyspace,
    tables: names
      .filter((name) => hasData(fixture('real', folder, name)))
      .map((name) => {
        const at = fixture('real', folder, name);
        return isOld ? oldTable(at, name) : newTable(at, keyspace, name);
      }),
  };
};

/** Copies the components into `<to>/<keyspace>/<table>`. */
export const layOut = ({ folder, keyspace, tables }: FixtureSet, to: string): string => {
  for (const { name } of tables) {
    const at = join(to, keyspace, name);
    mkdirSync(at, { recursive: true });
    for (const file of readdirSync(fixture('real', folder, name)))
      if (/\.(db|txt|crc32)$/.test(file))
        cpSync(fixture('real', folder, name, file), join(at, file));
  }
  return join(to, keyspace);
};

/** Makes the tables at the target. */
export const createFixtureTables = async (cql: Cql, set: FixtureSet): Promise<void> => {
  await freshKeyspace(cql, set.keyspace);
  const made = new Set<string>();
  for (const statement of set.tables.flatMap(({ ddl }) => ddl)) {
    if (!made.has(statement)) await cql.execute(statement.replace(/;\s*$/, ''));
    made.add(statement);
  }
};
