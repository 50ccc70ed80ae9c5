// Control plane. Whether two SSTables are the same: cell by cell, then byte by byte where their headers let them be. Called by the tests.
import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import { openSSTable, orThrow } from '../../src/open.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { type PlainPartition, readPlain } from '../../test/arbitrary/plain.ts';
import { componentOf, statisticsOf } from '../../test/write/rewriting.ts';

/** All partitions of an SSTable, every field of every cell. */
export const plainOf = async (files: SSTableFiles): Promise<readonly PlainPartition[]> => {
  const sstable = orThrow(await openSSTable(files));
  try {
    const reader = orThrow(await sstable.rows());
    try {
      return await readPlain(reader);
    } finally {
      await reader.close();
    }
  } finally {
    await sstable.close();
  }
};

/** Both are the same partitions. */
export const assertSamePartitions = (
  found: readonly PlainPartition[],
  expected: readonly PlainPartition[],
  what: string,
): void => {
  for (const [i, { key, lines }] of expected.entries())
    assert.equal(found[i]?.lines, lines, `${what}, partition ${key}`);
  assert.equal(
    found.map(({ key }) => key),
    expected.map(({ key }) => key),
    `keys of ${what}`,
  );
};

/** Statistics.db as text, without what only the writing node knows. */
const statisticsText = (files: SSTableFiles): string => {
  const { validation, compaction, stats, header } = statisticsOf(files);
  const known = {
    ...stats,
    commitLogIntervals: undefined,
    commitLogLowerBound: undefined,
    commitLogUpperBound: undefined,
    originatingHostId: undefined,
  };
  return inspect(
    { validation, compaction, stats: known, header },
    { depth: 10, maxArrayLength: null },
  );
};

const headerText = (files: SSTableFiles): string =>
  inspect(statisticsOf(files).header, { depth: 10, maxArrayLength: null });

/** Components whose bytes follow from the rows, for SSTables that are not compressed. */
const SAME_COMPONENTS = [
  'Data.db',
  'Digest.crc32',
  'Index.db',
  'Summary.db',
  'Partitions.db',
  'Rows.db',
];

/**
 * Both hold the same partitions. Where the bases of their deltas and their columns are the same, and neither is compressed, all else is too. Gives
 * whether that was so.
 */
export const assertSameSSTables = async (
  ours: SSTableFiles,
  theirs: SSTableFiles,
  what: string,
): Promise<boolean> => {
  assertSamePartitions(await plainOf(ours), await plainOf(theirs), what);
  if (headerText(ours) !== headerText(theirs)) return false;
  assert.is(statisticsText(ours), statisticsText(theirs), `statistics of ${what}`);
  for (const name of SAME_COMPONENTS) {
    assert.is(ours.components.has(name), theirs.components.has(name), `${name} of ${what}`);
    if (!ours.components.has(name)) continue;
    const isSame = componentOf(ours, name).equals(componentOf(theirs, name));
    assert.ok(isSame, `${name} of ${what}`);
  }
  // a compaction of Cassandra ends with a chunk of nothing
  const checksums = componentOf(ours, 'CRC.db');
  const theirChecksums = componentOf(theirs, 'CRC.db').subarray(0, checksums.length);
  assert.ok(checksums.equals(theirChecksums), `CRC.db of ${what}`);
  // and has a filter for all the partitions of its inputs, be they left out or not
  if (ours.components.get('Filter.db') === theirs.components.get('Filter.db'))
    assert.ok(
      componentOf(ours, 'Filter.db').equals(componentOf(theirs, 'Filter.db')),
      `Filter.db of ${what}`,
    );
  return true;
};
