// Control plane. The columns of an SSTable as its rows use them: parsed and in the order of cells (spec: sstable-data §3). Made once per
// SSTable by readers and writers.
import { type CqlType, isMultiCell } from '@scamander/cql-types';
import { typeOf } from '../io/clustering-values.ts';
import type { SerializationHeader } from '../types.ts';
import type { Column } from './model.ts';

/** Bases of the deltas in Data.db (EncodingStats). */
export interface EncodingStats {
  readonly minTimestamp: bigint;
  readonly minLocalDeletionTime: number;
  readonly minTtl: number;
}

/** Bases where nothing is known: 22 September 2015 (EncodingStats.NO_STATS). */
export const NO_ENCODING_STATS: EncodingStats = {
  minTimestamp: 1_442_880_000_000_000n,
  minLocalDeletionTime: 1_442_880_000,
  minTtl: 0,
};

/** Types and columns that rows are decoded and encoded with. */
export interface RowHeader {
  readonly keyType: CqlType;
  readonly clusteringTypes: readonly CqlType[];
  readonly staticColumns: readonly Column[];
  readonly regularColumns: readonly Column[];
  readonly encoding: EncodingStats;
}

/** A column before its place is known. */
export interface NamedType {
  readonly name: Uint8Array;
  readonly type: CqlType;
}

/** Bytes of a name that are compared first, as a number whose top bit is inverted. */
const PREFIX_BYTES = 6;

const byteOfPrefix = (name: Uint8Array, index: number): number => {
  const byte = name[index] ?? 0;
  return index === 0 ? byte ^ 0x80 : byte;
};

/** Order of columns with the same complexity (spec §3.1; ColumnMetadata.compareTo). */
const compareNames = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < PREFIX_BYTES; i++) {
    const difference = byteOfPrefix(a, i) - byteOfPrefix(b, i);
    if (difference !== 0) return difference;
  }
  return Buffer.compare(a, b);
};

/** Columns of one list in the order of cells: simple ones first, then by name. */
export const orderColumns = (columns: readonly NamedType[], isStatic: boolean): Column[] =>
  columns
    .map(({ name, type }) => ({ name, type, isComplex: isMultiCell(type) }))
    .sort((a, b) =>
      a.isComplex === b.isComplex ? compareNames(a.name, b.name) : a.isComplex ? 1 : -1,
    )
    .map(({ name, type, isComplex }, index) => ({
      name,
      text: Buffer.from(name).toString('utf8'),
      type,
      isStatic,
      isComplex,
      index,
    }));

/** The header of Statistics.db, parsed. Throws the control flow of the bytes package for a string that is no type. */
export const rowHeaderOf = (header: SerializationHeader): RowHeader => {
  const named = (columns: SerializationHeader['regularColumns']): NamedType[] =>
    columns.map(({ name, type }) => ({ name, type: typeOf(type) }));
  return {
    keyType: typeOf(header.keyType),
    clusteringTypes: header.clusteringTypes.map(typeOf),
    staticColumns: orderColumns(named(header.staticColumns), true),
    regularColumns: orderColumns(named(header.regularColumns), false),
    encoding: {
      minTimestamp: header.minTimestamp,
      minLocalDeletionTime: Number(header.minLocalDeletionTime),
      minTtl: Number(header.minTtl),
    },
  };
};
