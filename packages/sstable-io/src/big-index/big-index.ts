// Data plane. The BIG index: Index.db, entered through Summary.db where that is sound (spec: sstable-index-and-stats §4.3). Called by sections
// and by the open SSTable. A summary is a hint only: each entry that is used is compared with Index.db.
import type { Partitioner, Token } from '@scamander/ring';
import { SSTableError } from '../errors.ts';
import { corrupt } from '../io/decoding.ts';
import type { ReadableFile } from '../io/readable-file.ts';
import type { FoundPartition, PartitionIndex } from '../sections/partition-index.ts';
import type { IndexedKey } from '../types.ts';
import { type IndexEntryLayout, IndexScanner } from './index-scanner.ts';
import type { SummaryEntry, SummaryReader } from './summary.ts';

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && Buffer.compare(a, b) === 0;

/** Opens with the boundary keys found in Index.db itself. */
export class BigIndex implements PartitionIndex {
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  readonly keyCount: number | undefined;
  /** Undefined when there is none or it can't be trusted; then every lookup scans Index.db. */
  readonly summary: SummaryReader | undefined;
  readonly #file: ReadableFile;
  readonly #partitioner: Partitioner;
  readonly #layout: IndexEntryLayout;

  private constructor(
    file: ReadableFile,
    partitioner: Partitioner,
    summary: SummaryReader | undefined,
    layout: IndexEntryLayout,
    ends: { firstKey: Uint8Array; lastKey: Uint8Array; keyCount: number | undefined },
  ) {
    this.#file = file;
    this.#partitioner = partitioner;
    this.#layout = layout;
    this.summary = summary;
    this.firstKey = ends.firstKey;
    this.lastKey = ends.lastKey;
    this.keyCount = ends.keyCount;
  }

  /** Finds first and last key: by the summary's last entry, or without a sound summary by reading the whole Index.db once. */
  static async open(
    file: ReadableFile,
    partitioner: Partitioner,
    summary: SummaryReader | undefined,
    layout: IndexEntryLayout = 'variable',
  ): Promise<BigIndex> {
    const scanner = new IndexScanner(file, 0, 'lookup', layout);
    if (!(await scanner.next())) throw corrupt(file.path, 0, 'an empty file', 'index entries');
    const firstKey = Uint8Array.from(scanner.key);
    const start =
      summary === undefined ? undefined : await lastSampledOffset(file, summary, layout);
    const fromEnd =
      start === undefined ? undefined : await lastEntry(file, start, 'lookup', layout);
    const agrees =
      summary !== undefined &&
      fromEnd !== undefined &&
      sameBytes(summary.header.firstKey, firstKey) &&
      sameBytes(summary.header.lastKey, fromEnd.key);
    if (agrees) {
      const ends = { firstKey, lastKey: fromEnd.key, keyCount: undefined };
      return new BigIndex(file, partitioner, summary, layout, ends);
    }
    const { key, count } = await lastEntry(file, 0, 'scan', layout);
    const ends = { firstKey, lastKey: key, keyCount: count };
    return new BigIndex(file, partitioner, undefined, layout, ends);
  }

  async positionsAfter(tokens: readonly Token[]): Promise<(number | undefined)[]> {
    if (this.summary === undefined) return await this.#scanFor(tokens, 0);
    const positions: (number | undefined)[] = [];
    for (const token of tokens) {
      const start = await this.#entryBefore(this.summary, token);
      if (start === undefined) return await this.#scanFor(tokens, 0);
      positions.push(...(await this.#scanFor([token], start)));
    }
    return positions;
  }

  /** One pass from an entry on for tokens that ascend. */
  async #scanFor(tokens: readonly Token[], start: number): Promise<(number | undefined)[]> {
    const { compare, tokenOf } = this.#partitioner;
    const positions: (number | undefined)[] = [];
    const use = tokens.length > 1 ? 'scan' : 'lookup';
    const scanner = new IndexScanner(this.#file, start, use, this.#layout);
    while (positions.length < tokens.length && (await scanner.next())) {
      const found = tokenOf(scanner.key);
      while (positions.length < tokens.length && compare(found, tokens[positions.length]!) > 0) {
        positions.push(scanner.dataPosition);
      }
    }
    while (positions.length < tokens.length) positions.push(undefined);
    return positions;
  }

  /**
   * Where in Index.db the last sampled partition begins whose token is not above the sought one, 0 when all are above;
   * undefined when the summary contradicts Index.db there.
   */
  async #entryBefore(summary: SummaryReader, token: Token): Promise<number | undefined> {
    const { compare, tokenOf } = this.#partitioner;
    const { before } = await this.#sampledAround(
      summary,
      (key) => compare(tokenOf(key), token) <= 0,
    );
    if (before === undefined) return 0;
    const isThere = await holdsKey(this.#file, before.indexOffset, before.key, this.#layout);
    return isThere ? before.indexOffset : undefined;
  }

  /** The last sampled entry that is not above, and the one after it. */
  async #sampledAround(
    summary: SummaryReader,
    isNotAbove: (key: Uint8Array) => boolean,
  ): Promise<{ before: SummaryEntry | undefined; after: SummaryEntry | undefined }> {
    let low = 0;
    let high = summary.header.entryCount;
    let before: SummaryEntry | undefined;
    let after: SummaryEntry | undefined;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = await summary.entry(middle);
      if (isNotAbove(entry.key)) {
        low = middle + 1;
        before = entry;
      } else {
        high = middle;
        after = entry;
      }
    }
    return { before, after };
  }

  async find(key: Uint8Array): Promise<FoundPartition | undefined> {
    const { summary } = this;
    if (summary === undefined) return (await this.#findFrom(0, key, undefined)) || undefined;
    const { compare, tokenOf } = this.#partitioner;
    const token = tokenOf(key);
    const { before, after } = await this.#sampledAround(summary, (sampled) => {
      const order = compare(tokenOf(sampled), token);
      return order < 0 || (order === 0 && Buffer.compare(sampled, key) <= 0);
    });
    if (before === undefined) return (await this.#findFrom(0, key, after)) || undefined;
    const isThere = await holdsKey(this.#file, before.indexOffset, before.key, this.#layout);
    const found = isThere && (await this.#findFrom(before.indexOffset, key, after));
    return found === false ? (await this.#findFrom(0, key, undefined)) || undefined : found;
  }

  /** Compares keys only, up to the next sampled one; false when that is not where the summary says. */
  async #findFrom(
    start: number,
    key: Uint8Array,
    after: SummaryEntry | undefined,
  ): Promise<FoundPartition | undefined | false> {
    const scanner = new IndexScanner(this.#file, start, 'lookup', this.#layout);
    const end = after?.indexOffset ?? Number.POSITIVE_INFINITY;
    while (await scanner.next()) {
      if (scanner.entryOffset >= end) {
        const isThere = after !== undefined && sameBytes(scanner.key, after.key);
        return isThere && scanner.entryOffset === end ? undefined : false;
      }
      if (!sameBytes(scanner.key, key)) continue;
      const { dataPosition, promotedOffset: offset, promotedBytes: lengthBytes } = scanner;
      const rowIndex =
        lengthBytes === 0 ? undefined : { kind: 'promoted' as const, offset, lengthBytes };
      return { dataPosition, rowIndex };
    }
    return after === undefined ? undefined : false;
  }

  async *keys(): AsyncGenerator<IndexedKey, void, void> {
    const scanner = new IndexScanner(this.#file, 0, 'scan', this.#layout);
    while (await scanner.next()) {
      yield { key: scanner.key, position: BigInt(scanner.dataPosition) };
    }
  }
}

const holdsKey = async (
  file: ReadableFile,
  offset: number,
  key: Uint8Array,
  layout: IndexEntryLayout,
): Promise<boolean> => {
  if (offset >= file.lengthBytes) return false;
  const scanner = new IndexScanner(file, offset, 'lookup', layout);
  try {
    return (await scanner.next()) && sameBytes(scanner.key, key);
  } catch (error) {
    // a wrong offset lands within an entry, and what stands there need not make sense
    if (error instanceof SSTableError && error.code !== 'SCM_SSTABLE_IO') return false;
    throw error;
  }
};

/** Offset of the summary's last entry, if Index.db has its key there and the first entry is that of the file. */
const lastSampledOffset = async (
  file: ReadableFile,
  summary: SummaryReader,
  layout: IndexEntryLayout,
): Promise<number | undefined> => {
  try {
    const first = await summary.entry(0);
    const last = await summary.entry(summary.header.entryCount - 1);
    if (first.indexOffset !== 0) return undefined;
    const isThere = await holdsKey(file, last.indexOffset, last.key, layout);
    return isThere ? last.indexOffset : undefined;
  } catch (error) {
    if (error instanceof SSTableError && error.code !== 'SCM_SSTABLE_IO') return undefined;
    throw error;
  }
};

const lastEntry = async (
  file: ReadableFile,
  start: number,
  use: 'scan' | 'lookup',
  layout: IndexEntryLayout,
): Promise<{ key: Uint8Array; count: number }> => {
  const scanner = new IndexScanner(file, start, use, layout);
  let count = 0;
  let last = new Uint8Array(64);
  let length = 0;
  while (await scanner.next()) {
    count += 1;
    // the key is a view, and only the end of the file tells which one is the last
    length = scanner.key.length;
    if (last.length < length) last = new Uint8Array(length * 2);
    last.set(scanner.key);
  }
  return { key: last.slice(0, length), count };
};
