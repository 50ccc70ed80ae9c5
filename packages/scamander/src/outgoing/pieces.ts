// Control plane. Cuts what one replica must get of one SSTable into transfers of bounded size. Called while planning a load.
// Without it the chunk list of a 10 GB SSTable (650,000 entries) would have to be held and sent in one header.
import type { Partitioner, TokenRange } from '@scamander/ring';
import type { Section, SSTable, SSTableError } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { PIECE_BYTES_MAX } from '../limits.ts';
import { sectionTransferSize } from './section-file.ts';

/** One transfer: sections and what they weigh on the wire. */
export interface Piece {
  readonly sections: readonly Section[];
  readonly transferSizeBytes: bigint;
}

const weigh = async (
  sstable: SSTable,
  sections: readonly Section[],
): Promise<Either<SSTableError, Piece>> => {
  if (sstable.compression === undefined) {
    return right({ sections, transferSizeBytes: sectionTransferSize(sections, undefined) });
  }
  const chunks = await sstable.chunksFor(sections);
  if (isLeft(chunks)) return left(chunks.left);
  return right({ sections, transferSizeBytes: sectionTransferSize(sections, chunks.right) });
};

const halves = (
  ranges: readonly TokenRange[],
  partitioner: Partitioner,
): readonly (readonly TokenRange[])[] => {
  if (ranges.length > 1) {
    const middle = ranges.length >> 1;
    return [ranges.slice(0, middle), ranges.slice(middle)];
  }
  const range = ranges[0];
  const middle = range === undefined ? undefined : partitioner.midpoint?.(range.left, range.right);
  if (range === undefined || middle === undefined) return [];
  const lower = { left: range.left, right: middle };
  const upper = { left: middle, right: range.right };
  const isProper =
    partitioner.compare(middle, range.left) !== 0 && partitioner.compare(middle, range.right) !== 0;
  return isProper ? [[lower], [upper]] : [];
};

/** The transfers that carry the partitions of the ranges; empty when there are none. Ranges are normalized and sorted. */
export const piecesOf = async (
  sstable: SSTable,
  ranges: readonly TokenRange[],
  pieceBytesMax: bigint = PIECE_BYTES_MAX,
): Promise<Either<SSTableError, readonly Piece[]>> => {
  const sections = await sstable.sections(ranges);
  if (isLeft(sections)) return left(sections.left);
  if (sections.right.length === 0) return right([]);
  const total = sectionTransferSize(sections.right, undefined);
  const parts = total > pieceBytesMax ? halves(ranges, sstable.partitioner) : [];
  if (parts.length === 0) {
    const piece = await weigh(sstable, sections.right);
    return isLeft(piece) ? left(piece.left) : right([piece.right]);
  }
  const pieces: Piece[] = [];
  for (const part of parts) {
    const found = await piecesOf(sstable, part, pieceBytesMax);
    if (isLeft(found)) return found;
    pieces.push(...found.right);
  }
  return right(pieces);
};
