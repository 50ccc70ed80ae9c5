// Control plane. An SSTable as the rest of the house sees it. Implemented in this package, used by planner input, the front door and the
// command line. Holds types only.
import type { Partitioner, TokenRange } from '@scamander/ring';
import type { Either } from 'fp-ts/lib/Either.js';
import type { SSTableError } from './errors.ts';
import type { RawChunk, RawChunksOptions } from './io/raw-chunks.ts';
import type { RowReader } from './rows/row-reader.ts';
import type { RowSlice } from './rows/slice-filter.ts';
import type { LookupOptions } from './rows/sstable-lookup.ts';
import type { RowsOptions } from './rows/sstable-rows.ts';

/** `big` (Index.db) or `bti` (Partitions.db). */
export type SSTableFormat = 'big' | 'bti';

/** What a file name and its folder say (spec: sstable-index-and-stats §1). */
export interface SSTableDescriptor {
  readonly directory: string;
  readonly keyspace: string;
  readonly table: string;
  /** From the folder's name; canonical UUID text. Absent in folders without an id. */
  readonly tableId: string | undefined;
  /** Name of the built-in secondary index when the files lie in its `.index` folder. */
  readonly indexName: string | undefined;
  readonly version: string;
  readonly format: SSTableFormat;
  /** Sequence number or 28-character UUID form, as text. */
  readonly id: string;
  /** What precedes the component name, such as `nb-1-big-`. */
  readonly prefix: string;
}

/** The files of one SSTable as found in the folder. */
export interface SSTableFiles {
  readonly descriptor: SSTableDescriptor;
  /** Component name (`Data.db`, …) to length in bytes, from the directory listing. */
  readonly components: ReadonlyMap<string, number>;
}

/** One table found on disk. */
export interface DiscoveredTable {
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string | undefined;
  readonly directories: readonly string[];
  readonly sstables: readonly SSTableFiles[];
  /** Folders of built-in secondary indexes: named, never loaded (the node rebuilds them). */
  readonly indexDirectories: readonly string[];
}

/** What lies below the folders that were given. */
export interface Discovery {
  readonly tables: readonly DiscoveredTable[];
  /** Incomplete sets, foreign files, unfinished transactions, unknown versions: each named, none fatal for the rest. */
  readonly problems: readonly SSTableError[];
}

/** Uncompressed byte range of Data.db, half open, whole partitions. */
export interface Section {
  readonly lower: bigint;
  readonly upper: bigint;
}

/** A stored chunk of a compressed Data.db. */
export interface CompressedChunk {
  readonly offsetBytes: number;
  /** Without the 4 CRC bytes. */
  readonly lengthBytes: number;
}

/** CompressionInfo.db without its offsets, which are read when asked for (a 10 GB file has megabytes of them). */
export interface CompressionParams {
  /** Simple class name such as `LZ4Compressor`. */
  readonly compressor: string;
  readonly options: readonly (readonly [string, string])[];
  readonly chunkLengthBytes: number;
  /** 2147483647 where chunks are never stored raw. */
  readonly maxCompressedLengthBytes: number;
  readonly dataLengthBytes: bigint;
  readonly chunkCount: number;
}

/** The HEADER component of Statistics.db (spec: sstable-index-and-stats §6.6). */
export interface SerializationHeader {
  readonly minTimestamp: bigint;
  readonly minLocalDeletionTime: bigint;
  readonly minTtl: bigint;
  readonly keyType: string;
  readonly clusteringTypes: readonly string[];
  readonly staticColumns: readonly { readonly name: Uint8Array; readonly type: string }[];
  readonly regularColumns: readonly { readonly name: Uint8Array; readonly type: string }[];
}

/** What Statistics.db says, as far as streaming and describing need it; the decoded component has more. */
export interface StatisticsSummary {
  readonly partitionerClass: string;
  readonly bloomFilterFpChance: number;
  readonly partitions: bigint;
  readonly rows: bigint;
  readonly columns: bigint;
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly minLocalDeletionTime: bigint;
  readonly maxLocalDeletionTime: bigint;
  readonly minTtl: number;
  readonly maxTtl: number;
  readonly compressionRatio: number;
  readonly sstableLevel: number;
  readonly repairedAtMs: bigint;
  readonly pendingRepair: string | undefined;
  readonly isTransient: boolean;
  readonly hasLegacyCounterShards: boolean;
  readonly originatingHostId: string | undefined;
}

/** One partition of the index. `key` is a view valid until the next step of the iteration. */
export interface IndexedKey {
  readonly key: Uint8Array;
  /** Position in the uncompressed Data.db. */
  readonly position: bigint;
}

/** How thorough a verification is. */
export type VerifyLevel = 'quick' | 'deep';

/**
 * A `quick` verification in two steps: `structure` is all of it but the checksum of Data.db, `digest` is that checksum against
 * Digest.crc32. `structure` reads Data.db all the same where it has no digest, or `deep` is asked for; then its checksum is in the report.
 * @default 'all'
 */
export type VerifyPart = 'all' | 'structure' | 'digest';

/** Progress of a verification; `bytes` of `totalBytes`. */
export type VerifyProgress = (bytes: number, totalBytes: number) => void;

/** What a verification found. */
export interface VerifyReport {
  /** Empty means sound. */
  readonly errors: readonly SSTableError[];
  /** Odd but harmless: a surplus trailing chunk, a missing digest, a filter that should not be trusted. */
  readonly warnings: readonly string[];
  /** CRC-32 of each file that was read whole. */
  readonly checksums: Readonly<Record<string, number>>;
  readonly bytesRead: number;
  /** False when Filter.db is absent, truncated, empty or misses a key that was looked up: then it is not sent. */
  readonly filterTrusted: boolean;
}

/** An open SSTable. Holds no more than its summary data in memory; close() releases descriptors. */
export interface SSTable {
  readonly files: SSTableFiles;
  readonly statistics: StatisticsSummary;
  readonly header: SerializationHeader;
  readonly partitioner: Partitioner;
  readonly compression: CompressionParams | undefined;
  /** Uncompressed length. */
  readonly dataLengthBytes: bigint;
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  /** Partitions within the sections, at least 1 for a non-empty list; may be an estimate. */
  estimatedKeys(sections: readonly Section[]): Promise<Either<SSTableError, bigint>>;
  /** Which bytes hold the partitions of these ranges (spec: sstable-data §12). Empty when none do. */
  sections(ranges: readonly TokenRange[]): Promise<Either<SSTableError, readonly Section[]>>;
  /** The stored chunks that cover the sections, in order, each once (spec: streaming-4.0-plus §3.1). Only for compressed SSTables. */
  chunksFor(
    sections: readonly Section[],
  ): Promise<Either<SSTableError, readonly CompressedChunk[]>>;
  /** Every key in order. */
  keys(): AsyncIterable<IndexedKey>;
  /**
   * Every stored chunk with its uncompressed bytes, in order: all of them, or those that hold the sections. Of an uncompressed SSTable
   * pieces of Data.db. Rejects with SSTableError; a chunk that does not decompress has its reason in `problem` instead.
   */
  rawChunks(options?: RawChunksOptions): AsyncIterable<RawChunk>;
  /** Partitions with their rows and cells, in order. Left where the index can't be read; what is wrong with rows, the reader rejects with. */
  rows(options?: RowsOptions): Promise<Either<SSTableError, RowReader>>;
  /** The partition of one key, through filter and index; undefined where there is none. The reader stands before it. */
  partition(
    key: Uint8Array,
    options?: LookupOptions,
  ): Promise<Either<SSTableError, RowReader | undefined>>;
  /**
   * The same, of the rows only those between two bounds, read from the block on where they begin (spec: sstable-index-and-stats §4.3, §7.5).
   * A range deletion that reaches over a bound begins or ends there.
   */
  slice(
    key: Uint8Array,
    slice: RowSlice,
    options?: LookupOptions,
  ): Promise<Either<SSTableError, RowReader | undefined>>;
  /** Components that may travel whole, with their lengths, Data.db first, without TOC.txt and SI files (spec §3.3). */
  manifest(options: {
    readonly includeFilter: boolean;
  }): readonly { readonly name: string; readonly lengthBytes: number }[];
  verify(
    level: VerifyLevel,
    options?: {
      readonly progress?: VerifyProgress;
      readonly signal?: AbortSignal;
      readonly part?: VerifyPart;
      /**
       * Reads all of Index.db, which has no checksum: its keys stand in the order of their tokens, its positions ascend from 0, and most
       * damage breaks that. Part of the structure. `deep` does it anyway, with more. @default false
       */
      readonly indexOrder?: boolean;
    },
  ): Promise<VerifyReport>;
  close(): Promise<void>;
}
