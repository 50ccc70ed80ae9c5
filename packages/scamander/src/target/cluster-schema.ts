// Control plane. A table as the cluster describes it, in the terms in which SSTables describe themselves. Called by cluster-target.ts; pure.
import type { ColumnSchema, TableSchema } from '@scamander/cluster';
import {
  type CqlType,
  parseCqlName,
  resolveUdts,
  reversedType,
  type TypeStringError,
  type UdtType,
} from '@scamander/cql-types';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { TargetTable } from '../load/schema-check.ts';
import type { AttachedIndexes } from './target.ts';

const typeOf = (
  column: ColumnSchema,
  udts: ReadonlyMap<string, UdtType>,
): Either<TypeStringError, CqlType> => {
  const type = parseCqlName(column.type, udts);
  return isLeft(type) || column.order !== 'desc' ? type : right(reversedType(type.right));
};

const typesOf = (
  columns: readonly ColumnSchema[],
  udts: ReadonlyMap<string, UdtType>,
): Either<TypeStringError, readonly CqlType[]> => {
  const types: CqlType[] = [];
  for (const column of columns) {
    const type = typeOf(column, udts);
    if (isLeft(type)) return type;
    types.push(type.right);
  }
  return right(types);
};

/** What SSTables of the table are compared with; a Left is a type that can't be read. */
export const targetTable = (
  schema: TableSchema,
  partitionerClass: string,
): Either<TypeStringError, TargetTable> => {
  const udts = resolveUdts(
    schema.keyspace,
    schema.userTypes.map(({ name, fields }) => ({
      name,
      fieldNames: fields.map((field) => field.name),
      fieldTypes: fields.map((field) => field.type),
    })),
  );
  if (isLeft(udts)) return udts;
  const ofKind = (kind: ColumnSchema['kind']) =>
    schema.columns.filter((column) => column.kind === kind);
  const keys = typesOf(ofKind('partition_key'), udts.right);
  if (isLeft(keys)) return keys;
  const clusterings = typesOf(ofKind('clustering'), udts.right);
  if (isLeft(clusterings)) return clusterings;
  const columns = new Map<string, { type: CqlType; isStatic: boolean }>();
  for (const column of [...ofKind('static'), ...ofKind('regular')]) {
    const type = typeOf(column, udts.right);
    if (isLeft(type)) return left(type.left);
    columns.set(column.name, { type: type.right, isStatic: column.kind === 'static' });
  }
  const [first, ...more] = keys.right;
  return right({
    keyspace: schema.keyspace,
    table: schema.name,
    partitionerClass,
    keyType:
      first !== undefined && more.length === 0
        ? first
        : { kind: 'composite', components: keys.right },
    clusteringTypes: clusterings.right,
    columns,
    droppedColumns: new Set(schema.droppedColumns.map(({ name }) => name)),
  });
};

/** Indexes whose files lie beside Data.db; classic secondary indexes have tables of their own and need nothing of a loader. */
export const attachedIndexes = (schema: TableSchema): AttachedIndexes => ({
  sai: schema.indexes.filter(({ kind }) => kind === 'sai').map(({ name }) => name),
  other: schema.indexes
    .filter(({ kind }) => kind === 'sasi' || kind === 'custom')
    .map(({ name }) => name),
});
