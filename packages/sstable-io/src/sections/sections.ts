// Control plane. Which bytes of Data.db hold the partitions of given ranges, and which stored chunks cover them (spec: sstable-data §12,
// streaming-4.0-plus §3.1; SSTableReader#getPositionsForRanges, CompressionMetadata#getChunksForSections). Called by the open SSTable.
import { normalize, type Partitioner, type Token, type TokenRange } from '@scamander/ring';
import type { ChunkOffsets } from '../components/compression-info.ts';
import type { CompressedChunk, Section } from '../types.ts';
import type { PartitionIndex } from './partition-index.ts';

/** Bounds to look up, ascending; the minimum token stands for the beginning on the left and for the end on the right. */
const boundsOf = (partitioner: Partitioner, ranges: readonly TokenRange[]): Token[] => {
  const isMinimum = (token: Token) => partitioner.compare(token, partitioner.minimumToken) === 0;
  return ranges.flatMap(({ left, right }) => [left, right]).filter((token) => !isMinimum(token));
};

/** The sections of a set of ranges: ascending, disjoint, on partition boundaries. */
export const sectionsOf = async (
  index: PartitionIndex,
  partitioner: Partitioner,
  dataLengthBytes: number,
  ranges: readonly TokenRange[],
): Promise<Section[]> => {
  const normalized = normalize(partitioner, ranges);
  const bounds = boundsOf(partitioner, normalized);
  const positions = bounds.length === 0 ? [] : await index.positionsAfter(bounds);
  let next = 0;
  const positionOf = (token: Token, atMinimum: number): number =>
    partitioner.compare(token, partitioner.minimumToken) === 0
      ? atMinimum
      : (positions[next++] ?? dataLengthBytes);
  const sections: Section[] = [];
  for (const { left, right } of normalized) {
    const lower = BigInt(positionOf(left, 0));
    const upper = BigInt(positionOf(right, dataLengthBytes));
    if (lower < upper) sections.push({ lower, upper });
  }
  return sections;
};

/** Runs of chunk indexes, ascending; sections that share or adjoin a chunk become one run. */
const chunkRuns = (sections: readonly Section[], chunkLength: bigint): [number, number][] => {
  const runs: [number, number][] = [];
  const ascending = [...sections].sort((a, b) => (a.lower < b.lower ? -1 : 1));
  for (const { lower, upper } of ascending) {
    if (upper <= lower) continue;
    const first = Number(lower / chunkLength);
    const last = Number((upper - 1n) / chunkLength);
    const run = runs.at(-1);
    if (run !== undefined && first <= run[1] + 1) run[1] = Math.max(run[1], last);
    else runs.push([first, last]);
  }
  return runs;
};

/** The stored chunks that the sections touch, ascending, each once. */
export const chunksOf = async (
  offsets: ChunkOffsets,
  sections: readonly Section[],
): Promise<CompressedChunk[]> => {
  const chunks: CompressedChunk[] = [];
  for (const [first, last] of chunkRuns(sections, BigInt(offsets.params.chunkLengthBytes))) {
    for (let i = first; i <= last; i++) chunks.push(await offsets.chunk(i));
  }
  return chunks;
};
