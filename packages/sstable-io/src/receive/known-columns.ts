// Control plane. Whether rows of a stream fit the table they are for (spec: streaming-4.0-plus §3.2, "Receiver rules";
// SerializationHeader.Component#toHeader). Called where the receiver knows the table's schema. Pure.
import {
  isMultiCell,
  type SchemaColumn,
  storageColumns,
  type TableSchema,
} from '@scamander/cql-types';
import type { Column } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';

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
