// Control plane. The largest value of every length and count that a peer may put on the wire. Called by the decoders, which
// compare before they allocate or wait for bytes. Two's powers are generous multiples of what real clusters send.

/** `utf` strings carry a u16 length, so no text is longer (spec: streaming-4.0-plus §2.2.2). */
export const UTF_BYTES_MAX = 65_535;

/** Keyspace and table names: 48 characters, 222 in the newest releases; four times that. */
export const NAME_BYTES_MAX = 1024;

/** Operation text of STREAM_INIT: the longest known is 21 characters, and any text is legal. */
export const OPERATION_BYTES_MAX = 1024;

/** Simple class name of a compressor. */
export const COMPRESSOR_BYTES_MAX = 1024;

/** SSTable version (two letters) and format name (`big`, `bti`); both become part of file names. */
export const FORMAT_BYTES_MAX = 16;

/** Component names are file names, and file systems end at 255 bytes. */
export const COMPONENT_NAME_BYTES_MAX = 255;

/** Murmur3 tokens take 8 bytes, Random ones 17, ByteOrdered ones are keys, which carry a u16 length. */
export const TOKEN_BYTES_MAX = 65_535;

/** Partition keys carry a u16 length everywhere else. */
export const KEY_BYTES_MAX = 65_535;

/** Requests of one PREPARE_SYN: one per keyspace in practice. */
export const REQUEST_COUNT_MAX = 4096;

/** Ranges of one request or summary: 1,000 nodes of 256 tokens each are 256,000. */
export const RANGE_COUNT_MAX = 1 << 20;

/** Table names of one request, and summaries of one message: one per table. */
export const TABLE_COUNT_MAX = 1 << 16;

/** What one summary may announce as `files`: components of every SSTable of a table. */
export const FILE_COUNT_MAX = 1 << 24;

/** Sections of one SSTable: at most one per range. */
export const SECTION_COUNT_MAX = RANGE_COUNT_MAX;

/** Chunks of one SSTable: 256 GiB of data at 16 KiB a chunk; the list itself is then 192 MiB. */
export const CHUNK_COUNT_MAX = 1 << 24;

/** Uncompressed size of a chunk; 4 KiB to 256 KiB in practice. Receivers keep a buffer of this size. */
export const CHUNK_BYTES_MAX = 1 << 24;

/** Stored size of a chunk: incompressible data grows a little, raw chunks are padded up to the threshold. */
export const CHUNK_STORED_BYTES_MAX = 2 * CHUNK_BYTES_MAX;

/** Compressor options other than chunk length and ratio; real ones have at most two. */
export const COMPRESSOR_OPTION_COUNT_MAX = 64;

/** Type strings of nested user types are long, but not a megabyte. */
export const TYPE_BYTES_MAX = 1 << 20;

/** Clustering columns of a table. */
export const CLUSTERING_COUNT_MAX = 1 << 16;

/** Static or regular columns of a table. */
export const COLUMN_COUNT_MAX = 1 << 16;

/** Column names carry a u16 length in the schema. */
export const COLUMN_NAME_BYTES_MAX = 65_535;

/** Components of one SSTable: eight, or ten and a dozen per attached index. */
export const COMPONENT_COUNT_MAX = 4096;

/** Positions in and lengths of files: 1 PiB. Also keeps their sums exact in a double. */
export const FILE_BYTES_MAX = 1n << 50n;

/** Uncompressed bytes of one LZ4 block of the stream framing: real senders use 64 KiB (spec §4.1). */
export const BLOCK_BYTES_MAX = 1 << 24;

/** LZ4 grows incompressible data by one byte in 255, and 16. */
export const BLOCK_COMPRESSED_BYTES_MAX = BLOCK_BYTES_MAX + Math.ceil(BLOCK_BYTES_MAX / 255) + 16;

/** Bytes that one stream message may take before its payload: the largest chunk list and section list, and 16 MiB. */
export const STREAM_MESSAGE_BYTES_MAX = CHUNK_COUNT_MAX * 12 + SECTION_COUNT_MAX * 16 + (1 << 24);

/** Payload of one internode frame: 17 bits of length (spec: repair §6.6). */
export const FRAME_PAYLOAD_BYTES_MAX = (1 << 17) - 1;

/** A message up to this size travels in one self-contained frame (spec: repair §6.6). */
export const SMALL_MESSAGE_BYTES_MAX = 65_536 - 12;

/** Pieces of a large message, as real senders cut it (spec: repair §6.6). */
export const LARGE_MESSAGE_PIECE_BYTES = 32_768;

/** One internode message with its payload: the receive queue of a real node takes no larger one. */
export const MESSAGE_BYTES_MAX = 1 << 27;

/** Parameters of one internode message; 18 ids are known. */
export const MESSAGE_PARAM_COUNT_MAX = 256;

/** Bytes of one message parameter. */
export const MESSAGE_PARAM_BYTES_MAX = 1 << 20;

/** Endpoints of one gossip message; clusters end at some thousands. */
export const GOSSIP_ENDPOINT_COUNT_MAX = 1 << 16;

/** Application states of one endpoint; 21 are known. */
export const GOSSIP_STATE_COUNT_MAX = 256;

/** Tokens of one node; 256 is the largest usual number. */
export const GOSSIP_TOKEN_COUNT_MAX = 1 << 14;
