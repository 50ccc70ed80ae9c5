// The SSTables of 0.7 to 1.2 below the shared fixtures, with schemas for their Thrift families. Called by this folder's tests only.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { TableSchema } from '@scamander/cql-types';
import { fixture, sharedFolder } from '@scamander-tools/testing';
import { discover } from '../../src/directory/discover.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { tableOf } from './legacy-fixtures.ts';

const RELEASES = ['0.7.10', '0.8.10', '1.0.5', '1.0.12', '1.1.12', '1.2.0', '1.2.2', '1.2.19'];

/** What was found below the releases' folders. */
export const oldestDiscovery =
  sharedFolder === undefined
    ? { tables: [], problems: [] }
    : await discover(RELEASES.map((release) => fixture(`real/${release}`)));

/** Every SSTable of 0.7 to 1.2; none where the shared fixtures are missing. */
export const oldestFixtures: readonly SSTableFiles[] = oldestDiscovery.tables.flatMap(
  ({ sstables }) => sstables,
);

/** Release and family of a fixture. */
export const whoseOf = ({
  descriptor,
}: SSTableFiles): { readonly release: string; readonly family: string } => ({
  release: basename(dirname(descriptor.directory)),
  family: basename(descriptor.directory),
});

/** Text of a file beside the SSTable. */
export const textBeside = ({ descriptor }: SSTableFiles, name: string): string =>
  readFileSync(join(descriptor.directory, name), 'utf8');

/** A family of Thrift as CQL 3 of 2.x shows it; a super column family has both names as clustering columns. */
const COLUMNS: Readonly<Record<string, string>> = {
  Wide: 'column1 bigint, value blob, primary key (key, column1)',
  Super: 'column1 text, column2 bigint, value blob, primary key (key, column1, column2)',
  Count: 'column1 text, value counter, primary key (key, column1)',
};
const STANDARD = 'column1 text, value blob, primary key (key, column1)';

/** Schema of a fixture's family or table. */
export const oldestSchemaOf = (files: SSTableFiles): TableSchema => {
  const { family } = whoseOf(files);
  if (family === 'Cql') {
    const lines = textBeside(files, 'statements.txt').split('\n');
    const create = lines.find((line) => line.startsWith('CREATE TABLE')) as string;
    return tableOf(create.replace('CREATE TABLE ', 'CREATE TABLE cqlfix.'));
  }
  const columns = COLUMNS[family] ?? STANDARD;
  return tableOf(`create table ks.f (key blob, ${columns}) with compact storage;`);
};
