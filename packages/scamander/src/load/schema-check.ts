// Control plane. Does the SSTable fit the table it is to be loaded into? Called while planning a load, before a byte moves; pure.
// Cassandra itself checks this only while receiving, or not at all (spec: streaming-4.0-plus §3.2, §4.3).
import {
  type ColumnPlace,
  type CqlType,
  cqlName,
  inKeyspace,
  isReadableAs,
  parseType,
} from '@scamander/cql-types';
import type { SerializationHeader } from '@scamander/sstable-io';
import { isLeft } from 'fp-ts/lib/Either.js';

/** What must be known of the target table. */
export interface TargetTable {
  readonly keyspace: string;
  readonly table: string;
  readonly partitionerClass: string;
  /** The column's type, or the composite of several. */
  readonly keyType: CqlType;
  /** Reversed where the clustering order is descending. */
  readonly clusteringTypes: readonly CqlType[];
  /** Every column that is not part of the primary key. */
  readonly columns: ReadonlyMap<string, { readonly type: CqlType; readonly isStatic: boolean }>;
  readonly droppedColumns: ReadonlySet<string>;
}

/** One reason why an SSTable does not fit. */
export type SchemaMismatch =
  | { readonly kind: 'partitioner'; readonly source: string; readonly target: string }
  | { readonly kind: 'key-type'; readonly source: string; readonly target: string }
  | { readonly kind: 'clustering'; readonly source: string; readonly target: string }
  | { readonly kind: 'missing-column'; readonly column: string; readonly type: string }
  | { readonly kind: 'static'; readonly column: string; readonly sourceIsStatic: boolean }
  | {
      readonly kind: 'column-type';
      readonly column: string;
      readonly source: string;
      readonly target: string;
    };

/** One sentence for people. */
export const mismatchText = (mismatch: SchemaMismatch): string => {
  switch (mismatch.kind) {
    case 'partitioner':
      return `the SSTable was written under ${mismatch.source}, the cluster uses ${mismatch.target}`;
    case 'key-type':
      return `its partition key is ${mismatch.source}, the table's is ${mismatch.target}`;
    case 'clustering':
      return `its clustering columns are (${mismatch.source}), the table's are (${mismatch.target})`;
    case 'missing-column':
      return `the table has no column ${mismatch.column} (${mismatch.type})`;
    case 'static':
      return `column ${mismatch.column} is ${mismatch.sourceIsStatic ? 'static' : 'regular'} in the SSTable only`;
    case 'column-type':
      return `column ${mismatch.column} is ${mismatch.source} in the SSTable and ${mismatch.target} in the table`;
    default: {
      const never: never = mismatch;
      return never;
    }
  }
};

const nameOf = (typeText: string): string => {
  const type = parseType(typeText);
  return isLeft(type) ? typeText : printed(type.right);
};

const printed = (type: CqlType): string =>
  type.kind === 'reversed' ? `${cqlName(type.base)} descending` : cqlName(type);

/** True when bytes written as `source` mean the same when they are read as `declared`. User types move with the table's keyspace. */
const fits = (source: string, declared: CqlType, place: ColumnPlace, keyspace: string): boolean => {
  const written = parseType(source);
  return !isLeft(written) && isReadableAs(inKeyspace(written.right, keyspace), declared, place);
};

const columnMismatches = (header: SerializationHeader, target: TargetTable): SchemaMismatch[] => {
  const found: SchemaMismatch[] = [];
  const all = [
    ...header.staticColumns.map((column) => ({ ...column, isStatic: true })),
    ...header.regularColumns.map((column) => ({ ...column, isStatic: false })),
  ];
  for (const { name, type, isStatic } of all) {
    const column = Buffer.from(name).toString('utf8');
    const there = target.columns.get(column);
    if (there === undefined) {
      if (!target.droppedColumns.has(column))
        found.push({ kind: 'missing-column', column, type: nameOf(type) });
    } else if (there.isStatic !== isStatic) {
      found.push({ kind: 'static', column, sourceIsStatic: isStatic });
    } else if (!fits(type, there.type, isStatic ? 'static' : 'regular', target.keyspace)) {
      found.push({
        kind: 'column-type',
        column,
        source: nameOf(type),
        target: printed(there.type),
      });
    }
  }
  return found;
};

/** Everything that does not fit; empty means the SSTable may be loaded. */
export const schemaMismatches = (
  header: SerializationHeader,
  sourcePartitionerClass: string,
  target: TargetTable,
): readonly SchemaMismatch[] => {
  const found: SchemaMismatch[] = [];
  if (sourcePartitionerClass !== target.partitionerClass) {
    found.push({
      kind: 'partitioner',
      source: sourcePartitionerClass,
      target: target.partitionerClass,
    });
  }
  if (!fits(header.keyType, target.keyType, 'partitionKey', target.keyspace)) {
    found.push({
      kind: 'key-type',
      source: nameOf(header.keyType),
      target: printed(target.keyType),
    });
  }
  const sameClustering =
    header.clusteringTypes.length === target.clusteringTypes.length &&
    target.clusteringTypes.every((declared, index) =>
      fits(header.clusteringTypes[index] ?? '', declared, 'clustering', target.keyspace),
    );
  if (!sameClustering) {
    found.push({
      kind: 'clustering',
      source: header.clusteringTypes.map(nameOf).join(', '),
      target: target.clusteringTypes.map(printed).join(', '),
    });
  }
  return [...found, ...columnMismatches(header, target)];
};
