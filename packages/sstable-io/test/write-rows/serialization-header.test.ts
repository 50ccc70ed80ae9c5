import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseSchema, type TableSchema } from '@scamander/cql-types';
import { sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readStatistics } from '../../src/open.ts';
import type { SerializationHeader, SSTableFiles } from '../../src/types.ts';
import { serializationHeaderOfTable } from '../../src/write-rows/serialization-header.ts';
import { fixtureSSTables, nameOf } from '../fixture-sstables.ts';

type Columns = SerializationHeader['regularColumns'];

/** The schema beside an SSTable; undefined where there is none. */
const schemaBeside = ({ descriptor }: SSTableFiles): TableSchema | undefined => {
  const path = ['schema.cql', 'create.cql']
    .map((name) => join(descriptor.directory, name))
    .find(existsSync);
  if (path === undefined) return undefined;
  const schema = parseSchema(readFileSync(path, 'utf8'), { keyspace: 'fx' });
  if (schema._tag === 'Left') throw schema.left;
  // folders of other partitioners have a prefix
  const folder = basename(descriptor.directory);
  const found = schema.right.tables.filter(({ table }) => folder.endsWith(table));
  return found.find(({ table }) => table === folder) ?? found[0];
};

/** 3.0 leaves FrozenType out around user types (spec: sstable-data §7.2): there the wrappers do not count. */
const comparable = (type: string, isOf30: boolean): string =>
  isOf30 ? type.replaceAll(/[\w.]+\.FrozenType\(|\)/g, '') : type;

const byName = (columns: Columns): ReadonlyMap<string, string> =>
  new Map(columns.map(({ name, type }) => [Buffer.from(name).toString('utf8'), type]));

/** The columns that were used when it was flushed, in order; each as the schema has it, unless it was dropped since. */
const compareColumns = (
  found: Columns,
  made: Columns,
  schema: TableSchema,
  isOf30: boolean,
  name: string,
): number => {
  const types = byName(made);
  const dropped = new Set(schema.dropped.map((column) => column.name));
  const kept = [...byName(found)].filter(([column]) => !dropped.has(column) || types.has(column));
  for (const [column, type] of kept)
    assert.is(
      comparable(types.get(column) ?? 'none', isOf30),
      comparable(type, isOf30),
      `${name} ${column}`,
    );
  const order = [...types.keys()].filter((column) => kept.some(([other]) => other === column));
  assert.equal(
    order,
    kept.map(([column]) => column),
    name,
  );
  return kept.length;
};

sharedTest(test, 'headers of real SSTables are those of the schemas beside them', async () => {
  let tables = 0;
  let columns = 0;
  for (const files of fixtureSSTables) {
    const schema = schemaBeside(files);
    if (schema === undefined) continue;
    const name = nameOf(files);
    const statistics = await readStatistics(files);
    if (statistics._tag === 'Left') throw statistics.left;
    const { header } = statistics.right;
    const made = serializationHeaderOfTable(schema);
    const isOf30 = files.descriptor.directory.includes('/3.0.');
    assert.is(comparable(made.keyType, isOf30), comparable(header.keyType, isOf30), name);
    assert.equal(made.clusteringTypes, header.clusteringTypes, name);
    columns += compareColumns(header.staticColumns, made.staticColumns, schema, isOf30, name);
    columns += compareColumns(header.regularColumns, made.regularColumns, schema, isOf30, name);
    tables += 1;
  }
  assert.ok(tables > 400 && columns > 2000, `${tables} tables, ${columns} columns`);
});

test.run();
