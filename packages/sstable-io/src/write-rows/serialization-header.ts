// Control plane. From a table's schema to the header of an SSTable: type strings as Cassandra writes them, columns as they are stored, in the
// order of cells (spec: sstable-data §3, §6.6, §7.2; SerializationHeader.Component). Called by whoever writes rows of a schema. Pure.
import {
  type CqlType,
  type SchemaColumn,
  storageColumns,
  type TableSchema,
  typeString,
} from '@scamander/cql-types';
import { type EncodingStats, NO_ENCODING_STATS, orderColumns } from '../rows/row-header.ts';
import type { SerializationHeader } from '../types.ts';

/** What of a table an SSTable holds. */
export interface SerializationHeaderOptions {
  /** Names of the static and regular columns that it holds. @default all that are stored */
  readonly columns?: ReadonlySet<string> | undefined;
  /** Bases of the deltas. @default those of CQLSSTableWriter: 22 September 2015 and TTL 0 */
  readonly encoding?: EncodingStats | undefined;
}

/** The type of whole partition keys: several columns make a composite. */
export const partitionKeyType = ({ partitionKey }: Pick<TableSchema, 'partitionKey'>): CqlType => {
  const [first, ...others] = partitionKey.map(({ type }) => type);
  if (first === undefined) throw new RangeError('a table has at least one key column');
  return others.length === 0 ? first : { kind: 'composite', components: [first, ...others] };
};

const columnsOf = (
  columns: readonly SchemaColumn[],
  isStatic: boolean,
  wanted: ReadonlySet<string> | undefined,
): SerializationHeader['regularColumns'] =>
  orderColumns(
    columns
      .filter(({ name }) => wanted === undefined || wanted.has(name))
      .map(({ name, type }) => ({ name: Uint8Array.from(Buffer.from(name, 'utf8')), type })),
    isStatic,
  ).map(({ name, type }) => ({ name, type: typeString(type) }));

/** The header of an SSTable of the table; see {@link storageColumns} for compact ones. */
export const serializationHeaderOfTable = (
  schema: TableSchema,
  options: SerializationHeaderOptions = {},
): SerializationHeader => {
  const { clustering, staticColumns, regularColumns } = storageColumns(schema);
  const { minTimestamp, minLocalDeletionTime, minTtl } = options.encoding ?? NO_ENCODING_STATS;
  return {
    minTimestamp,
    minLocalDeletionTime: BigInt(minLocalDeletionTime),
    minTtl: BigInt(minTtl),
    keyType: typeString(partitionKeyType(schema)),
    clusteringTypes: clustering.map(({ type }) => typeString(type)),
    staticColumns: columnsOf(staticColumns, true, options.columns),
    regularColumns: columnsOf(regularColumns, false, options.columns),
  };
};
