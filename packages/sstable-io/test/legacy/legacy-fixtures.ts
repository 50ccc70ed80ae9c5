// The SSTables of 2.0, 2.1 and 2.2 below the shared fixtures, with the schemas of their tables. Called by this folder's tests only.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parseSchema, type TableSchema } from '@scamander/cql-types';
import { fixture, sharedFolder } from '@scamander-tools/testing';
import { discover } from '../../src/directory/discover.ts';
import { ComponentFiles } from '../../src/io/component-files.ts';
import { ADLER_32 } from '../../src/legacy/chunk-checksums.ts';
import { legacyFeatures } from '../../src/legacy/features.ts';
import type { LegacySSTable } from '../../src/legacy/legacy-sstable.ts';
import { openLegacySSTable } from '../../src/legacy/open-legacy.ts';
import { sourceOf } from '../../src/open.ts';
import { DataRowSource } from '../../src/rows/data-row-source.ts';
import type { SSTableFiles } from '../../src/types.ts';

/** Folders of the fixtures, by who wrote them. */
export const REAL = ['real/2.0.17', 'real/2.1.22', 'real/2.2.19'] as const;
const OTHERS = [
  'sstables/jb',
  'sstables/ka',
  'sstables/la',
  'bloom-filter/ka',
  'bloom-filter/la',
] as const;

/** Every SSTable of a version before `ma` that this package reads; none where the shared fixtures are missing. */
export const legacyFixtures: readonly SSTableFiles[] =
  sharedFolder === undefined
    ? []
    : (await discover([...REAL, ...OTHERS].map((folder) => fixture(folder)))).tables.flatMap(
        ({ sstables }) => sstables,
      );

/** `real/2.0.17/colls`, for messages. */
export const folderOf = ({ descriptor }: SSTableFiles): string =>
  relative(fixture(''), descriptor.directory);

/** The SSTable in a folder of the fixtures. */
export const legacyFixture = (folder: string): SSTableFiles => {
  const found = legacyFixtures.find((files) => folderOf(files) === folder);
  if (found === undefined) throw new Error(`no old SSTable in ${folder}`);
  return found;
};

/** Opens; throws what is on the left. */
export const opened = async (files: SSTableFiles): Promise<LegacySSTable> => {
  const result = await openLegacySSTable(files);
  if (result._tag === 'Left') throw result.left;
  return result.right;
};

/** The table that a statement creates. */
export const tableOf = (cql: string): TableSchema => {
  const schema = parseSchema(cql);
  if (schema._tag === 'Left') throw schema.left;
  const [table] = schema.right.tables;
  if (table === undefined) throw new Error(`no table in ${cql}`);
  return table;
};

/** CREATE statements of the tables that come without a file: as Cassandra's own LegacySSTableTest makes them. */
const withoutFile = (name: string): string => {
  const kind = name.replace(/^legacy_[a-z]+_/, '');
  const simple = /^(simple|clust)(_counter)?(_compact)?$/.exec(kind);
  const head = `CREATE TABLE ks.${name}`;
  if (simple !== null) {
    const [, shape, isCounter, isCompact] = simple;
    const type = isCounter === undefined ? 'text' : 'counter';
    const key = shape === 'simple' ? 'PRIMARY KEY (pk)' : 'ck text, PRIMARY KEY (pk, ck)';
    const compact = isCompact === undefined ? '' : ' WITH COMPACT STORAGE';
    return `${head} (pk text, val ${type}, ${key})${compact};`;
  }
  const columns: Readonly<Record<string, string>> = {
    '14766': 'pk int, ck int, value text, PRIMARY KEY (pk, ck))',
    '14803': 'k int, c int, v1 blob, v2 blob, PRIMARY KEY (k, c))',
    '14873':
      'pkc int, cc int, sc int static, rc text, PRIMARY KEY (pkc, cc)) WITH CLUSTERING ORDER BY (cc DESC)',
    '14912': 'k int PRIMARY KEY, v1 set<text>, v2 text)',
    '15081': 'id int PRIMARY KEY, payload text, "paylo!d" text)',
    compacted_multi_block_rt: 'k int, c1 int, c2 int, v1 blob, v2 blob, PRIMARY KEY (k, c1, c2))',
    flushed_multi_block_rt: 'k int, c1 int, c2 int, v1 blob, v2 blob, PRIMARY KEY (k, c1, c2))',
    repeated_rt: 'k int, c1 int, c2 int, val1 text, val2 text, val3 text, PRIMARY KEY (k, c1, c2))',
    cql_created_dense_table_with_bytes:
      'k blob, c blob, v blob, PRIMARY KEY (k, c)) WITH COMPACT STORAGE',
    cql_created_dense_table_with_int:
      'k blob, c blob, v int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE',
    indexed: 'p int, c int, v1 int, v2 int, PRIMARY KEY (p, c))',
    indexed_static:
      'p int, c int, v1 int, v2 int, s1 int static, s2 int static, PRIMARY KEY (p, c))',
    with_illegal_cell_names: 'pk int, c1 text, c2 text, v1 text, PRIMARY KEY (pk, c1, c2))',
    with_illegal_cell_names_2: 'pk int, c1 text, c2 text, v1 text, PRIMARY KEY (pk, c1, c2))',
    with_illegal_cell_names_indexed: 'a text, b text, z text, c text, PRIMARY KEY (a, b, z))',
    foo: 'pk int PRIMARY KEY, val int)',
  };
  const found = columns[kind];
  if (found === undefined) throw new Error(`no schema of ${name}`);
  return `${head} (${found};`;
};

/** Schema of a fixture's table. */
export const schemaOf = ({ descriptor }: SSTableFiles): TableSchema => {
  const file = join(descriptor.directory, 'create.cql');
  if (!existsSync(file)) return tableOf(withoutFile(basename(descriptor.directory)));
  const lines = readFileSync(file, 'utf8').split('\n');
  return tableOf(lines.filter((line) => /^(create|alter) /i.test(line)).join('\n'));
};

/** Data.db of an SSTable as it is before compression. */
export const uncompressed = async (files: SSTableFiles): Promise<Uint8Array> => {
  const components = new ComponentFiles(files);
  try {
    const { version } = files.descriptor;
    const features = legacyFeatures('big', version, 'Data.db');
    if (features._tag === 'Left') throw features.left;
    const source = await sourceOf(components, features.right, -1, ADLER_32);
    const rows = new DataRowSource(source);
    const bytes = new Uint8Array(source.dataLengthBytes);
    rows.nextRun();
    for (let at = 0; at < bytes.length; ) at += await rows.read(bytes, at, bytes.length - at);
    return bytes;
  } finally {
    await components.close();
  }
};
