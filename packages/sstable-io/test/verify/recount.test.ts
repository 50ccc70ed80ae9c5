// What Statistics.db says against the rows: what would make a node lose data is an error, the rest a warning (spec: sstable-index-and-stats §8.3).
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readStatistics } from '../../src/open.ts';
import { encodeStatistics, type Statistics } from '../../src/statistics/statistics.ts';
import type { StatsMetadata } from '../../src/statistics/stats.ts';
import type { VerifyReport } from '../../src/types.ts';
import { fixtureSSTable } from '../fixture-sstables.ts';
import { orThrow, withSSTable } from '../rows/reading.ts';
import { SSTableCopy } from '../sstable-copy.ts';

type Change = (statistics: Statistics) => Partial<StatsMetadata>;

const verifiedWith = async (folder: string, change: Change): Promise<VerifyReport> => {
  let report: VerifyReport | undefined;
  await withTempFolder(async (temp) => {
    const copy = new SSTableCopy(fixtureSSTable(folder), temp);
    const statistics = orThrow(await readStatistics(copy.files));
    const stats = { ...statistics.stats, ...change(statistics) };
    copy.write('Statistics.db', encodeStatistics({ ...statistics, stats }));
    report = await withSSTable(copy.files, (sstable) => sstable.verify('deep'));
  });
  return report!;
};

const NB = 'real/4.1.10-nb/ttls';
const OA = 'real/5.0.6-oa/dels';
const DA = 'real/5.0.6-da/dels';
const ME = 'real/3.11.19-me/dels';

/** `says` matches an error, or a warning and no error. */
const CHANGES: [
  name: string,
  folder: string,
  kind: 'error' | 'warning',
  change: Change,
  says: RegExp,
][] = [
  [
    'a smallest timestamp above that of the rows',
    NB,
    'error',
    ({ stats }) => ({ minTimestamp: stats.minTimestamp + 1n }),
    /timestamps from \d+ to \d+, expected/,
  ],
  [
    'a largest timestamp below that of the rows',
    OA,
    'error',
    ({ stats }) => ({ maxTimestamp: stats.maxTimestamp - 1n }),
    /timestamps from/,
  ],
  [
    'wider timestamps',
    DA,
    'warning',
    ({ stats }) => ({ maxTimestamp: stats.maxTimestamp + 1n }),
    /says timestamps from/,
  ],
  [
    'no deletion times where there are some',
    OA,
    'error',
    () => ({ minLocalDeletionTime: 0xffffffff }),
    /local deletion times from 4294967295 to 4294967295/,
  ],
  [
    'an end of everything before rows that do not end',
    NB,
    'error',
    ({ stats }) => ({ maxLocalDeletionTime: stats.minLocalDeletionTime }),
    /local deletion times from/,
  ],
  [
    'deletion times from 0 on',
    ME,
    'warning',
    () => ({ minLocalDeletionTime: 0 }),
    /says local deletion times from 0/,
  ],
  ['another TTL', NB, 'warning', () => ({ maxTtl: 1 }), /says TTLs from/],
  [
    'a slice that ends too early',
    OA,
    'error',
    ({ stats }) => ({
      coveredClustering: {
        start: stats.coveredClustering!.start,
        end: { kind: 'EXCL_END_BOUND', values: stats.coveredClustering!.start.values },
      },
    }),
    /clustering values from .* EXCL_END_BOUND/,
  ],
  [
    'a slice of nothing',
    DA,
    'error',
    () => ({
      coveredClustering: {
        start: { kind: 'EXCL_START_BOUND', values: [] },
        end: { kind: 'EXCL_END_BOUND', values: [] },
      },
    }),
    /clustering values from EXCL_START_BOUND \(\)/,
  ],
  [
    'a slice of everything',
    'real/5.0.6-da/ttls',
    'warning',
    () => ({
      coveredClustering: {
        start: { kind: 'INCL_START_BOUND', values: [] },
        end: { kind: 'INCL_END_BOUND', values: [] },
      },
    }),
    /says clustering values from INCL_START_BOUND \(\)/,
  ],
  [
    'a largest clustering that is the smallest',
    'real/3.11.19-me/ttls',
    'error',
    ({ stats }) => ({ maxClusteringValues: stats.minClusteringValues }),
    /clustering values from/,
  ],
  [
    'unknown clustering values',
    'real/3.11.19-me/ttls',
    'warning',
    () => ({ minClusteringValues: [], maxClusteringValues: [] }),
    /says clustering values from/,
  ],
  [
    'no partition deletions where there are some',
    OA,
    'error',
    () => ({ hasPartitionLevelDeletions: false }),
    /no deleted partitions/,
  ],
  [
    'partition deletions where there are none',
    'real/5.0.6-oa/ttls',
    'warning',
    () => ({ hasPartitionLevelDeletions: true }),
    /that partitions are deleted: true/,
  ],
  [
    'another number of rows',
    NB,
    'warning',
    ({ stats }) => ({ totalRows: stats.totalRows + 1n }),
    /a number of rows of/,
  ],
  [
    'another number of columns',
    NB,
    'warning',
    () => ({ totalColumnsSet: 0n }),
    /a number of columns of/,
  ],
  [
    'another ratio',
    NB,
    'warning',
    () => ({ compressionRatio: 0.123 }),
    /a ratio of compression of 0\.123/,
  ],
  [
    'no tombstones',
    OA,
    'warning',
    () => ({ estimatedTombstoneDropTime: { maxBinSize: 0, bins: [] } }),
    /counts other deletion times/,
  ],
  [
    'other cell counts',
    NB,
    'warning',
    ({ stats: { estimatedCellPerPartitionCount: known } }) => ({
      estimatedCellPerPartitionCount: { ...known, counts: known.counts.map(() => 0n) },
    }),
    /other numbers of cells/,
  ],
  ['level 9', NB, 'warning', () => ({ sstableLevel: 9 }), /says level 9/],
];

for (const [name, folder, kind, change, says] of CHANGES) {
  sharedTest(test, `${folder}: ${name}: ${kind}`, async () => {
    const { errors, warnings } = await verifiedWith(folder, change);
    const messages = errors.map(({ message }) => message);
    if (kind === 'error') {
      assert.ok(
        messages.some((text) => says.test(text) && /Statistics\.db \(byte \d+\)/.test(text)),
        `${messages.join('\n')} | ${warnings.join('\n')}`,
      );
    } else {
      assert.equal(messages, []);
      assert.ok(
        warnings.some((text) => says.test(text)),
        warnings.join('\n'),
      );
    }
  });
}

test.run();
