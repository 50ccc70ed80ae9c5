import { cqlName, storageColumns, type TableSchema } from '@scamander/cql-types';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parsedTable } from './parsed.ts';

/** What 3.0 lists as the table's flags, and `static compact`. */
const flags = (schema: TableSchema): string[] =>
  (
    [
      ['dense', schema.isDense],
      ['compound', schema.isCompound],
      ['super', schema.isSuper],
      ['static compact', schema.isStaticCompact],
    ] as const
  )
    .filter(([, has]) => has)
    .map(([name]) => name);

const stored = (schema: TableSchema): string[][] => {
  const columns = storageColumns(schema);
  return [columns.clustering, columns.staticColumns, columns.regularColumns].map((list) =>
    list.map(({ name, type }) => `${name} ${cqlName(type)}`),
  );
};

interface Case {
  readonly cql: string;
  readonly flags: readonly string[];
  /** Clustering, static and regular columns, as stored. */
  readonly stored: readonly (readonly string[])[];
}

// Flags: system_schema.tables of 3.11. Columns: the headers of SSTables that 3.0 and 3.11 wrote, and CompactTables.
const CASES: readonly Case[] = [
  {
    cql: '(k int, c int, v int, PRIMARY KEY (k, c))',
    flags: ['compound'],
    stored: [['c int'], [], ['v int']],
  },
  { cql: '(k int PRIMARY KEY, v int)', flags: ['compound'], stored: [[], [], ['v int']] },
  {
    cql: '(k int, a text, b int, v blob, PRIMARY KEY (k, a, b)) WITH COMPACT STORAGE',
    flags: ['dense', 'compound'],
    stored: [['a text', 'b int'], [], ['v blob']],
  },
  {
    cql: '(k int, c text, v counter, PRIMARY KEY (k, c)) WITH COMPACT STORAGE',
    flags: ['dense'],
    stored: [['c text'], [], ['v counter']],
  },
  {
    cql: '(k int, c int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE',
    flags: ['dense'],
    stored: [['c int'], [], ['value empty']],
  },
  {
    cql: '(k int, value int, PRIMARY KEY (k, value)) WITH COMPACT STORAGE',
    flags: ['dense'],
    stored: [['value int'], [], ['value1 empty']],
  },
  {
    cql: '(k text PRIMARY KEY, v int, w text) WITH COMPACT STORAGE',
    flags: ['static compact'],
    stored: [['column1 text'], ['v int', 'w text'], ['value blob']],
  },
  {
    cql: '(column1 text PRIMARY KEY, value counter) WITH COMPACT STORAGE',
    flags: ['static compact'],
    stored: [['column2 text'], ['value counter'], ['value1 counter']],
  },
  {
    cql: '(k blob, column1 text, "" map<bigint, blob>, PRIMARY KEY (k, column1)) WITH COMPACT STORAGE',
    flags: ['dense', 'super'],
    stored: [['column1 text'], [], [' map<bigint, blob>']],
  },
];

test('flags and stored columns of compact tables', () => {
  for (const { cql, flags: expected, stored: columns } of CASES) {
    const schema = parsedTable(`CREATE TABLE t ${cql}`);
    assert.equal(flags(schema), expected, cql);
    assert.equal(stored(schema), columns, cql);
  }
});

test('what COMPACT STORAGE hides becomes visible when it is dropped', () => {
  for (const { cql, stored: columns } of CASES) {
    if (!cql.includes('COMPACT') || cql.includes('""')) continue;
    const schema = parsedTable(`CREATE TABLE t ${cql}; ALTER TABLE t DROP COMPACT STORAGE;`);
    assert.equal(flags(schema), ['compound'], cql);
    assert.equal(stored(schema), columns, cql);
  }
});

test.run();
