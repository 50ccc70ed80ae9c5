// Control plane. Summary.db read through pages: a sample of Index.db for binary search (spec: sstable-index-and-stats §5). Called by the BIG index.
// Never loads the file: a large one has tens of megabytes.
import { ByteReader } from '@scamander/bytes';
import { corrupt, decoding } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import { KEY_BYTES_MAX } from '../limits.ts';

const HEADER_BYTES = 24;
const OFFSET_BYTES = 4;
const POSITION_BYTES = 8;

/** The fixed fields and both boundary keys. */
export interface SummaryHeader {
  readonly minIndexInterval: number;
  readonly entryCount: number;
  /** Of offsets and entries together. */
  readonly sizeBytes: number;
  /** 128 when every entry is there. */
  readonly samplingLevel: number;
  readonly sizeAtFullSampling: number;
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
}

/** One sampled partition. */
export interface SummaryEntry {
  readonly key: Uint8Array;
  /** Of the entry in Index.db. */
  readonly indexOffset: number;
}

const readBoundaryKey = async (
  paged: PagedFile,
  at: number,
): Promise<{ readonly key: Uint8Array; readonly end: number }> => {
  const bytes = await paged.bytes(at, 4);
  const length = new ByteReader(bytes).i32();
  if (length < 0 || length > KEY_BYTES_MAX) {
    throw corrupt(paged.path, at, `a key of ${length} bytes`, `0 to ${KEY_BYTES_MAX}`);
  }
  const key = Uint8Array.from(await paged.bytes(at + 4, length));
  return { key, end: at + 4 + length };
};

const readFields = (reader: ByteReader) => ({
  minIndexInterval: reader.i32(),
  entryCount: reader.i32(),
  sizeBytes: reader.i64Number(),
  samplingLevel: reader.i32(),
  sizeAtFullSampling: reader.i32(),
});

const checkFields = (path: string, fields: ReturnType<typeof readFields>, length: number): void => {
  const { entryCount, sizeBytes, minIndexInterval, samplingLevel } = fields;
  const sizeMin = entryCount * (OFFSET_BYTES + POSITION_BYTES);
  if (entryCount < 1 || sizeBytes < sizeMin || HEADER_BYTES + sizeBytes + 8 > length) {
    throw corrupt(
      path,
      4,
      `${entryCount} entries in ${sizeBytes} bytes`,
      `1 or more, in less than the file's ${length} bytes`,
    );
  }
  if (minIndexInterval < 1 || samplingLevel < 1 || samplingLevel > 128) {
    throw corrupt(
      path,
      0,
      `interval ${minIndexInterval}, sampling level ${samplingLevel}`,
      'an interval above 0 and a level of 1 to 128',
    );
  }
};

/** Binary search over the sampled entries. */
export class SummaryReader {
  readonly header: SummaryHeader;
  readonly #paged: PagedFile;
  readonly #isLittleEndian: boolean;

  private constructor(paged: PagedFile, header: SummaryHeader, isLittleEndian: boolean) {
    this.#paged = paged;
    this.header = header;
    this.#isLittleEndian = isLittleEndian;
  }

  /** Reads header and boundary keys; rejects with `SCM_SSTABLE_CORRUPT` when they are impossible. Versions `ma` and later. */
  static async open(paged: PagedFile): Promise<SummaryReader> {
    const head = await paged.bytes(0, Math.min(HEADER_BYTES + OFFSET_BYTES, paged.lengthBytes));
    const reader = new ByteReader(head);
    const fields = decoding(paged.path, 0, () => readFields(reader));
    checkFields(paged.path, fields, paged.lengthBytes);
    const firstOffset = decoding(paged.path, 0, () => reader.i32le());
    const expected = fields.entryCount * OFFSET_BYTES;
    const isLittleEndian = firstOffset === expected;
    if (!isLittleEndian && new ByteReader(head, HEADER_BYTES).i32() !== expected) {
      throw corrupt(paged.path, HEADER_BYTES, `first offset ${firstOffset}`, `${expected}`);
    }
    const first = await readBoundaryKey(paged, HEADER_BYTES + fields.sizeBytes);
    const last = await readBoundaryKey(paged, first.end);
    if (last.end !== paged.lengthBytes) {
      throw corrupt(
        paged.path,
        last.end,
        `${paged.lengthBytes - last.end} bytes behind the last key`,
        'the end of the file',
      );
    }
    const header = { ...fields, firstKey: first.key, lastKey: last.key };
    return new SummaryReader(paged, header, isLittleEndian);
  }

  async #offset(index: number): Promise<number> {
    if (index === this.header.entryCount) return this.header.sizeBytes;
    const bytes = await this.#paged.bytes(HEADER_BYTES + index * OFFSET_BYTES, OFFSET_BYTES);
    const reader = new ByteReader(bytes);
    return this.#isLittleEndian ? reader.i32le() : reader.i32();
  }

  /** The entry with this index; its key is a copy or a view that stays valid. */
  async entry(index: number): Promise<SummaryEntry> {
    const start = await this.#offset(index);
    const end = await this.#offset(index + 1);
    const keyBytes = end - start - POSITION_BYTES;
    if (start < 0 || keyBytes < 0 || keyBytes > KEY_BYTES_MAX || end > this.header.sizeBytes) {
      throw corrupt(
        this.#paged.path,
        HEADER_BYTES + index * OFFSET_BYTES,
        `entry ${index} from ${start} to ${end}`,
        `a key and 8 bytes, within ${this.header.sizeBytes} bytes`,
      );
    }
    const at = HEADER_BYTES + start;
    const bytes = await this.#paged.bytes(at, end - start);
    const reader = new ByteReader(bytes, keyBytes);
    const position = this.#isLittleEndian ? reader.i64le() : reader.i64();
    if (position < 0n || position > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw corrupt(this.#paged.path, at + keyBytes, `position ${position}`, 'a place in Index.db');
    }
    return { key: bytes.subarray(0, keyBytes), indexOffset: Number(position) };
  }
}
