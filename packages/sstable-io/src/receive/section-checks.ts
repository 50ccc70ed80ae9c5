// Control plane. Whether announced sections can be taken at all (spec: streaming-4.0-plus §3, §3.1). Called before a byte of them is read or
// a file is made. Pure.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { type VersionFeatures, versionFeatures } from '../components/version.ts';
import type { BlockCodec } from '../compression/codec.ts';
import { blockCodecNamed } from '../compression/codecs.ts';
import { SSTableError } from '../errors.ts';
import { tooLong } from '../io/decoding.ts';
import { CHUNK_BYTES_MAX, chunkStoredBytesMax } from '../limits.ts';
import type { Section, SerializationHeader } from '../types.ts';
import {
  checkRepairState,
  checkVersion,
  manifestError,
  type ReceiveHeader,
} from './announcement.ts';
import type { StreamedChunks } from './chunk-sections.ts';

/** What the stream says of the sections: CassandraStreamHeader and the STREAM message before it. */
export interface SectionsHeader extends Omit<ReceiveHeader, 'manifest'> {
  readonly estimatedKeys: bigint;
  /** Uncompressed, of the sender's Data.db; whole partitions. */
  readonly sections: readonly Section[];
  /** Undefined for an uncompressed SSTable. */
  readonly compression: StreamedCompression | undefined;
  readonly serializationHeader: SerializationHeader;
}

/** How the sender's SSTable is compressed, and which of its chunks come. */
export interface StreamedCompression extends StreamedChunks {
  readonly compressor: string;
  readonly options: readonly (readonly [string, string])[];
}

/** Sections that can be read. */
export interface CheckedSections {
  readonly features: VersionFeatures;
  /** Present where the sections are compressed. */
  readonly codec: BlockCodec | undefined;
}

/** "Half-open ranges of uncompressed Data.db positions, ascending, disjoint". */
const checkOrder = (label: string, sections: readonly Section[]): SSTableError | undefined => {
  let end = 0n;
  for (const { lower, upper } of sections) {
    if (lower < end || upper <= lower) {
      return manifestError(
        label,
        `a section from ${lower} to ${upper} behind one that ends at ${end}`,
      );
    }
    end = upper;
  }
  return end > BigInt(Number.MAX_SAFE_INTEGER)
    ? tooLong(label, undefined, 'position of a section', end, Number.MAX_SAFE_INTEGER)
    : undefined;
};

/** Chunks that the sections touch, each once. */
const chunksOf = (sections: readonly Section[], chunkLengthBytes: number): number => {
  let count = 0;
  let next = 0;
  for (const { lower, upper } of sections) {
    const first = Math.max(next, Math.floor(Number(lower) / chunkLengthBytes));
    const end = Math.floor((Number(upper) - 1) / chunkLengthBytes) + 1;
    count += Math.max(0, end - first);
    next = end;
  }
  return count;
};

/** "The list must be exactly that set": a chunk too many would be taken for the next message, and one too few the next message for a chunk. */
const checkChunks = (
  label: string,
  sections: readonly Section[],
  { chunkLengths, chunkLengthBytes }: StreamedChunks,
): SSTableError | undefined => {
  if (chunkLengthBytes > CHUNK_BYTES_MAX) {
    return tooLong(label, undefined, 'chunk length', chunkLengthBytes, CHUNK_BYTES_MAX);
  }
  if (chunkLengthBytes < 1 || !Number.isInteger(Math.log2(chunkLengthBytes))) {
    return manifestError(label, `a chunk length of ${chunkLengthBytes} is no power of two`);
  }
  const expected = chunksOf(sections, chunkLengthBytes);
  if (expected !== chunkLengths.length) {
    return manifestError(label, `${chunkLengths.length} chunks for sections of ${expected}`);
  }
  const limit = chunkStoredBytesMax(chunkLengthBytes);
  for (let i = 0; i < chunkLengths.length; i++) {
    const length = chunkLengths[i] as number;
    if (length < 1) return manifestError(label, `a chunk of ${length} bytes`);
    if (length > limit) return tooLong(label, undefined, 'stored chunk', length, limit);
  }
  return undefined;
};

/** How to read announced sections, or why they are refused. `label` is named in the error. */
export const checkSections = (
  label: string,
  header: SectionsHeader,
): Either<SSTableError, CheckedSections> => {
  const format = checkVersion(label, header);
  if (format._tag === 'Left') return format;
  const features = versionFeatures(format.right, header.sstableVersion, label);
  if (features._tag === 'Left') return features;
  const { sections, compression, estimatedKeys } = header;
  const error = checkRepairState(label, header) ?? checkOrder(label, sections);
  if (error !== undefined) return left(error);
  // the number is not used: "10^7 for 40 partitions is accepted", and would size a filter
  if (estimatedKeys < 0n) return left(manifestError(label, `${estimatedKeys} keys`));
  if (compression === undefined) return right({ features: features.right, codec: undefined });
  const wrong = checkChunks(label, sections, compression);
  if (wrong !== undefined) return left(wrong);
  const codec = blockCodecNamed(compression.compressor);
  if (codec !== undefined) return right({ features: features.right, codec });
  const what = `compressor ${compression.compressor.slice(0, 80)}`;
  return left(new SSTableError({ code: 'SCM_SSTABLE_UNSUPPORTED', file: label, what }));
};
