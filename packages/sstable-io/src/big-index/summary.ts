// Control plane. Summary.db read through pages: a sample of Index.db for binary search (spec: sstable-index-and-stats §5). Called by the BIG index.
// Never loads the file: a large one has tens of megabytes.
import { ByteReader } from '@scamander/bytes';
import { corrupt, decoding } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import { KEY_BYTES_MAX } from '../limits.ts';

const HEADER_BYTES = 24;
/** `jb` lacks sampling level and size at full sampling. */
const SHORT_HEADER_BYTES = 16;
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

/** How versions before `ma` differ (spec §5.1, §5.2). */
export interface SummaryLayout {
  readonly hasSamplingLevel: boolean;
  /** Bytes behind the last key that say nothing. */
  readonly hasBoundaries: boolean;
}

const MODERN_LAYOUT: SummaryLayout = { hasSamplingLevel: true, hasBoundaries: false };

const readFields = (reader: ByteReader, { hasSamplingLevel }: SummaryLayout) => {
  const head = {
    minIndexInterval: reader.i32(),
    entryCount: reader.i32(),
    sizeBytes: reader.i64Number(),
  };
  return hasSamplingLevel
    ? { ...head, samplingLevel: reader.i32(), sizeAtFullSampling: reader.i32() }
    : { ...head, samplingLevel: 128, sizeAtFullSampling: head.entryCount };
};

const checkFields = (
  path: string,
  fields: ReturnType<typeof readFields>,
  headerBytes: number,
  length: number,
): void => {
  const { entryCount, sizeBytes, minIndexInterval, samplingLevel } = fields;
  const sizeMin = entryCount * (OFFSET_BYTES + POSITION_BYTES);
  if (entryCount < 1 || sizeBytes < sizeMin || headerBytes + sizeBytes + 8 > length) {
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
  readonly #headerBytes: number;
  readonly #isLittleEndian: boolean;

  private constructor(
    paged: PagedFile,
    header: SummaryHeader,
    headerBytes: number,
    isLittleEndian: boolean,
  ) {
    this.#paged = paged;
    this.header = header;
    this.#headerBytes = headerBytes;
    this.#isLittleEndian = isLittleEndian;
  }

  /** Reads header and boundary keys; rejects with `SCM_SSTABLE_CORRUPT` when they are impossible. */
  static async open(paged: PagedFile, layout = MODERN_LAYOUT): Promise<SummaryReader> {
    const headerBytes = layout.hasSamplingLevel ? HEADER_BYTES : SHORT_HEADER_BYTES;
    const head = await paged.bytes(0, Math.min(headerBytes + OFFSET_BYTES, paged.lengthBytes));
    const reader = new ByteReader(head);
    const fields = decoding(paged.path, 0, () => readFields(reader, layout));
    checkFields(paged.path, fields, headerBytes, paged.lengthBytes);
    const firstOffset = decoding(paged.path, 0, () => reader.i32le());
    const expected = fields.entryCount * OFFSET_BYTES;
    const isLittleEndian = firstOffset === expected;
    if (!isLittleEndian && new ByteReader(head, headerBytes).i32() !== expected) {
      throw corrupt(paged.path, headerBytes, `first offset ${firstOffset}`, `${expected}`);
    }
    const first = await readBoundaryKey(paged, headerBytes + fields.sizeBytes);
    const last = await readBoundaryKey(paged, first.end);
    if (!layout.hasBoundaries && last.end !== paged.lengthBytes) {
      throw corrupt(
        paged.path,
        last.end,
        `${paged.lengthBytes - last.end} bytes behind the last key`,
        'the end of the file',
      );
    }
    const header = { ...fields, firstKey: first.key, lastKey: last.key };
    return new SummaryReader(paged, header, headerBytes, isLittleEndian);
  }

  async #offset(index: number): Promise<number> {
    if (index === this.header.entryCount) return this.header.sizeBytes;
    const bytes = await this.#paged.bytes(this.#headerBytes + index * OFFSET_BYTES, OFFSET_BYTES);
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
        this.#headerBytes + index * OFFSET_BYTES,
        `entry ${index} from ${start} to ${end}`,
        `a key and 8 bytes, within ${this.header.sizeBytes} bytes`,
      );
    }
    const at = this.#headerBytes + start;
    const bytes = await this.#paged.bytes(at, end - start);
    const reader = new ByteReader(bytes, keyBytes);
    const position = this.#isLittleEndian ? reader.i64le() : reader.i64();
    if (position < 0n || position > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw corrupt(this.#paged.path, at + keyBytes, `position ${position}`, 'a place in Index.db');
    }
    return { key: bytes.subarray(0, keyBytes), indexOffset: Number(position) };
  }
}
