// Control plane. From columns as rows use them to the header that Statistics.db stores (spec: sstable-data §3, §7.2). Called by whoever writes
// rows that were read, or merged: their columns may differ from what one file said.
import { type CqlType, typeString } from '@scamander/cql-types';
import type { Column } from '../rows/model.ts';
import type { EncodingStats, RowHeader } from '../rows/row-header.ts';
import type { SerializationHeader } from '../types.ts';

const stored = ({ name, type }: { readonly name: Uint8Array; readonly type: CqlType }) => ({
  name,
  type: typeString(type),
});

/** Bases of the deltas as a header stores them. */
export const storedEncoding = (
  encoding: EncodingStats,
): Pick<SerializationHeader, 'minTimestamp' | 'minLocalDeletionTime' | 'minTtl'> => ({
  minTimestamp: encoding.minTimestamp,
  minLocalDeletionTime: BigInt(encoding.minLocalDeletionTime),
  minTtl: BigInt(encoding.minTtl),
});

/** The header of these columns, with canonical type strings, in the order of cells. */
export const serializationHeaderOf = (
  header: RowHeader,
  encoding: EncodingStats = header.encoding,
): SerializationHeader => {
  const columns = (list: readonly Column[]) => list.map(stored);
  return {
    ...storedEncoding(encoding),
    keyType: typeString(header.keyType),
    clusteringTypes: header.clusteringTypes.map(typeString),
    staticColumns: columns(header.staticColumns),
    regularColumns: columns(header.regularColumns),
  };
};

/** The same header with its columns in the order of cells, which is how Cassandra stores them; type strings stay as they are. */
export const inColumnOrder = (
  header: SerializationHeader,
  ordered: Pick<RowHeader, 'staticColumns' | 'regularColumns'>,
): SerializationHeader => {
  const sort = (
    list: SerializationHeader['regularColumns'],
    order: readonly Column[],
  ): SerializationHeader['regularColumns'] =>
    order.map(({ name }) => {
      const found = list.find((column) => Buffer.compare(column.name, name) === 0);
      // `order` was made of `list`
      return found as (typeof list)[number];
    });
  return {
    ...header,
    staticColumns: sort(header.staticColumns, ordered.staticColumns),
    regularColumns: sort(header.regularColumns, ordered.regularColumns),
  };
};
