// Data plane. Walks the rows and markers of one partition by their lengths, without decoding cells (spec: sstable-data §4). Called by deep
// verification. Compares block boundaries with an index on its way.
import { type ByteReader, MalformedBytes, NeedMoreBytes } from '@scamander/bytes';
import { skipClusteringValues } from '../io/clustering-values.ts';
import type { DataCursor } from '../io/data-cursor.ts';
import { asSSTableError } from '../io/decoding.ts';
import { deletionTimeBytes, isUnreadableDeletion } from '../io/deletion-time.ts';

/** What the walk must know of the table. */
export interface PartitionLayout {
  readonly hasUIntDeletionTime: boolean;
  readonly hasStaticRow: boolean;
  /** Value length of each clustering type, −1 for variable ones. */
  readonly clusteringLengths: readonly number[];
  readonly minTimestamp: bigint;
  readonly minLocalDeletionTime: bigint;
}

/** A deletion as both indexes store it. */
export interface Deletion {
  readonly markedForDeleteAt: bigint;
  readonly localDeletionTime: number;
}

/** The row or marker that begins at `offset`, counted from the partition's start. */
export interface Unfiltered {
  offset: number;
  /** Kind and clustering values as in an index entry: view, valid during the call. */
  prefix: Uint8Array;
  /** The same of the row or marker before; a view of a reused buffer. */
  previousPrefix: Uint8Array;
  /** Range deletion that is open before this one. */
  open: Deletion | undefined;
}

/** An index of blocks, asked at its boundaries. Rejects with SSTableError when it disagrees. */
export interface BlockCheck {
  /** Where the next block should begin, from the partition's start. */
  nextOffset: number;
  boundary(at: Unfiltered): Promise<void>;
  /** `length` counts the end-of-partition byte. */
  end(length: number, at: Unfiltered): Promise<void>;
}

/** A partition after the walk. */
export interface WalkedPartition {
  readonly key: Uint8Array;
  readonly deletion: Uint8Array;
  readonly headerLength: number;
  readonly length: number;
}

const END = 0x01;
const MARKER = 0x02;
const EXTENSION = 0x80;
const IS_STATIC = 0x01;
const CLUSTERING = 4;
/** Kinds that close a range, open one, or both (spec §4.8). */
const CLOSES = new Set([0, 2, 5, 6]);
const OPENS = new Set([1, 2, 5, 7]);

/** Runs a decoder on the bytes ahead; undefined when they do not suffice, and then the cursor must be given `more()`. */
const parse = <T>(cursor: DataCursor, decode: (reader: ByteReader) => T): T | undefined => {
  const { reader } = cursor;
  const start = reader.position;
  const base = cursor.position - start;
  try {
    return decode(reader);
  } catch (error) {
    reader.position = start;
    if (error instanceof NeedMoreBytes) return undefined;
    throw asSSTableError(error, cursor.path, base);
  }
};

/** The same, waiting for bytes as long as they do not suffice. Nothing is awaited where they do: that is most of the time. */
const parseAll = async <T>(cursor: DataCursor, decode: (reader: ByteReader) => T): Promise<T> => {
  for (;;) {
    await cursor.more();
    const value = parse(cursor, decode);
    if (value !== undefined) return value;
  }
};

const readHead = (reader: ByteReader, layout: PartitionLayout) => {
  const key = reader.bytes16().slice();
  const bytes = deletionTimeBytes(reader, layout.hasUIntDeletionTime);
  return { key, deletion: reader.bytes(bytes).slice() };
};

const readStaticRow = (reader: ByteReader): number => {
  const offset = reader.position;
  const flags = reader.u8();
  const extended = reader.u8();
  if ((flags & EXTENSION) === 0 || extended !== IS_STATIC) {
    throw new MalformedBytes({
      what: 'flags of a static row',
      found: `${flags} ${extended}`,
      offset,
    });
  }
  return reader.uvintNumber();
};

/** Reads rows and markers; one instance for all partitions of an SSTable. */
export class PartitionWalker {
  readonly layout: PartitionLayout;
  /** Partitions whose deletion has a negative timestamp in `oa` or `da`: 5.0 writes them and then can't read them (spec §4.2). */
  unreadableDeletions = 0;
  readonly #cursor: DataCursor;
  readonly #at: Unfiltered = {
    offset: 0,
    prefix: new Uint8Array(0),
    previousPrefix: new Uint8Array(0),
    open: undefined,
  };
  #openAfter: Deletion | undefined;
  #prefixBuffer = new Uint8Array(256);

  constructor(cursor: DataCursor, layout: PartitionLayout) {
    this.#cursor = cursor;
    this.layout = layout;
  }

  /** Where the next partition begins in uncompressed Data.db. */
  get position(): number {
    return this.#cursor.position;
  }

  /** Walks the partition at the cursor to its end. `blocksFor` gives the index of its blocks, once its head is known. */
  async walk(
    blocksFor: (
      head: Omit<WalkedPartition, 'length'>,
    ) => Promise<BlockCheck | undefined> | BlockCheck | undefined,
  ): Promise<WalkedPartition> {
    const cursor = this.#cursor;
    const start = cursor.position;
    const head = parse(cursor, this.#readHead) ?? (await parseAll(cursor, this.#readHead));
    if (this.layout.hasStaticRow) {
      const body = parse(cursor, readStaticRow) ?? (await parseAll(cursor, readStaticRow));
      await cursor.skip(body);
    }
    if (isUnreadableDeletion(head.deletion, this.layout.hasUIntDeletionTime)) {
      this.unreadableDeletions += 1;
    }
    const { key, deletion } = head;
    const headerLength = cursor.position - start;
    const given = blocksFor({ key, deletion, headerLength });
    const blocks = given instanceof Promise ? await given : given;
    await this.#unfiltereds(start, blocks);
    const length = cursor.position - start;
    if (blocks !== undefined) await blocks.end(length, this.#at);
    return { key, deletion, headerLength, length };
  }

  readonly #readHead = (reader: ByteReader) => readHead(reader, this.layout);

  readonly #readNext = (reader: ByteReader): number => this.#readUnfiltered(reader);

  async #unfiltereds(start: number, blocks: BlockCheck | undefined): Promise<void> {
    const cursor = this.#cursor;
    const at = this.#at;
    at.open = undefined;
    at.previousPrefix = this.#prefixBuffer.subarray(0, 0);
    for (;;) {
      const offset = cursor.position - start;
      // a row's head is parsed again when the window ends within it: it starts where it started
      const body = parse(cursor, this.#readNext) ?? (await parseAll(cursor, this.#readNext));
      if (body < 0) return;
      if (blocks !== undefined) {
        at.offset = offset;
        if (offset >= blocks.nextOffset) await blocks.boundary(at);
        this.#remember(at);
      }
      at.open = this.#openAfter;
      const { reader } = cursor;
      if (body <= reader.remaining) reader.skip(body);
      else await cursor.skip(body);
    }
  }

  #remember(at: Unfiltered): void {
    if (this.#prefixBuffer.length < at.prefix.length) {
      this.#prefixBuffer = new Uint8Array(at.prefix.length * 2);
    }
    this.#prefixBuffer.set(at.prefix);
    at.previousPrefix = this.#prefixBuffer.subarray(0, at.prefix.length);
  }

  /** Bytes of the body that are left to skip, −1 at the end of the partition. */
  #readUnfiltered(reader: ByteReader): number {
    const offset = reader.position;
    const flags = reader.u8();
    if (flags === END) return -1;
    if ((flags & MARKER) !== 0) return this.#readMarker(reader, flags, offset);
    if ((flags & END) !== 0) {
      throw new MalformedBytes({ what: 'flags of a row', found: `${flags}`, offset });
    }
    if ((flags & EXTENSION) !== 0) reader.skip(1);
    const valuesAt = reader.position;
    const { clusteringLengths } = this.layout;
    skipClusteringValues(reader, clusteringLengths.length, clusteringLengths);
    const valuesBytes = reader.position - valuesAt;
    const body = reader.uvintNumber();
    const after = reader.position;
    reader.position = valuesAt;
    this.#setRowPrefix(reader.bytes(valuesBytes));
    reader.position = after;
    this.#openAfter = this.#at.open;
    return body;
  }

  #rowPrefix = new Uint8Array(256);

  #setRowPrefix(values: Uint8Array): void {
    if (this.#rowPrefix.length < values.length + 1) {
      this.#rowPrefix = new Uint8Array(2 * values.length + 1);
    }
    this.#rowPrefix[0] = CLUSTERING;
    this.#rowPrefix.set(values, 1);
    this.#at.prefix = this.#rowPrefix.subarray(0, values.length + 1);
  }

  /** Kind, number of values and values stand in a marker as they do in an index entry. */
  #readMarker(reader: ByteReader, flags: number, offset: number): number {
    const kindAt = reader.position;
    const kind = reader.u8();
    const count = reader.u16();
    const { clusteringLengths } = this.layout;
    const isKnown = CLOSES.has(kind) || OPENS.has(kind);
    if (flags !== MARKER || !isKnown || count > clusteringLengths.length) {
      throw new MalformedBytes({
        what: 'range tombstone marker',
        found: `flags ${flags}, kind ${kind}, ${count} values`,
        offset,
      });
    }
    skipClusteringValues(reader, count, clusteringLengths);
    const prefixBytes = reader.position - kindAt;
    const body = reader.uvintNumber();
    const bodyAt = reader.position;
    reader.uvint();
    const first = this.#readDeletion(reader);
    const isBoundary = CLOSES.has(kind) && OPENS.has(kind);
    const second = isBoundary ? this.#readDeletion(reader) : first;
    const read = reader.position - bodyAt;
    if (read > body) {
      throw new MalformedBytes({ what: 'marker body', found: `${body} bytes`, offset: bodyAt });
    }
    reader.position = kindAt;
    this.#at.prefix = reader.bytes(prefixBytes);
    reader.position = bodyAt + read;
    this.#openAfter = OPENS.has(kind) ? second : undefined;
    return body - read;
  }

  #readDeletion(reader: ByteReader): Deletion {
    const { minTimestamp, minLocalDeletionTime, hasUIntDeletionTime } = this.layout;
    const markedForDeleteAt = BigInt.asIntN(64, reader.uvint() + minTimestamp);
    const seconds = reader.uvint() + minLocalDeletionTime;
    const localDeletionTime = Number(
      hasUIntDeletionTime ? BigInt.asUintN(32, seconds) : BigInt.asIntN(32, seconds),
    );
    return { markedForDeleteAt, localDeletionTime };
  }
}
