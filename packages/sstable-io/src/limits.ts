// Both planes. Every bound of this package in one place. Called before any allocation that depends on bytes of a file.

/** Longest Statistics.db that is read whole. Real ones have 5–60 KiB; huge schemas reach a few MiB. */
export const STATISTICS_BYTES_MAX = 64 * 1024 * 1024;
/** Longest type string, column name or key inside Statistics.db. */
export const STATISTICS_FIELD_BYTES_MAX = 16 * 1024 * 1024;
/** Most columns, clustering types, histogram bins or intervals in one list of Statistics.db. */
export const STATISTICS_LIST_MAX = 1_000_000;
/** Longest beginning of CompressionInfo.db that holds names and options, before the offsets. */
export const COMPRESSION_HEADER_BYTES_MAX = 64 * 1024;
/** Most compressor options. Cassandra's own compressors have two. */
export const COMPRESSION_OPTIONS_MAX = 64;
/** Largest uncompressed chunk. Cassandra's default is 16 KiB (64 KiB in 3.x). */
export const CHUNK_BYTES_MAX = 16 * 1024 * 1024;
/** Surplus of a stored chunk over its uncompressed length: Snappy's worst case is a sixth, and a few bytes. */
export const chunkStoredBytesMax = (chunkBytes: number): number =>
  chunkBytes + Math.ceil(chunkBytes / 4) + 1024;
/** What a Zstandard frame may produce beyond the chunk length, by the sum of its block bounds, before it is called a bomb. */
export const ZSTD_OUTPUT_SLACK_BYTES = 8 * 1024 * 1024;
/** Longest partition key (an unsigned 16-bit length). */
export const KEY_BYTES_MAX = 65_535;
/** Page of every positioned read of an index component; also the page of BTI tries (spec: sstable-index-and-stats §7). */
export const PAGE_BYTES = 4096;
/** Pages a component keeps, least recently used go first: 256 KiB. */
export const PAGES_CACHED_MAX = 64;
/** Decompressed chunks a Data.db reader keeps. */
export const CHUNKS_CACHED_MAX = 4;
/** Buffer of every sequential pass over a file. */
export const SCAN_BUFFER_BYTES = 256 * 1024;
/** Deepest trie that is walked: a byte-comparable key of 64 KiB, every byte escaped. */
export const TRIE_DEPTH_MAX = 2 * KEY_BYTES_MAX + 64;
/** Part of Filter.db held at once, twice, while it is made anew of the keys; longer filters take several passes. */
export const FILTER_SEGMENT_BYTES = 16 * 1024 * 1024;
/** Words of 64 bits in a Filter.db: its count is an i32. 16 GiB. */
export const FILTER_WORDS_MAX = 2 ** 31 - 1;
/** Part of a new Filter.db held at once while it is made; longer ones take several passes over the keys' hashes. 50 million keys fit. */
export const FILTER_BUILT_BYTES_MAX = 64 * 1024 * 1024;
/** Hashes of keys in memory before they go to a file, 16 bytes each, while the number of keys is not known: 16 MiB. */
export const KEY_HASHES_HELD_MAX = 1024 * 1024;
/** Longest Partitions.db whose unused bytes are accounted for (one bit for each byte): 256 MiB take 32 MiB. */
export const TRIE_ACCOUNTED_BYTES_MAX = 256 * 1024 * 1024;
/** Longest Digest.crc32 or TOC.txt that is read. */
export const TEXT_COMPONENT_BYTES_MAX = 1024 * 1024;
/** Findings of one component before its verification stops: a wrecked file does not fill the memory with errors. */
export const FINDINGS_MAX = 20;
/** Keys looked up in Filter.db by a quick verification. */
export const FILTER_SAMPLE_KEYS = 128;
/** Entries of one folder before it is refused: a table of 20,000 SSTables has 200,000 files. */
export const DIRECTORY_ENTRIES_MAX = 1_000_000;
/** Folders one discovery looks into: a node with 1,000 tables on four disks has 4,000. */
export const DISCOVERY_DIRECTORIES_MAX = 100_000;
/** Foreign files named one by one in each folder; the rest is counted. */
export const FOREIGN_FILES_NAMED_MAX = 20;
/** Longest transaction log that is read. A compaction of 10,000 SSTables writes 2 MiB. */
export const TRANSACTION_LOG_BYTES_MAX = 16 * 1024 * 1024;
/** How often a folder is listed again because files vanished meanwhile (a running node compacts). */
export const LISTING_ATTEMPTS_MAX = 5;
/** Files whose length is asked for at the same time. */
export const STAT_CONCURRENCY_MAX = 32;
/** Uncompressed bytes of one LZ4 block of a stream of sections; real senders use 64 KiB. Held at once, as is what it was made of. */
export const STREAM_BLOCK_BYTES_MAX = 16 * 1024 * 1024;
/** Components of one entire SSTable: ten of its own, nine of SAI and five for each SAI index. */
export const MANIFEST_COMPONENTS_MAX = 1024;
/** Longest component name that is taken from a peer: with its prefix it must fit the 255 bytes of a file name. */
export const COMPONENT_NAME_LENGTH_MAX = 180;
/** SSTables that become visible in one transaction. */
export const TRANSACTION_SSTABLES_MAX = 100_000;
/** Window over uncompressed Data.db in which the head of a row must fit: its clustering values, not its cells. */
export const ROW_HEAD_BYTES_MAX = 8 * 1024 * 1024;
/** Longest promoted index of one partition that is checked in memory; longer ones are named and passed over. */
export const PROMOTED_INDEX_BYTES_MAX = 64 * 1024 * 1024;
/** Most trie nodes of one wide partition whose bytes are accounted for; larger row indexes are named and passed over. */
export const ROW_TRIE_NODES_MAX = 2_000_000;
/** Buffer of a component that is being written; a few of them at once. */
export const WRITE_BUFFER_BYTES = 512 * 1024;
/** Chunks that may be with a compressor that works beside the thread (Zstandard before Node 22.15). */
export const COMPRESSING_CHUNKS_MAX = 16;
/** Window of a row reader over uncompressed data; rows that are longer make it grow. */
export const ROW_WINDOW_BYTES = 256 * 1024;
/** The same for one partition that is looked up. */
export const LOOKUP_WINDOW_BYTES = 32 * 1024;
/** Longest row that is read whole: nodes take no value above 256 MiB and no mutation above half a commit log segment, but compaction adds up collections. */
export const ROW_BYTES_MAX = 1024 * 1024 * 1024;
/** Rows and markers of one batch. */
export const ROW_BATCH_MAX = 1024;
/** Uncompressed bytes of a file of 3.x that are tried to find out whether its user types are frozen. */
export const BARE_TYPE_PROBE_BYTES_MAX = 16 * 1024 * 1024;
/** Longest clustering value (an unsigned 16-bit length at the writer). */
export const CLUSTERING_VALUE_BYTES_MAX = 65_535;
/** Longest text of predicates that a dump takes. */
export const WHERE_TEXT_CHARS_MAX = 64 * 1024;
/** Most predicates in it. */
export const WHERE_PREDICATES_MAX = 100;
/** Longest value of a cell before `ma`: nodes take none above 256 MiB, half a commit log segment of 32 MiB by default. */
export const LEGACY_VALUE_BYTES_MAX = 512 * 1024 * 1024;
/** Atoms of one batch of an old SSTable. */
export const LEGACY_ATOM_BATCH_MAX = 4096;
/** Blocks of one partition that are listed at once, for reading it backwards: 64 GiB in blocks of 16 KiB. */
export const ROW_BLOCKS_MAX = 4_000_000;
/** Longest entry of a promoted index: two places of some clustering values. */
export const ROW_BLOCK_ENTRY_BYTES_MAX = 8 * 1024 * 1024;
/** Longest block that is held to be handed out backwards; partitions with longer ones are cut anew. */
export const REVERSED_BLOCK_BYTES_MAX = 64 * 1024 * 1024;
/** What a CQL writer buffers before it sorts a run to disk, by its own estimate. */
export const CQL_WRITER_BUFFER_BYTES = 64 * 1024 * 1024;
/** Buffer of each sorted run that is read, twice. */
export const RUN_WINDOW_BYTES = 128 * 1024;
/** Sorted runs that are merged at once: 64 of them take 16 MiB. More are merged to fewer first. */
export const RUNS_MERGED_MAX = 64;
/** Longest line of JSON rows: one row, as text. */
export const JSON_LINE_LENGTH_MAX = 128 * 1024 * 1024;
/** Filter or index of the columns of one row, which stand in front of them up to 1.1. */
export const LEGACY_ROW_INDEX_BYTES_MAX = 64 * 1024 * 1024;

/** How often the folder of a receive is made while other receives end and remove the folders around it. */
export const STAGING_ATTEMPTS_MAX = 10;
