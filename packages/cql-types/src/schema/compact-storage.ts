// Control plane. What COMPACT STORAGE makes of a table: the facts by which 2.x laid out its cells, and the columns that 3.0 and later really
// store (spec: sstable-data §4.11; CompactTables). Called by the schema parser, and by readers and writers of rows.
import { type CqlType, nativeType } from '../cql-type.ts';
import type { CompactFacts, SchemaColumn, TableColumns, TableSchema } from './table-schema.ts';

const isCounterType = (type: CqlType): boolean => type.kind === 'native' && type.name === 'counter';

/** True when a column of the table is a counter. */
export const hasCounters = (columns: TableColumns): boolean =>
  [...columns.staticColumns, ...columns.regularColumns].some(({ type }) => isCounterType(type));

/** A super column family as 3.x prints it: the map of sub-columns has no name (CompactTables.SUPER_COLUMN_MAP_COLUMN). */
const hasSuperMap = (columns: TableColumns): boolean =>
  columns.regularColumns.some(({ name, type }) => name === '' && type.kind === 'map');

/** The layout that a table has by its columns (CreateTableStatement of 3.x). */
export const compactFacts = (columns: TableColumns, isCompactStorage: boolean): CompactFacts => {
  const isSuper = isCompactStorage && hasSuperMap(columns);
  const isDense = isCompactStorage && columns.clustering.length > 0;
  const isCompound = !isCompactStorage || (columns.clustering.length > 1 && !isSuper);
  return {
    isCompactStorage,
    isDense,
    isCompound,
    isSuper,
    isStaticCompact: !isDense && !isCompound && !isSuper,
  };
};

/** First of `base`, `base1`, … (or `base1`, `base2`, … when it always has a number) that no column has (CompactTables.DefaultNames). */
const unusedName = (base: string, isNumbered: boolean, columns: TableColumns): string => {
  const used = new Set(
    [
      ...columns.partitionKey,
      ...columns.clustering,
      ...columns.staticColumns,
      ...columns.regularColumns,
    ].map(({ name }) => name),
  );
  let index = isNumbered ? 1 : 0;
  while (used.has(index === 0 ? base : `${base}${index}`)) index += 1;
  return index === 0 ? base : `${base}${index}`;
};

/**
 * The columns that SSTables of 3.0 and later hold for the table. They are the declared ones but for two kinds of COMPACT STORAGE tables: without
 * clustering columns the declared columns are static, beside a hidden clustering column (`column1`, text) and a hidden regular one (`value`, blob
 * or counter); with clustering columns and no other, there is a hidden regular column `value` of type `empty`.
 */
export const storageColumns = (schema: TableSchema): TableColumns => {
  const { partitionKey, clustering, staticColumns, regularColumns } = schema;
  const value = (type: CqlType): SchemaColumn => ({
    name: unusedName('value', false, schema),
    type,
  });
  if (schema.isStaticCompact) {
    const hiddenType = nativeType(schema.isCounter ? 'counter' : 'blob');
    return {
      partitionKey,
      clustering: [{ name: unusedName('column', true, schema), type: nativeType('text') }],
      staticColumns: [...staticColumns, ...regularColumns],
      regularColumns: [value(hiddenType)],
    };
  }
  if (schema.isDense && regularColumns.length === 0)
    return {
      partitionKey,
      clustering,
      staticColumns,
      regularColumns: [value(nativeType('empty'))],
    };
  return { partitionKey, clustering, staticColumns, regularColumns };
};
