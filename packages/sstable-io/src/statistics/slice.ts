// Control plane. The covered clustering slice of STATS from `oa` on (spec: sstable-index-and-stats §3.2). Called by the STATS codec.
import { type ByteReader, type ByteWriter, MalformedBytes } from '@scamander/bytes';
import {
  type ClusteringValue,
  fixedValueLengths,
  readClusteringValues,
  writeClusteringValues,
} from '../io/clustering-values.ts';
import { STATISTICS_FIELD_BYTES_MAX } from '../limits.ts';

/** Ordinals of ClusteringPrefix.Kind that a bound may have. */
export type BoundKind =
  | 'EXCL_END_BOUND'
  | 'INCL_START_BOUND'
  | 'INCL_END_BOUND'
  | 'EXCL_START_BOUND';

const KINDS: ReadonlyMap<number, BoundKind> = new Map([
  [0, 'EXCL_END_BOUND'],
  [1, 'INCL_START_BOUND'],
  [6, 'INCL_END_BOUND'],
  [7, 'EXCL_START_BOUND'],
]);
const ORDINALS: ReadonlyMap<BoundKind, number> = new Map(
  [...KINDS].map(([ordinal, kind]) => [kind, ordinal]),
);

/** One end of a slice; fewer values than clustering columns stand for a prefix, none for "unbounded". */
export interface ClusteringBound {
  readonly kind: BoundKind;
  readonly values: readonly ClusteringValue[];
}

/** Every row and marker of the SSTable lies within. */
export interface ClusteringSlice {
  readonly start: ClusteringBound;
  readonly end: ClusteringBound;
}

const readBound = (reader: ByteReader, lengths: readonly number[]): ClusteringBound => {
  const offset = reader.position;
  const ordinal = reader.u8();
  const kind = KINDS.get(ordinal);
  if (kind === undefined) {
    throw new MalformedBytes({ what: 'kind of a bound', found: `${ordinal}`, offset });
  }
  const count = reader.u16();
  if (count > lengths.length) {
    throw new MalformedBytes({
      what: `bound of at most ${lengths.length} values`,
      found: `${count}`,
      offset,
    });
  }
  return { kind, values: readClusteringValues(reader, count, lengths, STATISTICS_FIELD_BYTES_MAX) };
};

const writeBound = (
  writer: ByteWriter,
  bound: ClusteringBound,
  lengths: readonly number[],
): void => {
  writer.u8(ORDINALS.get(bound.kind)!);
  writer.u16(bound.values.length);
  writeClusteringValues(writer, bound.values, lengths);
};

/** Start, then end. */
export const readSlice = (reader: ByteReader, types: readonly string[]): ClusteringSlice => {
  const lengths = fixedValueLengths(types);
  return { start: readBound(reader, lengths), end: readBound(reader, lengths) };
};

/** The mirror of {@link readSlice}. */
export const writeSlice = (
  writer: ByteWriter,
  slice: ClusteringSlice,
  types: readonly string[],
): void => {
  const lengths = fixedValueLengths(types);
  writeBound(writer, slice.start, lengths);
  writeBound(writer, slice.end, lengths);
};
