// Data plane. The blocks that Index.db names for a wide row, against its atoms (spec: sstable-index-and-stats §4.4; IndexHelper.IndexInfo of
// 2.x). Called by the deep verification of old SSTables.
import { ByteReader } from '@scamander/bytes';
import { asSSTableError, corrupt } from '../../io/decoding.ts';
import type { DeletionTime } from '../../rows/model.ts';
import { type LegacyAtom, readDeletion } from '../atom.ts';
import { CompositeCursor } from '../composite.ts';
import type { LegacyPartition } from '../row-decoder.ts';

/** One block: names of its first and last atom, and its bytes counted from the start of the row. */
interface Block {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** What of a row's layout its blocks depend on. */
export interface BlockLayout {
  /** Bytes of the mark behind the last atom: 2, or 0 where there is none. */
  readonly endMarkBytes: number;
  /** A filter of the row's columns stands behind the blocks. */
  readonly hasFilter: boolean;
  /** Blocks are named by super columns, atoms by super column and column. */
  readonly isSuper: boolean;
}

const nameOf = (atom: LegacyAtom, isSuper: boolean): Uint8Array => {
  const name = atom.kind === 'cell' ? atom.name : atom.first;
  return isSuper ? new CompositeCursor(name).next() : name;
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').slice(0, 80);

const sameDeletion = (a: DeletionTime | undefined, b: DeletionTime | undefined): boolean =>
  a?.markedForDeleteAt === b?.markedForDeleteAt && a?.localDeletionTime === b?.localDeletionTime;

/** Follows the atoms of one row. Throws SSTableErrors that name Index.db. */
export class LegacyPromotedIndex {
  readonly #path: string;
  readonly #offset: number;
  readonly #reader: ByteReader;
  readonly #rowStart: number;
  readonly #layout: BlockLayout;
  #blocksLeft = 0;
  #block: Block | undefined;
  #isFirstKnown = false;
  #last: Uint8Array | undefined;
  #end = 0;

  /** `bytes` begin at `offset` of Index.db. */
  constructor(
    path: string,
    offset: number,
    bytes: Uint8Array,
    row: LegacyPartition,
    layout: BlockLayout,
  ) {
    this.#path = path;
    this.#layout = layout;
    this.#offset = offset;
    this.#reader = new ByteReader(bytes);
    this.#rowStart = row.position;
    this.#end = row.headerLength;
    this.#decoding(() => {
      const deletion = readDeletion(this.#reader);
      if (!sameDeletion(deletion, row.deletion)) {
        throw this.#wrong('another deletion of the row', 'the one of Data.db');
      }
      this.#blocksLeft = this.#reader.i32();
      if (this.#blocksLeft < 2) throw this.#wrong(`${this.#blocksLeft} blocks`, '2 or more');
    });
    this.#next();
  }

  #decoding(decode: () => void): void {
    try {
      decode();
    } catch (error) {
      throw asSSTableError(error, this.#path, this.#offset);
    }
  }

  #wrong(found: string, expected: string): Error {
    return corrupt(this.#path, this.#offset + this.#reader.position, found, expected);
  }

  #next(): void {
    if (this.#blocksLeft === 0) {
      this.#block = undefined;
      return;
    }
    this.#blocksLeft -= 1;
    this.#decoding(() => {
      const first = this.#reader.bytes16();
      const last = this.#reader.bytes16();
      const start = this.#reader.i64Number();
      const end = start + this.#reader.i64Number();
      if (start !== this.#end || end <= start) {
        throw this.#wrong(`a block from ${start} to ${end}`, `one that begins at ${this.#end}`);
      }
      this.#block = { first, last, start, end };
      this.#end = end;
    });
    this.#isFirstKnown = false;
  }

  /** `position` is where the atom begins in uncompressed Data.db. */
  atom(atom: LegacyAtom, position: number): void {
    const at = position - this.#rowStart;
    while (this.#block !== undefined && at >= this.#block.end) {
      if (at > this.#block.end) {
        throw this.#wrong(`a block that ends at ${this.#block.end}`, 'the end of an atom');
      }
      this.#checkLast(this.#block);
      this.#next();
    }
    if (this.#block === undefined) throw this.#wrong('the end of the blocks', `one at ${at}`);
    this.#checkFirst(this.#block, atom);
    this.#last = nameOf(atom, this.#layout.isSuper).slice();
  }

  /** Blocks begin with the range tombstones that are still open, repeated; their first name is that of the atom behind those. */
  #checkFirst(block: Block, atom: LegacyAtom): void {
    if (this.#isFirstKnown) return;
    const name = nameOf(atom, this.#layout.isSuper);
    this.#isFirstKnown = Buffer.compare(name, block.first) === 0;
    if (this.#isFirstKnown || atom.kind === 'range') return;
    throw this.#wrong(`a block whose first name is ${hex(block.first)}`, hex(name));
  }

  #checkLast(block: Block): void {
    if (!this.#isFirstKnown) {
      throw this.#wrong(`a block whose first name is ${hex(block.first)}`, 'one that is in it');
    }
    if (this.#last !== undefined && Buffer.compare(block.last, this.#last) === 0) return;
    throw this.#wrong(
      `a block whose last name is ${hex(block.last)}`,
      hex(this.#last ?? block.first),
    );
  }

  #skipFilter(): void {
    this.#reader.skip(4);
    const words = this.#reader.i32();
    if (words < 0) throw this.#wrong(`a filter of ${words} words`, '0 or more');
    this.#reader.skip(words * 8);
  }

  /** `end` is where the next row begins. */
  end(end: number): void {
    const { endMarkBytes, hasFilter } = this.#layout;
    if (hasFilter) this.#decoding(() => this.#skipFilter());
    const { remaining } = this.#reader;
    if (this.#block === undefined || this.#blocksLeft > 0 || remaining > 0) {
      throw this.#wrong(`${this.#blocksLeft} blocks more, ${remaining} bytes`, 'the end');
    }
    this.#checkLast(this.#block);
    if (this.#block.end + endMarkBytes !== end - this.#rowStart) {
      const expected = `${end - this.#rowStart - endMarkBytes}, where the atoms end`;
      throw this.#wrong(`a last block that ends at ${this.#block.end}`, expected);
    }
  }
}
