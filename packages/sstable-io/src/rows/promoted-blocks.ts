// Data plane. Blocks of a wide partition by the promoted index of Index.db (spec: sstable-index-and-stats §4.1, §4.3; RowIndexEntry, IndexInfo).
// Called by slices of BIG SSTables. Reads only the entries that it compares.
import { ByteReader } from '@scamander/bytes';
import { corrupt, decoding, tooLong } from '../io/decoding.ts';
import { readDeletionTime, readFlag, skipDeletionTime } from '../io/deletion-time.ts';
import type { PagedFile } from '../io/paged-file.ts';
import { ROW_BLOCK_ENTRY_BYTES_MAX, ROW_BLOCKS_MAX } from '../limits.ts';
import {
  type ClusteringComparator,
  type ClusteringPlace,
  ROW_KIND,
} from './clustering-comparator.ts';
import type { ClusteringReader } from './clustering-reader.ts';
import type { DeletionTime } from './model.ts';
import type { RowBlock, RowBlocks } from './row-blocks.ts';

const OFFSET_BYTES = 4;
/** Header length, deletion, number of blocks. */
const FIXED_BYTES_MAX = 9 + 12 + 9;

/** What the values in it are read and compared with. */
export interface PromotedTypes {
  readonly clusterings: ClusteringReader;
  readonly comparator: ClusteringComparator;
  readonly hasUIntDeletionTime: boolean;
}

interface Entry {
  readonly first: ClusteringPlace;
  readonly offset: number;
  /** Deletion that is open behind the block (pitfall P12). */
  readonly openAfter: DeletionTime | undefined;
}

/** Binary search by the table of offsets at the end. */
export class PromotedBlocks implements RowBlocks {
  readonly #file: PagedFile;
  readonly #types: PromotedTypes;
  readonly #count: number;
  readonly #entriesAt: number;
  readonly #offsetsAt: number;

  private constructor(
    file: PagedFile,
    types: PromotedTypes,
    parts: { count: number; entriesAt: number; offsetsAt: number },
  ) {
    this.#file = file;
    this.#types = types;
    this.#count = parts.count;
    this.#entriesAt = parts.entriesAt;
    this.#offsetsAt = parts.offsetsAt;
  }

  /** Reads the fixed part. Rejects with SSTableError. */
  static async open(
    file: PagedFile,
    place: { readonly offset: number; readonly lengthBytes: number },
    types: PromotedTypes,
  ): Promise<PromotedBlocks> {
    const { offset, lengthBytes } = place;
    const fixed = await file.bytes(offset, Math.min(FIXED_BYTES_MAX, lengthBytes));
    const { count, bytes } = decoding(file.path, offset, () => {
      const reader = new ByteReader(fixed);
      reader.uvintNumber();
      skipDeletionTime(reader, types.hasUIntDeletionTime);
      return { count: reader.uvintNumber(), bytes: reader.position };
    });
    const entriesAt = offset + bytes;
    const offsetsAt = offset + lengthBytes - count * OFFSET_BYTES;
    if (count < 1 || offsetsAt < entriesAt) {
      throw corrupt(file.path, offset, `${count} blocks`, `at most what fits ${lengthBytes} bytes`);
    }
    return new PromotedBlocks(file, types, { count, entriesAt, offsetsAt });
  }

  async floor(place: ClusteringPlace): Promise<RowBlock> {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const { first } = await this.#entry(middle);
      if (this.#types.comparator.comparePlaces(first, place) <= 0) low = middle;
      else high = middle - 1;
    }
    return await this.#block(low);
  }

  async all(): Promise<readonly RowBlock[]> {
    if (this.#count > ROW_BLOCKS_MAX) {
      throw tooLong(this.#file.path, this.#entriesAt, 'blocks', this.#count, ROW_BLOCKS_MAX);
    }
    const blocks: RowBlock[] = [];
    let open: DeletionTime | undefined;
    for (let i = 0; i < this.#count; i++) {
      const { offset, openAfter } = await this.#entry(i);
      blocks.push({ offset, open });
      open = openAfter;
    }
    return blocks;
  }

  async #block(index: number): Promise<RowBlock> {
    const { offset } = await this.#entry(index);
    const open = index === 0 ? undefined : (await this.#entry(index - 1)).openAfter;
    return { offset, open };
  }

  async #entry(index: number): Promise<Entry> {
    const from = this.#entriesAt + (await this.#listed(index));
    const isLast = index + 1 === this.#count;
    const to = isLast ? this.#offsetsAt : this.#entriesAt + (await this.#listed(index + 1));
    if (from < this.#entriesAt || to <= from || to > this.#offsetsAt) {
      throw corrupt(this.#file.path, from, `a block entry up to byte ${to}`, 'ascending offsets');
    }
    if (to - from > ROW_BLOCK_ENTRY_BYTES_MAX) {
      throw tooLong(this.#file.path, from, 'a block entry', to - from, ROW_BLOCK_ENTRY_BYTES_MAX);
    }
    const bytes = await this.#file.bytes(from, to - from);
    return decoding(this.#file.path, from, () => this.#decode(new ByteReader(bytes)));
  }

  async #listed(index: number): Promise<number> {
    const at = this.#offsetsAt + index * OFFSET_BYTES;
    return new ByteReader(await this.#file.bytes(at, OFFSET_BYTES)).i32();
  }

  #decode(reader: ByteReader): Entry {
    const first = this.#place(reader);
    this.#place(reader);
    const offset = reader.uvintNumber();
    reader.svint();
    const openAfter = readFlag(reader, 'open marker')
      ? readDeletionTime(reader, this.#types.hasUIntDeletionTime)
      : undefined;
    return { first, offset, openAfter };
  }

  #place(reader: ByteReader): ClusteringPlace {
    const { clusterings } = this.#types;
    const kind = reader.u8();
    const count = kind === ROW_KIND ? clusterings.columns : reader.u16();
    return { kind, values: clusterings.read(reader, Math.min(count, clusterings.columns)) };
  }
}
