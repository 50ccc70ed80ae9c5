import {
  type CqlType,
  type CqlValue,
  decodeValue,
  encodeValue,
  freeze,
  isMultiCell,
  type TableSchema,
} from '@scamander/cql-types';
import { withTempFolder } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { valuesOf } from '../../../cql-types/test/arbitrary-values.ts';
import { ClusteringComparator, ROW_KIND } from '../../src/rows/clustering-comparator.ts';
import type { Row } from '../../src/rows/model.ts';
import { collectionParts } from '../../src/write-rows/collection-parts.ts';
import { CqlSSTableWriter } from '../../src/write-rows/cql-sstable-writer.ts';
import type { RowValues } from '../../src/write-rows/statement.ts';
import { type RandomTable, tables } from '../arbitrary/tables.ts';
import { orThrow, readAll, type WholePartition, withSSTable } from '../rows/reading.ts';

const schemaOf = (table: RandomTable): TableSchema => ({
  keyspace: 'ks',
  table: 't',
  id: undefined,
  partitionKey: table.keyTypes.map((type, i) => ({ name: `k${i}`, type })),
  clustering: table.clustering.map((type, i) => ({ name: `c${i}`, type })),
  staticColumns: table.staticColumns,
  regularColumns: table.regularColumns,
  dropped: [],
  isView: false,
  isCounter: false,
  isCompactStorage: false,
  isDense: false,
  isCompound: true,
  isSuper: false,
  isStaticCompact: false,
  options: {
    compression: undefined,
    bloomFilterFpChance: undefined,
    minIndexInterval: undefined,
    gcGraceSeconds: undefined,
    defaultTimeToLive: undefined,
    all: new Map(),
  },
});

/** CQL lets no partition key be empty, but parts of one. */
const hasKey = ({ key }: ByteRow): boolean => key.length > 1 || key[0]?.length !== 0;

/** A row as the bytes of its values, frozen; undefined for what it does not have. */
interface ByteRow {
  readonly key: readonly Uint8Array[];
  readonly clustering: readonly Uint8Array[];
  readonly columns: readonly (Uint8Array | undefined)[];
}

const typed = (type: CqlType, bytes: Uint8Array): CqlValue => {
  const value = decodeValue(freeze(type), bytes);
  if (value._tag === 'Left') throw value.left;
  return value.right;
};

/** A Map or Set of JavaScript has no −0 among its keys: values with one can't be said. */
const canBeSaid = (type: CqlType, bytes: Uint8Array): boolean => {
  const back = encodeValue(type, typed(type, bytes));
  return back._tag === 'Right' && Buffer.compare(back.right, bytes) === 0;
};

const byteRow = (table: RandomTable): fc.Arbitrary<ByteRow> => {
  const one = (type: CqlType) =>
    valuesOf(freeze(type), { empty: false }).filter((bytes) => canBeSaid(freeze(type), bytes));
  const columns = [...table.staticColumns, ...table.regularColumns];
  return fc.record({
    key: fc.tuple(...table.keyTypes.map(one)),
    clustering: fc.tuple(...table.clustering.map(one)),
    columns: fc.tuple(
      ...columns.map(({ type }) => fc.option(one(type), { nil: undefined, freq: 3 })),
    ),
  });
};

/** The row as the writer takes it. */
const valuesByName = (schema: TableSchema, row: ByteRow): RowValues => {
  const values: Record<string, CqlValue> = {};
  for (const [i, { name, type }] of schema.partitionKey.entries())
    values[name] = typed(type, row.key[i] as Uint8Array);
  for (const [i, { name, type }] of schema.clustering.entries())
    values[name] = typed(
      type.kind === 'reversed' ? type.base : type,
      row.clustering[i] as Uint8Array,
    );
  for (const [i, { name, type }] of [...schema.staticColumns, ...schema.regularColumns].entries()) {
    const bytes = row.columns[i];
    if (bytes !== undefined) values[name] = typed(type, bytes);
  }
  return values;
};

const hex = (bytes: Uint8Array | null | undefined): string =>
  bytes === null || bytes === undefined ? '-' : Buffer.from(bytes).toString('hex');

/** What a column's cells should be: one with the value, or one for each element. */
const expectedCells = (type: CqlType, bytes: Uint8Array): string[] =>
  isMultiCell(type)
    ? collectionParts(freeze(type), bytes).map(
        ({ path, value }) => `${type.kind === 'list' ? 'list' : hex(path)}=${hex(value)}`,
      )
    : [`-=${hex(bytes)}`];

const cellsOf = (row: Row | undefined, name: string): string[] => {
  const data = row?.columns.find(({ column }) => column.text === name);
  return (data?.cells ?? []).map(
    ({ path, value }) =>
      `${data?.column.type.kind === 'list' && data.column.isComplex ? 'list' : hex(path)}=${hex(value)}`,
  );
};

const compositeKey = (parts: readonly Uint8Array[]): string =>
  parts.length === 1
    ? hex(parts[0])
    : parts.map((part) => `${part.length.toString(16).padStart(4, '0')}${hex(part)}00`).join('');

/** Rows of places that differ to the table's types; static columns of a partition by its last row. */
const withoutTwins = (table: RandomTable, rows: readonly ByteRow[]): ByteRow[] => {
  const comparator = new ClusteringComparator(table.clustering);
  const isTwin = (a: ByteRow, b: ByteRow): boolean =>
    compositeKey(a.key) === compositeKey(b.key) &&
    comparator.compare(ROW_KIND, a.clustering, ROW_KIND, b.clustering) === 0;
  return rows.filter((row, i) => !rows.slice(0, i).some((other) => isTwin(row, other)));
};

const check = (
  schema: TableSchema,
  rows: readonly ByteRow[],
  read: readonly WholePartition[],
): void => {
  const keys = new Set(rows.map(({ key }) => compositeKey(key)));
  assert.equal(new Set(read.map(({ head }) => hex(head.key))), keys);
  assert.is(
    read.reduce((sum, partition) => sum + partition.rows.length, 0),
    rows.length,
  );
  for (const row of rows) {
    const partition = read.find(({ head }) => hex(head.key) === compositeKey(row.key));
    const place = row.clustering.map(hex).join();
    const found = partition?.rows.find(
      (other): other is Row => other.kind === 'row' && other.clustering.map(hex).join() === place,
    );
    assert.ok(found !== undefined, place);
    for (const [i, { name, type }] of schema.regularColumns.entries()) {
      const bytes = row.columns[schema.staticColumns.length + i];
      assert.equal(
        cellsOf(found, name),
        bytes === undefined ? [] : expectedCells(type, bytes),
        name,
      );
    }
    const last = rows.filter((other) => compositeKey(other.key) === compositeKey(row.key));
    for (const [i, { name, type }] of schema.staticColumns.entries()) {
      const bytes = last.findLast(({ columns }) => columns[i] !== undefined)?.columns[i];
      const cells = cellsOf(partition?.head.staticRow, name);
      assert.equal(cells, bytes === undefined ? [] : expectedCells(type, bytes), name);
    }
  }
};

for (const version of ['me', 'nb', 'oa', 'da'] as const)
  test(`rows of random tables are read back from ${version}, in memory and sorted on disk`, () =>
    withTempFolder(async (folder) => {
      let number = 0;
      const random = tables({ vectors: version !== 'me' }).chain((table) =>
        fc
          .array(byteRow(table).filter(hasKey), { minLength: 1, maxLength: 12 })
          .map((rows) => ({ table, rows: withoutTwins(table, rows) })),
      );
      await fc.assert(
        fc.asyncProperty(
          random,
          fc.constantFrom(1, 3000, 1e6),
          async ({ table, rows }, bufferBytesMax) => {
            const schema = schemaOf(table);
            number += 1;
            const directory = `${folder}/${number}`;
            const writer = await CqlSSTableWriter.create({
              schema,
              directory,
              version,
              bufferBytesMax,
            });
            for (const [i, row] of rows.entries())
              await writer.insert(valuesByName(schema, row), {
                timestampMicros: BigInt(1000 + i * 10),
              });
            const [files] = await writer.finish();
            if (files === undefined) throw new Error('no SSTable');
            await withSSTable(files, async (sstable) => {
              assert.equal((await sstable.verify('deep')).errors, []);
              check(schema, rows, await readAll(orThrow(await sstable.rows())));
            });
          },
        ),
        { numRuns: 25 },
      );
    }));

test.run();
