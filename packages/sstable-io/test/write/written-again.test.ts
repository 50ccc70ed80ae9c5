import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable, orThrow } from '../../src/open.ts';
import { encodeStatistics } from '../../src/statistics/statistics.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { componentOf, dataOf, isWritten, rewrite, statisticsOf } from './rewriting.ts';

/** Components that are determined by the rows and the options (spec: sstable-index-and-stats §13.1), byte for byte. */
const DETERMINED = ['Index.db', 'Summary.db', 'Partitions.db', 'Rows.db', 'Filter.db', 'CRC.db'];

/** Why a component can't be the same again; each of these is asserted to differ. */
const EXPECTED: readonly (readonly [name: RegExp, component: string, why: string])[] = [
  [/rp_many/, 'Summary.db', 'the node had reduced it'],
  [/[45]\.\d.*quoted/, 'Statistics.db', 'it counts a complex deletion that the rows lost (§4.6)'],
  [/3\.0\.31\/udts/, 'Statistics.db', 'its user types are written as 3.11 does'],
];

/** Deletions that 5.0 wrote and can't read (spec: sstable-data §4.2). */
const REFUSED = /5\.0\.6-(oa|da)\/negdel/;

/** Ours, with the one number that depends on the encoder of the compressor taken from theirs. */
const statisticsBytes = (mine: SSTableFiles, theirs: SSTableFiles): Uint8Array => {
  const statistics = statisticsOf(mine);
  const { compressionRatio } = statisticsOf(theirs).stats;
  return encodeStatistics({ ...statistics, stats: { ...statistics.stats, compressionRatio } });
};

const compare = async (mine: SSTableFiles, theirs: SSTableFiles): Promise<void> => {
  const name = nameOf(theirs);
  assert.ok((await dataOf(mine)).equals(await dataOf(theirs)), `${name} Data.db`);
  const differs: string[] = [];
  for (const component of DETERMINED) {
    if (!theirs.components.has(component)) continue;
    if (!componentOf(mine, component).equals(componentOf(theirs, component)))
      differs.push(component);
  }
  if (!componentOf(theirs, 'Statistics.db').equals(statisticsBytes(mine, theirs)))
    differs.push('Statistics.db');
  const expected = EXPECTED.filter(
    ([pattern, part]) => pattern.test(name) && theirs.components.has(part),
  ).map(([, part]) => part);
  assert.equal(differs, expected, name);
  const names = [...theirs.components.keys()].filter((part) => !/^(SI_|SAI)/.test(part));
  const lacking = names.filter((part) => !mine.components.has(part));
  assert.equal(lacking, [], `${name}: components that are missing`);
};

const versions = new Set(
  fixtureSSTables.filter(isWritten).map((files) => files.descriptor.version),
);

if (versions.size === 0)
  test('SSTables of nodes, written again (skipped: no shared fixtures)', () => undefined);

for (const version of versions) {
  const written = fixtureSSTables.filter(
    (files) => isWritten(files) && files.descriptor.version === version,
  );
  test(`${written.length} SSTables of ${version}, written again from their rows`, async () => {
    for (const files of written)
      await withTempFolder(async (folder) => {
        if (REFUSED.test(nameOf(files))) {
          const error = await rewrite(files, folder).then(
            () => undefined,
            (cause: unknown) => cause,
          );
          assert.match(String(error), /negative timestamp -5, which this version can't represent/);
          return;
        }
        await compare(await rewrite(files, folder), files);
      });
  });

  test(`a sample of SSTables of ${version}, written again, is sound`, async () => {
    for (const files of written.filter((_, i) => i % 9 === 0))
      await withTempFolder(async (folder) => {
        const sstable = orThrow(await openSSTable(await rewrite(files, folder)));
        try {
          const { errors, warnings } = await sstable.verify('deep');
          assert.equal([...errors, ...warnings], [], nameOf(files));
        } finally {
          await sstable.close();
        }
      });
  });
}

test.run();
