// Control plane. Whether rows of a stream fit the table they are for (spec: streaming-4.0-plus §3.2, "Receiver rules";
// SerializationHeader.Component#toHeader). Called where the receiver knows the table's schema. Pure.
import {
  freeze,
  isMultiCell,
  type SchemaColumn,
  storageColumns,
  type TableSchema,
  typeString,
} from '@scamander/cql-types';
import { typeOf } from '../io/clustering-values.ts';
import type { Column } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { SerializationHeader } from '../types.ts';

/** "Every static/regular column name must exist in the receiver's table (with the same static-ness) or among its dropped columns." */
const columnProblem = (
  columns: readonly Column[],
  known: readonly SchemaColumn[],
  schema: TableSchema,
  what: 'static' | 'regular',
): string | undefined => {
  const byName = new Map(known.map((column) => [column.name, column]));
  for (const { text, isComplex } of columns) {
    const declared = byName.get(text);
    if (declared === undefined) {
      const isDropped = schema.dropped.some(
        ({ name, isStatic }) => name === text && isStatic === (what === 'static'),
      );
      if (!isDropped) return `the table has no ${what} column "${text}"`;
    } else if (isMultiCell(declared.type) !== isComplex) {
      return `column "${text}" has ${isComplex ? 'several cells' : 'one cell'}, not as the table says`;
    }
  }
  return undefined;
};

const isReversed = (type: SchemaColumn['type']): boolean => type.kind === 'reversed';

type HeaderColumns = SerializationHeader['regularColumns'];

/**
 * The header with user types frozen that the table calls frozen: 3.0 had no others and did not say so (spec: sstable-data pitfall 18;
 * SSTableHeaderFix). From 4.0 on headers say it themselves.
 */
export const headerAsDeclared = (
  header: SerializationHeader,
  sstableVersion: string,
  schema: TableSchema,
): SerializationHeader => {
  if (!sstableVersion.startsWith('m')) return header;
  const { staticColumns, regularColumns } = storageColumns(schema);
  const asDeclared = (columns: HeaderColumns, declared: readonly SchemaColumn[]): HeaderColumns =>
    columns.map((column) => {
      const name = Buffer.from(column.name).toString('utf8');
      const type = declared.find((one) => one.name === name)?.type;
      if (type?.kind !== 'udt' || !type.frozen) return column;
      const written = typeOf(column.type);
      return written.kind === 'udt' ? { ...column, type: typeString(freeze(written)) } : column;
    });
  return {
    ...header,
    staticColumns: asDeclared(header.staticColumns, staticColumns),
    regularColumns: asDeclared(header.regularColumns, regularColumns),
  };
};

/** Why rows with this header can't be of the table, in a few words; undefined when they can. */
export const headerProblem = (header: RowHeader, schema: TableSchema): string | undefined => {
  const { partitionKey, clustering, staticColumns, regularColumns } = storageColumns(schema);
  const keyColumns = header.keyType.kind === 'composite' ? header.keyType.components.length : 1;
  if (keyColumns !== partitionKey.length) {
    return `${keyColumns} partition key columns, the table has ${partitionKey.length}`;
  }
  const { clusteringTypes } = header;
  if (clusteringTypes.length !== clustering.length) {
    return `${clusteringTypes.length} clustering columns, the table has ${clustering.length}`;
  }
  const turned = clustering.find(
    ({ type }, i) => isReversed(type) !== isReversed(clusteringTypes[i]!),
  );
  if (turned !== undefined)
    return `clustering column "${turned.name}" is ordered the other way round`;
  return (
    columnProblem(header.staticColumns, staticColumns, schema, 'static') ??
    columnProblem(header.regularColumns, regularColumns, schema, 'regular')
  );
};
