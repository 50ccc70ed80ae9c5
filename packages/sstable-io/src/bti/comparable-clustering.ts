// Data plane. Byte-comparable forms of clusterings and bounds, and the separators of row tries made of them
// (spec: sstable-index-and-stats §7.5, §7.6). Called by the deep verification of BTI SSTables and by the writer of Rows.db.
import { ByteReader } from '@scamander/bytes';
import {
  type ComparableEncoder,
  type CqlType,
  comparableEncoder,
  valueLengthIfFixed,
} from '@scamander/cql-types';
import { type ClusteringValue, readClusteringValues, typeOf } from '../io/clustering-values.ts';
import { ROW_HEAD_BYTES_MAX } from '../limits.ts';

const NEXT_COMPONENT = 0x40;
const EMPTY = 0x3f;
const EMPTY_REVERSED = 0x41;
const NULL = 0x3e;
const CLUSTERING = 4;

/** Last byte by kind: before, at or after the rows of the same values. */
const LAST_BYTES: ReadonlyMap<number, number> = new Map([
  [0, 0x20],
  [1, 0x20],
  [2, 0x20],
  [CLUSTERING, 0x38],
  [5, 0x60],
  [6, 0x60],
  [7, 0x60],
]);

/** Encodes prefixes of one table. */
export class ClusteringEncoder {
  readonly #encoders: readonly ComparableEncoder[];
  readonly #isReversed: readonly boolean[];
  readonly #lengths: readonly number[];

  private constructor(types: readonly CqlType[], encoders: readonly ComparableEncoder[]) {
    this.#encoders = encoders;
    this.#isReversed = types.map((type) => type.kind === 'reversed');
    this.#lengths = types.map((type) => valueLengthIfFixed(type) ?? -1);
  }

  /** Undefined when a type has no specified form. */
  static of(types: readonly string[]): ClusteringEncoder | undefined {
    return ClusteringEncoder.ofTypes(types.map(typeOf));
  }

  /** The same of parsed types. */
  static ofTypes(types: readonly CqlType[]): ClusteringEncoder | undefined {
    const encoders = types.map(comparableEncoder);
    return encoders.every((encoder) => encoder !== undefined)
      ? new ClusteringEncoder(types, encoders)
      : undefined;
  }

  /** The form of a kind byte with its values as they stand in an index entry. Throws the control flow of the bytes package on impossible values. */
  encode(prefix: Uint8Array): Uint8Array {
    const reader = new ByteReader(prefix);
    const kind = reader.u8();
    const count = kind === CLUSTERING ? this.#encoders.length : reader.u16();
    return this.encodePlace(
      kind,
      readClusteringValues(reader, count, this.#lengths, ROW_HEAD_BYTES_MAX),
    );
  }

  /** The form of a row's values or of a bound; `kind` is the ordinal. */
  encodePlace(kind: number, values: readonly ClusteringValue[]): Uint8Array {
    const out: number[] = [];
    for (const [i, value] of values.entries()) {
      const at = out.length;
      out.push(NEXT_COMPONENT);
      if (value === null) out[at] = NULL;
      else if (!this.#encoders[i]!(out, value)) {
        out[at] = this.#isReversed[i] ? EMPTY_REVERSED : EMPTY;
      }
    }
    out.push(LAST_BYTES.get(kind) ?? 0);
    return Uint8Array.from(out);
  }
}

const commonLength = (a: Uint8Array, b: Uint8Array): number => {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a[at] === b[at]) at += 1;
  return at;
};

/** The key between two blocks: above everything before, not above what follows. */
export const separatorBetween = (before: Uint8Array, after: Uint8Array): Uint8Array => {
  const at = commonLength(before, after);
  return Uint8Array.from([...before.subarray(0, at), ((before[at] ?? -1) + 1) & 0xff]);
};

/** The key of the entry behind the last block: above its last clustering. */
export const separatorAfter = (last: Uint8Array, separator: Uint8Array): Uint8Array => {
  let at = commonLength(last, separator);
  while (at < last.length && last[at] === 0xff) at += 1;
  return at === last.length
    ? Uint8Array.from([...last, 0])
    : Uint8Array.from([...last.subarray(0, at), last[at]! + 1]);
};
