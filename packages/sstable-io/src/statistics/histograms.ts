// Control plane. The two histograms inside STATS (spec: sstable-index-and-stats §3.4, §3.5). Called by the STATS codec.
import { type ByteReader, type ByteWriter, MalformedBytes } from '@scamander/bytes';
import { STATISTICS_LIST_MAX } from '../limits.ts';
import { readCount } from './lists.ts';

/** Counts by value: bucket i counts offsets[i−1] < v ≤ offsets[i]; the last bucket counts what is above all offsets. */
export interface EstimatedHistogram {
  readonly offsets: readonly bigint[];
  /** One more than offsets. */
  readonly counts: readonly bigint[];
}

/** Entry bytes: an offset and a count. */
const ENTRY_BYTES = 16;

/** Entry 0 repeats the first offset (pitfall P23). */
export const readEstimatedHistogram = (reader: ByteReader): EstimatedHistogram => {
  const at = reader.position;
  const size = readCount(reader, 'histogram size', ENTRY_BYTES, STATISTICS_LIST_MAX);
  if (size < 2)
    throw new MalformedBytes({ what: 'histogram size ≥ 2', found: `${size}`, offset: at });
  const first = reader.i64();
  const counts = [reader.i64()];
  const offsets: bigint[] = [];
  for (let i = 1; i < size; i++) {
    offsets.push(reader.i64());
    counts.push(reader.i64());
  }
  if (offsets[0] !== first) {
    throw new MalformedBytes({
      what: `histogram whose first offset ${first} stands twice`,
      found: `${offsets[0]}`,
      offset: at,
    });
  }
  return { offsets, counts };
};

/** The mirror of {@link readEstimatedHistogram}. */
export const writeEstimatedHistogram = (
  writer: ByteWriter,
  histogram: EstimatedHistogram,
): void => {
  writer.i32(histogram.counts.length);
  for (const [i, count] of histogram.counts.entries()) {
    writer.i64(histogram.offsets[Math.max(0, i - 1)]!);
    writer.i64(count);
  }
};

/** Number of values that were counted. */
export const histogramCount = (histogram: EstimatedHistogram): bigint =>
  histogram.counts.reduce((sum, count) => sum + count, 0n);

/** Local deletion times in seconds (fractions occur in old files) and how often each occurs. */
export interface TombstoneHistogram {
  /** Written as 100 up to 3.x, as the number of bins from 4.0; ignored by readers. */
  readonly maxBinSize: number;
  readonly bins: readonly { readonly point: number; readonly count: bigint }[];
}

/** Bins of 16 bytes (f64, i64) before `oa`, of 12 (i64, i32) from then on. */
export const readTombstoneHistogram = (
  reader: ByteReader,
  hasUIntDeletionTime: boolean,
): TombstoneHistogram => {
  const maxBinSize = reader.i32();
  const entryBytes = hasUIntDeletionTime ? 12 : 16;
  const size = readCount(reader, 'tombstone histogram size', entryBytes, STATISTICS_LIST_MAX);
  const bins: { point: number; count: bigint }[] = [];
  for (let i = 0; i < size; i++) {
    bins.push(
      hasUIntDeletionTime
        ? { point: reader.i64Number(), count: BigInt(reader.i32()) }
        : { point: reader.f64(), count: reader.i64() },
    );
  }
  return { maxBinSize, bins };
};

/** The mirror of {@link readTombstoneHistogram}. */
export const writeTombstoneHistogram = (
  writer: ByteWriter,
  histogram: TombstoneHistogram,
  hasUIntDeletionTime: boolean,
): void => {
  writer.i32(histogram.maxBinSize);
  writer.i32(histogram.bins.length);
  for (const { point, count } of histogram.bins) {
    if (hasUIntDeletionTime) {
      writer.i64Number(point);
      writer.i32(Number(count));
    } else {
      writer.f64(point);
      writer.i64(count);
    }
  }
};
