import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type VersionFeatures, versionFeatures } from '../../src/components/version.ts';
import type { SSTableFormat } from '../../src/types.ts';

type Gate = Exclude<keyof VersionFeatures, 'format' | 'version' | 'coveredSlice'>;

const VERSIONS = ['ma', 'mb', 'mc', 'md', 'me', 'na', 'nb', 'nc', 'oa', 'da'];

/** One column a version, x = present (spec: sstable-index-and-stats §2). */
const TABLE: [gate: Gate, columns: string][] = [
  ['hasMetadataChecksum', '.....xxxxx'],
  ['hasMaxCompressedLength', '.....xxxxx'],
  ['hasOldBfFormat', 'xxxxx.....'],
  ['hasUIntDeletionTime', '........xx'],
  ['hasCommitLogLowerBound', '.xxxxxxxxx'],
  ['hasCommitLogIntervals', '..xxxxxxxx'],
  ['hasLegacyMinMax', 'xxxxxxxx..'],
  ['hasPendingRepair', '.....xxxxx'],
  ['hasIsTransient', '.....xxxxx'],
  ['hasOriginatingHostId', '....x.xxxx'],
  ['hasPartitionLevelDeletionPresenceMarker', '.......xxx'],
  ['hasKeyRange', '.......xxx'],
  ['hasTokenSpaceCoverage', '........xx'],
];

for (const [gate, columns] of TABLE) {
  test(`gate ${gate}`, () => {
    const found = VERSIONS.map((version) => {
      const features = versionFeatures(version === 'da' ? 'bti' : 'big', version, 'f');
      if (features._tag === 'Left') throw features.left;
      return features.right[gate] ? 'x' : '.';
    });
    assert.is(found.join(''), columns);
  });
}

const REFUSED: [format: SSTableFormat, version: string, code: string][] = [
  ['big', 'zz', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['big', 'qa', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['big', 'da', 'SCM_SSTABLE_UNSUPPORTED'],
  ['big', 'n', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['big', 'nbx', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['bti', 'oa', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['bti', 'cz', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['bti', 'ea', 'SCM_SSTABLE_UNSUPPORTED'],
  ['big', 'pa', 'SCM_SSTABLE_UNSUPPORTED'],
  ['big', 'la', 'SCM_SSTABLE_UNSUPPORTED'],
  ['big', 'jb', 'SCM_SSTABLE_UNSUPPORTED'],
];

for (const [format, version, code] of REFUSED) {
  test(`${format} ${version} is refused: ${code}`, () => {
    const features = versionFeatures(format, version, 'f');
    assert.is(features._tag === 'Left' && features.left.code, code);
  });
}

for (const [format, version, like] of [
  ['big', 'mf', 'me'],
  ['big', 'nz', 'nb'],
  ['big', 'ob', 'oa'],
  ['bti', 'db', 'da'],
] as const) {
  test(`unknown minor letter ${version} is read like ${like}`, () => {
    const [found, known] = [version, like].map((name) => versionFeatures(format, name, 'f'));
    if (found?._tag !== 'Right' || known?._tag !== 'Right') throw new Error('refused');
    assert.equal({ ...found.right, version: '' }, { ...known.right, version: '' });
  });
}

test.run();
