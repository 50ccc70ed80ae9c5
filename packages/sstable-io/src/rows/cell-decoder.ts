// Data plane. The columns of one row and their cells (spec: sstable-data §4.6; Cell.Serializer, UnfilteredSerializer). Called by the decoder of
// rows, once the whole row is in the window. Throws the control flow of the bytes package.
import { type ByteReader, MalformedBytes } from '@scamander/bytes';
import {
  type Comparator,
  type CqlType,
  comparatorOf,
  nativeType,
  valueLengthIfFixed,
} from '@scamander/cql-types';
import {
  type Cell,
  type Column,
  type ColumnData,
  type Liveness,
  NO_DELETION_TIME,
} from './model.ts';
import type { TimeDeltas } from './time-deltas.ts';

const IS_DELETED = 0x01;
const IS_EXPIRING = 0x02;
const HAS_EMPTY_VALUE = 0x04;
const USE_ROW_TIMESTAMP = 0x08;
const USE_ROW_TTL = 0x10;
const KNOWN_FLAGS = 0x1f;

const EMPTY = new Uint8Array(0);
const UUID_BYTES = 16;
const FIELD_INDEX_BYTES = 2;

const malformed = (found: string, what: string, offset: number): MalformedBytes =>
  new MalformedBytes({ what, found, offset });

/** Order of the cells of a complex column, and the length that their paths must have (spec §4.6). */
interface PathRule {
  readonly compare: Comparator;
  /** −1 for any. */
  readonly lengthBytes: number;
}

const pathRuleOf = (type: CqlType): PathRule => {
  switch (type.kind) {
    case 'list':
      return { compare: comparatorOf(nativeType('timeuuid')), lengthBytes: UUID_BYTES };
    case 'set':
      return { compare: comparatorOf(type.element), lengthBytes: -1 };
    case 'map':
      return { compare: comparatorOf(type.key), lengthBytes: -1 };
    default:
      return { compare: comparatorOf(nativeType('smallint')), lengthBytes: FIELD_INDEX_BYTES };
  }
};

/** What is known of each column of one list before any row is read. */
export class CellDecoder {
  readonly #times: TimeDeltas;
  readonly #isStrict: boolean;
  readonly #fixedLengths: readonly number[];
  readonly #pathRules: readonly (PathRule | undefined)[];
  /** Behind the row's last byte. */
  #end = 0;
  #liveness: Liveness | undefined;
  #hasComplexDeletion = false;

  constructor(columns: readonly Column[], times: TimeDeltas, isStrict: boolean) {
    this.#times = times;
    this.#isStrict = isStrict;
    this.#fixedLengths = columns.map(({ type, isComplex }) =>
      isComplex ? -1 : (valueLengthIfFixed(type) ?? -1),
    );
    this.#pathRules = columns.map(({ type, isComplex }) =>
      isComplex ? pathRuleOf(type) : undefined,
    );
  }

  /** Data of the present columns up to the row's end. A complex column with neither cells nor deletion is left out. */
  read(
    reader: ByteReader,
    columns: readonly Column[],
    row: {
      readonly end: number;
      readonly liveness: Liveness | undefined;
      readonly hasComplexDeletion: boolean;
    },
  ): readonly ColumnData[] {
    this.#end = row.end;
    this.#liveness = row.liveness;
    this.#hasComplexDeletion = row.hasComplexDeletion;
    const data: ColumnData[] = [];
    for (const column of columns) {
      if (column.isComplex) {
        const complex = this.#complex(reader, column);
        if (complex !== undefined) data.push(complex);
      } else {
        const cell = this.#cell(reader, this.#fixedLengths[column.index] as number, undefined);
        data.push({ column, deletion: undefined, cells: [cell] });
      }
    }
    return data;
  }

  #complex(reader: ByteReader, column: Column): ColumnData | undefined {
    const deletion = this.#hasComplexDeletion ? this.#times.deletion(reader) : undefined;
    const countAt = reader.position;
    const count = reader.uvintNumber();
    if (count > this.#end - reader.position) {
      throw malformed(`${count} cells`, `what fits the ${this.#end - countAt} bytes left`, countAt);
    }
    const rule = this.#pathRules[column.index] as PathRule;
    const cells: Cell[] = [];
    let previous: Uint8Array | undefined;
    for (let i = 0; i < count; i++) {
      const offset = reader.position;
      const cell = this.#cell(reader, -1, rule);
      if (this.#isStrict) this.#checkPath(column, rule, previous, cell, offset);
      previous = cell.path;
      cells.push(cell);
    }
    return cells.length === 0 && deletion === undefined ? undefined : { column, deletion, cells };
  }

  #checkPath(
    column: Column,
    rule: PathRule,
    previous: Uint8Array | undefined,
    cell: Cell,
    offset: number,
  ): void {
    const path = cell.path as Uint8Array;
    if (rule.lengthBytes >= 0 && path.length !== rule.lengthBytes) {
      throw malformed(
        `a path of ${path.length} bytes in column ${column.text}`,
        `${rule.lengthBytes}`,
        offset,
      );
    }
    if (previous !== undefined && rule.compare(previous, path) >= 0) {
      throw malformed(
        `path ${hexOf(path)} behind ${hexOf(previous)} in column ${column.text}`,
        'ascending paths, each once',
        offset,
      );
    }
  }

  /** `rule` is given for cells with a path. */
  #cell(reader: ByteReader, fixedLength: number, rule: PathRule | undefined): Cell {
    const offset = reader.position;
    const flags = reader.u8();
    if ((flags & ~KNOWN_FLAGS) !== 0 || (flags & (IS_DELETED | IS_EXPIRING)) === 3) {
      throw malformed(`cell flags 0x${flags.toString(16)}`, 'a known combination', offset);
    }
    const timestamp =
      (flags & USE_ROW_TIMESTAMP) === 0
        ? this.#times.timestamp(reader)
        : this.#rowLiveness(flags, offset).timestamp;
    let ttl = 0;
    let localDeletionTime = NO_DELETION_TIME;
    if ((flags & USE_ROW_TTL) !== 0) {
      const liveness = this.#rowLiveness(flags, offset);
      ttl = liveness.ttl;
      localDeletionTime = liveness.localExpirationTime;
    } else if ((flags & (IS_DELETED | IS_EXPIRING)) !== 0) {
      localDeletionTime = this.#times.localDeletionTime(reader);
      if ((flags & IS_EXPIRING) !== 0) ttl = this.#times.ttl(reader);
    }
    const path = rule === undefined ? undefined : this.#counted(reader, 'a path');
    const value = (flags & HAS_EMPTY_VALUE) === 0 ? this.#value(reader, fixedLength) : EMPTY;
    if (reader.position > this.#end) this.#beyondEnd(offset);
    if (this.#isStrict) checkCell(flags, localDeletionTime, value, offset);
    return { timestamp, ttl, localDeletionTime, path, value };
  }

  /** A TTL of the row is only for cells that expire, and needs a row that does. */
  #rowLiveness(flags: number, offset: number): Liveness {
    const liveness = this.#liveness;
    const usesTtl = (flags & USE_ROW_TTL) !== 0;
    if (
      liveness === undefined ||
      (usesTtl && (liveness.ttl === 0 || (flags & IS_EXPIRING) === 0))
    ) {
      throw malformed(
        `cell flags 0x${flags.toString(16)}`,
        'no use of a row liveness that the row does not have',
        offset,
      );
    }
    return liveness;
  }

  #value(reader: ByteReader, fixedLength: number): Uint8Array {
    if (fixedLength < 0) return this.#counted(reader, 'a value');
    if (fixedLength > this.#end - reader.position) this.#beyondEnd(reader.position);
    return reader.bytes(fixedLength);
  }

  #counted(reader: ByteReader, what: string): Uint8Array {
    const offset = reader.position;
    const length = reader.uvintNumber();
    if (length > this.#end - reader.position) {
      throw malformed(
        `${what} of ${length} bytes`,
        `at most the ${Math.max(0, this.#end - reader.position)} that are left of the row`,
        offset,
      );
    }
    return reader.bytes(length);
  }

  #beyondEnd(offset: number): never {
    throw malformed('a cell beyond the end of its row', 'one within it', offset);
  }
}

/** What no release writes, though some would read it. */
const checkCell = (
  flags: number,
  localDeletionTime: number,
  value: Uint8Array,
  offset: number,
): void => {
  if ((flags & HAS_EMPTY_VALUE) === 0 && (value.length === 0 || (flags & IS_DELETED) !== 0)) {
    throw malformed(
      value.length === 0 ? 'a value of no bytes' : 'a tombstone with a value',
      'the flag of an empty value',
      offset,
    );
  }
  const hasDeletionTime = (flags & (IS_DELETED | IS_EXPIRING)) !== 0;
  if (hasDeletionTime && localDeletionTime === NO_DELETION_TIME) {
    throw malformed(
      `no local deletion time in a cell of flags 0x${flags.toString(16)}`,
      'when it was deleted or expires',
      offset,
    );
  }
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').slice(0, 80);
