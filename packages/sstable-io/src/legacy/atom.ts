// Data plane. What the rows of Data.db hold before `ma`: cells and range tombstones under names that need the schema to be understood (spec:
// sstable-old-formats §6; OnDiskAtom, ColumnSerializer). Made by the atom reader; taken by the conversion to rows, dumps and verification.
// Throws the control flow of the bytes package.
import { type ByteReader, MalformedBytes } from '@scamander/bytes';
import { LEGACY_VALUE_BYTES_MAX } from '../limits.ts';
import { type DeletionTime, LIVE_TIMESTAMP, NO_DELETION_TIME } from '../rows/model.ts';

/** Bits behind an atom's name. At most one is set. */
export const ATOM_FLAG = {
  deleted: 1,
  expiring: 2,
  counter: 4,
  /** An increment on its way to the counter's owner; never on disk. */
  counterUpdate: 8,
  rangeTombstone: 16,
} as const;

/** A cell of before 3.0, its name still in one piece. */
export interface LegacyCell {
  readonly kind: 'cell';
  readonly name: Uint8Array;
  /** One of {@link ATOM_FLAG}, or 0: live, without an end. */
  readonly flags: number;
  /** Microseconds. */
  readonly timestamp: bigint;
  /** Seconds; 0 where it does not expire. */
  readonly ttl: number;
  /** When it was deleted or expires, in seconds; NO_DELETION_TIME for others. */
  readonly localDeletionTime: number;
  /** Counters only; nothing has read it since 2.1. */
  readonly timestampOfLastDelete: bigint | undefined;
  /** Of a deleted cell: empty. Of a counter: its context. */
  readonly value: Uint8Array;
}

/** A deletion of all names from `first` to `last`. */
export interface LegacyRangeTombstone {
  readonly kind: 'range';
  readonly first: Uint8Array;
  /** Empty: to the end of the row. */
  readonly last: Uint8Array;
  readonly deletion: DeletionTime;
}

/** What a row is made of (OnDiskAtom). */
export type LegacyAtom = LegacyCell | LegacyRangeTombstone;

const NO_DELETION_INT = 0x7fff_ffff;
const DELETED_VALUE_BYTES = 4;
const NO_VALUE = new Uint8Array(0);

/** A deletion as it stood in files until `oa`; undefined for one that deletes nothing. */
export const readDeletion = (reader: ByteReader): DeletionTime | undefined => {
  const time = reader.i32();
  const markedForDeleteAt = reader.i64();
  if (markedForDeleteAt === LIVE_TIMESTAMP) return undefined;
  return {
    markedForDeleteAt,
    localDeletionTime: time === NO_DELETION_INT ? NO_DELETION_TIME : time,
  };
};

const readRange = (reader: ByteReader, first: Uint8Array): LegacyRangeTombstone => {
  const last = reader.bytes16();
  const offset = reader.position;
  const deletion = readDeletion(reader);
  if (deletion === undefined) {
    throw new MalformedBytes({ what: 'a deletion', found: 'one that deletes nothing', offset });
  }
  return { kind: 'range', first, last, deletion };
};

const readDeleted = (reader: ByteReader, name: Uint8Array, timestamp: bigint): LegacyCell => {
  const offset = reader.position;
  const length = reader.i32();
  if (length !== DELETED_VALUE_BYTES) {
    const what = `the ${DELETED_VALUE_BYTES} bytes of a deletion time`;
    throw new MalformedBytes({ what, found: `${length} bytes`, offset });
  }
  return {
    kind: 'cell',
    name,
    flags: ATOM_FLAG.deleted,
    timestamp,
    ttl: 0,
    localDeletionTime: reader.i32(),
    timestampOfLastDelete: undefined,
    value: NO_VALUE,
  };
};

const readCell = (reader: ByteReader, name: Uint8Array, flags: number): LegacyCell => {
  const { counter, expiring, deleted } = ATOM_FLAG;
  const timestampOfLastDelete = flags === counter ? reader.i64() : undefined;
  const ttl = flags === expiring ? reader.i32() : 0;
  const localDeletionTime = flags === expiring ? reader.i32() : NO_DELETION_TIME;
  if (flags === expiring && ttl <= 0) {
    const offset = reader.position - 8;
    throw new MalformedBytes({ what: 'a time to live above 0', found: `${ttl}`, offset });
  }
  const timestamp = reader.i64();
  if (flags === deleted) return readDeleted(reader, name, timestamp);
  return {
    kind: 'cell',
    name,
    flags,
    timestamp,
    ttl,
    localDeletionTime,
    timestampOfLastDelete,
    value: reader.bytes32(LEGACY_VALUE_BYTES_MAX),
  };
};

const isKnown = (flags: number): boolean =>
  flags === 0 ||
  flags === ATOM_FLAG.deleted ||
  flags === ATOM_FLAG.expiring ||
  flags === ATOM_FLAG.counter;

/**
 * Reads the next atom of a row; undefined for the mark at its end, an empty name. Its bytes are views. Where it throws the reader stands
 * somewhere within the atom.
 */
export const readAtom = (reader: ByteReader): LegacyAtom | undefined => {
  const name = reader.bytes16();
  if (name.length === 0) return undefined;
  const offset = reader.position;
  const flags = reader.u8();
  if (flags === ATOM_FLAG.rangeTombstone) return readRange(reader, name);
  if (isKnown(flags)) return readCell(reader, name, flags);
  throw new MalformedBytes({ what: 'flags 0, 1, 2, 4 or 16', found: `${flags}`, offset });
};
