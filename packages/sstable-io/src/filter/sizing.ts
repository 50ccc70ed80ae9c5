// Both planes. How large a Filter.db is and how many bits each key sets (spec: sstable-data §10.2; BloomCalculations, OffHeapBitSet).
// Called by what builds filters. Reads and writes nothing.
import { FILTER_WORDS_MAX } from '../limits.ts';

/**
 * Rows of fp chance, hashes of a key, bits per key. A chance takes the last row that it reaches; the last row's single bit is a quirk of
 * Cassandra's tables.
 */
const TABLE = `
  6.71e-05:14/20 6.79e-05:13/20 7.12e-05:12/20 7.77e-05:11/20 8.89e-05:10/20 0.000108:9/20
  0.000109:13/19 0.000111:12/19 0.000118:11/19 0.000132:10/19 0.000155:9/19
  0.000176:12/18 0.000183:11/18 0.000198:10/18 0.000226:9/18 0.000275:8/18
  0.000284:12/17 0.000287:11/17 0.000302:10/17 0.000335:9/17 0.000394:8/17
  0.000459:11/16 0.00047:10/16 0.000505:9/16 0.000574:8/16 0.000702:7/16
  0.000744:10/15 0.000775:9/15 0.000852:8/15 0.001:7/15
  0.0012:10/14 0.00121:9/14 0.00129:8/14 0.00146:7/14 0.00179:6/14
  0.00194:9/13 0.00199:8/13 0.00217:7/13 0.00255:6/13
  0.00314:8/12 0.00329:7/12 0.00371:6/12 0.00459:5/12
  0.00509:8/11 0.00513:7/11 0.00552:6/11 0.0065:5/11
  0.00819:7/10 0.00844:6/10 0.00943:5/10 0.0118:4/10
  0.0133:6/9 0.0141:5/9 0.0166:4/9 0.0216:6/8 0.0217:5/8 0.024:4/8 0.0306:3/8
  0.0347:5/7 0.0359:4/7 0.0423:3/7 0.0561:4/6 0.0609:3/6 0.0804:2/6 0.092:3/5 0.109:2/5
  0.147:3/4 0.155:2/4 0.221:1/4 0.237:2/3 0.283:1/3 0.393:2/1`;

interface SizingRow {
  readonly fpChance: number;
  readonly hashCount: number;
  readonly bitsPerKey: number;
}

const ROWS: readonly SizingRow[] = TABLE.trim()
  .split(/\s+/)
  .map((row) => {
    const [fpChance, hashCount, bitsPerKey] = row.split(/[:/]/).map(Number) as [
      number,
      number,
      number,
    ];
    return { fpChance, hashCount, bitsPerKey };
  });

/** Bits on top of those of the keys (BloomCalculations.EXCESS). */
const EXCESS_BITS = 20;
const WORD_BITS = 64;

/** Smallest `bloom_filter_fp_chance` that a table may have (BloomCalculations.minSupportedBloomFilterFpChance). */
export const FP_CHANCE_MIN = 6.71e-5;

/** Whether SSTables of this `bloom_filter_fp_chance` have a Filter.db at all: with 1 they have none. */
export const hasFilter = (fpChance: number): boolean => fpChance < 1;

/** What Filter.db says before its bits. */
export interface FilterSize {
  readonly hashCount: number;
  /** Of 64 bits each. */
  readonly wordCount: number;
}

/**
 * The size of a filter for this many keys, as Cassandra chooses it. Throws a `RangeError` for a chance that no table can have, for 1, which
 * means that there is no filter, and for more keys than a filter can hold.
 */
export const filterSize = (keys: number, fpChance: number): FilterSize => {
  if (!(fpChance >= FP_CHANCE_MIN && hasFilter(fpChance))) {
    throw new RangeError(
      `a filter’s fp chance is at least ${FP_CHANCE_MIN} and below 1, not ${fpChance}`,
    );
  }
  const { hashCount, bitsPerKey } = ROWS.findLast((row) => row.fpChance <= fpChance)!;
  const bits = keys * bitsPerKey + EXCESS_BITS;
  const wordCount = Math.floor((bits - 1) / WORD_BITS) + 1;
  if (!(keys >= 0) || wordCount > FILTER_WORDS_MAX) {
    throw new RangeError(`a filter has 0 to ${FILTER_WORDS_MAX} words, not those of ${keys} keys`);
  }
  return { hashCount, wordCount };
};
