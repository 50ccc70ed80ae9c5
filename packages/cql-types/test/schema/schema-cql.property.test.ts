import {
  parseSchema,
  type SchemaColumn,
  sameType,
  schemaCql,
  type TableSchema,
} from '@scamander/cql-types';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { arbitrarySchema, type SchemaParts } from './arbitrary-schema.ts';
import { parsedTable } from './parsed.ts';

/** The parts as a table; what follows from them does not matter to the printer. */
const asTable = (parts: SchemaParts): TableSchema => ({
  ...parts,
  isDense: false,
  isCompound: true,
  isSuper: false,
  isStaticCompact: false,
  isView: false,
  isCounter: false,
  options: {
    compression: undefined,
    bloomFilterFpChance: undefined,
    minIndexInterval: undefined,
    gcGraceSeconds: undefined,
    defaultTimeToLive: undefined,
    all: parts.options,
  },
});

const sameColumns = (
  found: readonly SchemaColumn[],
  expected: readonly SchemaColumn[],
  cql: string,
): void => {
  assert.is(found.length, expected.length, cql);
  for (const [index, { name, type }] of expected.entries()) {
    const other = found[index] as SchemaColumn;
    assert.is(other.name, name, cql);
    assert.ok(sameType(other.type, type), `${name}: ${cql}`);
  }
};

test('a random table is read back from its CQL', () => {
  fc.assert(
    fc.property(arbitrarySchema, (parts) => {
      const cql = schemaCql(asTable(parts));
      const back = parseSchema(cql);
      if (back._tag === 'Left') throw new Error(`${back.left.message}\n${cql}`);
      const [table] = back.right.tables;
      assert.ok(table !== undefined && back.right.tables.length === 1);
      for (const list of ['partitionKey', 'clustering', 'staticColumns', 'regularColumns'] as const)
        sameColumns(table[list], parts[list], cql);
      sameColumns(table.dropped, parts.dropped, cql);
      for (const [index, { isStatic, droppedAtMicros }] of parts.dropped.entries()) {
        assert.is(table.dropped[index]?.isStatic, isStatic, cql);
        assert.is(table.dropped[index]?.droppedAtMicros, droppedAtMicros, cql);
      }
      for (const field of ['keyspace', 'table', 'id', 'isCompactStorage'] as const)
        assert.is(table[field], parts[field], cql);
      assert.equal(table.options.all, parts.options, cql);
      assert.is(schemaCql(table), cql);
    }),
    { numRuns: 300 },
  );
});

test('a column that was dropped and added again is both', () => {
  const table = parsedTable(`CREATE TABLE t (k int, c int, v int, s int static, PRIMARY KEY (k, c));
    ALTER TABLE t DROP v USING TIMESTAMP 5; ALTER TABLE t ADD v bigint;
    ALTER TABLE t DROP s USING TIMESTAMP 6; ALTER TABLE t ADD s text static;`);
  assert.equal(parsedTable(schemaCql(table)), table);
});

test('names that are keywords are quoted', () => {
  const cql = schemaCql(parsedTable('CREATE TABLE "table" ("select" int PRIMARY KEY, "to" int)'));
  assert.match(cql, 'CREATE TABLE IF NOT EXISTS ks."table" (\n    "select" int,\n    "to" int,');
});

test.run();
