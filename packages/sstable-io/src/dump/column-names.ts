// Control plane. Names of all columns of a table. SSTables don't hold those of key and clustering columns: a schema says them, else they have the
// names that Cassandra's own offline tools make up. Called by predicates and the table writer; pure.
import type { RowHeader } from '../rows/row-header.ts';
import { keyPartTypes } from './key-parts.ts';

/** Names of the columns that are not in a header. */
export interface KeyColumnNames {
  readonly partitionKey: readonly string[];
  readonly clustering: readonly string[];
}

/** Names made up for a header alone: `partitionkey`, `clustering`, `clustering1` (Util#metadataFromSSTable, in lower case). */
export const madeUpNames = (header: RowHeader): KeyColumnNames => {
  const numbered = (name: string, index: number): string =>
    index === 0 ? name : `${name}${index}`;
  return {
    partitionKey: keyPartTypes(header.keyType).map((_type, index) =>
      numbered('partitionkey', index),
    ),
    clustering: header.clusteringTypes.map((_type, index) => numbered('clustering', index)),
  };
};
