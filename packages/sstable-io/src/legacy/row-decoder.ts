// Data plane. What stands around the atoms of a row in each layout: key, size, filter, index, deletion, count, super columns (spec:
// sstable-old-formats §4, §4a, §6). Called by the atom reader. Throws the control flow of the bytes package.
import { type ByteReader, MalformedBytes } from '@scamander/bytes';
import { LEGACY_ROW_INDEX_BYTES_MAX } from '../limits.ts';
import type { DeletionTime } from '../rows/model.ts';
import { type LegacyAtom, readAtom, readDeletion } from './atom.ts';
import { compositeName } from './composite.ts';
import type { LegacyRowLayout } from './features.ts';

/** A row of before 3.0, which is a partition since. Its key is a copy. */
export interface LegacyPartition {
  readonly key: Uint8Array;
  readonly deletion: DeletionTime | undefined;
  /** Where it begins, in uncompressed bytes. */
  readonly position: number;
  /** Bytes of what stands before its atoms. */
  readonly headerLength: number;
}

/** A super column whose columns are being read. */
interface OpenSuperColumn {
  readonly name: Uint8Array;
  left: number;
}

/** Before and behind everything of a super column. */
const START = 255;
const END = 1;

const malformed = (found: string, what: string, offset: number): MalformedBytes =>
  new MalformedBytes({ what, found, offset });

/** Decodes rows one after the other. Where it throws, nothing has changed but the reader's position. */
export class RowDecoder {
  readonly #layout: LegacyRowLayout;
  readonly #isSuper: boolean;
  /** Atoms, or super columns, that are left of the row; not known where a mark ends it. */
  #left = 0;
  /** Position behind the row; not known where a mark ends it. */
  #end = 0;
  #super: OpenSuperColumn | undefined;

  constructor(layout: LegacyRowLayout, isSuper: boolean) {
    this.#layout = layout;
    this.#isSuper = isSuper && layout !== 'marked';
  }

  /** What stands before the atoms. `base` is the position of the reader's index 0. */
  partition(reader: ByteReader, base: number): LegacyPartition {
    const start = reader.position;
    const key = reader.bytes16();
    if (key.length === 0) throw malformed('a key of 0 bytes', '1 or more', start);
    let end = 0;
    if (this.#layout !== 'marked') {
      const at = reader.position;
      const size = reader.i64Number();
      if (size < 0) throw malformed(`a row of ${size} bytes`, '0 or more', at);
      end = base + reader.position + size;
    }
    if (this.#layout === 'indexed') {
      reader.bytes32(LEGACY_ROW_INDEX_BYTES_MAX);
      reader.bytes32(LEGACY_ROW_INDEX_BYTES_MAX);
    }
    const deletion = readDeletion(reader);
    const left = this.#layout === 'marked' ? 0 : reader.i32();
    if (left < 0) throw malformed(`${left} columns`, '0 or more', reader.position - 4);
    this.#left = left;
    this.#end = end;
    this.#super = undefined;
    return {
      key: key.slice(),
      deletion,
      position: base + start,
      headerLength: reader.position - start,
    };
  }

  /** The next atom; undefined behind the last one. */
  atom(reader: ByteReader, base: number): LegacyAtom | undefined {
    if (this.#layout === 'marked') return readAtom(reader);
    if (this.#super !== undefined) return this.#subColumn(reader, this.#super);
    if (!this.#isSuper && this.#left > 0) {
      const atom = this.#counted(reader);
      this.#left -= 1;
      return atom;
    }
    const left = this.#left;
    try {
      while (this.#left > 0) {
        const atom = this.#superColumn(reader);
        if (atom !== undefined) return atom;
      }
    } catch (error) {
      // super columns without anything in them are read again with the one behind them
      this.#left = left;
      throw error;
    }
    const position = base + reader.position;
    if (position === this.#end) return undefined;
    throw malformed(
      `the last column ends at ${position}`,
      `${this.#end}, as the row's size says`,
      reader.position,
    );
  }

  /** An atom where no mark is expected. */
  #counted(reader: ByteReader): LegacyAtom {
    const offset = reader.position;
    const atom = readAtom(reader);
    if (atom !== undefined) return atom;
    throw malformed('a column without a name', 'one more, as their number says', offset);
  }

  /** Head of a super column, and what comes first of it: its deletion or its first column; undefined where it has neither. */
  #superColumn(reader: ByteReader): LegacyAtom | undefined {
    const offset = reader.position;
    const name = reader.bytes16().slice();
    if (name.length === 0) throw malformed('a super column without a name', 'a name', offset);
    const deletion = readDeletion(reader);
    const count = reader.i32();
    if (count < 0) throw malformed(`${count} columns`, '0 or more', reader.position - 4);
    const open = { name, left: count };
    const first =
      deletion === undefined && count > 0 ? this.#readSubColumn(reader, name) : undefined;
    if (first !== undefined) open.left -= 1;
    this.#left -= 1;
    this.#super = open.left > 0 ? open : undefined;
    if (deletion === undefined) return first;
    return {
      kind: 'range',
      first: compositeName([name], START),
      last: compositeName([name], END),
      deletion,
    };
  }

  #subColumn(reader: ByteReader, open: OpenSuperColumn): LegacyAtom {
    const atom = this.#readSubColumn(reader, open.name);
    open.left -= 1;
    if (open.left === 0) this.#super = undefined;
    return atom;
  }

  #readSubColumn(reader: ByteReader, name: Uint8Array): LegacyAtom {
    const offset = reader.position;
    const atom = this.#counted(reader);
    if (atom.kind === 'cell') return { ...atom, name: compositeName([name, atom.name], 0) };
    throw malformed('a range tombstone within a super column', 'a column', offset);
  }
}
