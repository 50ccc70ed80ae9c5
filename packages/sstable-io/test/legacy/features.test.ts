import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isLegacyVersion, legacyFeatures } from '../../src/legacy/features.ts';

/** Gates of spec §2 for jb, ka, la, lb: x where the feature is there. */
const GATES = [
  ['hasMetadataComponents', '.xxx'],
  ['hasSamplingLevel', '.xxx'],
  ['hasRepairedAt', '.xxx'],
  ['hasSummary', 'xxxx'],
  ['hasCommitLogLowerBound', '...x'],
  ['hasCommitLogIntervals', '....'],
  ['hasLegacyMinMax', 'xxxx'],
  ['hasOldBfFormat', 'xxxx'],
  ['hasOldBfHashOrder', 'xxxx'],
  ['hasMetadataChecksum', '....'],
  ['hasMaxCompressedLength', '....'],
  ['hasUIntDeletionTime', '....'],
] as const;

for (const [gate, columns] of GATES) {
  test(`${gate} in jb, ka, la, lb`, () => {
    const found = ['jb', 'ka', 'la', 'lb'].map((version) => {
      const features = legacyFeatures('big', version, 'f');
      if (features._tag === 'Left') throw features.left;
      return features.right[gate] === true ? 'x' : '.';
    });
    assert.is(found.join(''), columns);
  });
}

for (const [version, expected] of [
  ['f', 'indexed bare none 2'],
  ['g', 'indexed bare none 2'],
  ['h', 'indexed bare SHA-1 2'],
  ['hf', 'indexed bare SHA-1 2'],
  ['ia', 'counted fixed SHA-1 3'],
  ['ic', 'counted fixed SHA-1 3'],
  ['jb', 'marked fixed SHA-1 3'],
  ['ka', 'marked fixed Adler-32 3'],
] as const) {
  test(`rows, index, digest and filter hash of ${version}`, () => {
    const features = legacyFeatures('big', version, 'f');
    if (features._tag === 'Left') throw features.left;
    const { rowLayout, indexLayout, digest, hasMurmur2Bf } = features.right;
    const hash = hasMurmur2Bf === true ? 2 : 3;
    assert.is(`${rowLayout} ${indexLayout} ${digest} ${hash}`, expected);
  });
}

test('the digest is called sha1 up to 2.1, whatever is in it', () => {
  const names = ['jb', 'ka', 'la', 'lb'].map((version) => {
    const features = legacyFeatures('big', version, 'f');
    return features._tag === 'Right' ? features.right.digestComponent : '';
  });
  assert.equal(names, ['Digest.sha1', 'Digest.sha1', 'Digest.adler32', 'Digest.adler32']);
});

for (const [format, version, code] of [
  ['big', 'ma', 'SCM_SSTABLE_UNSUPPORTED'],
  ['big', 'oa', 'SCM_SSTABLE_UNSUPPORTED'],
  ['bti', 'da', 'SCM_SSTABLE_UNSUPPORTED'],
  ['bti', 'ka', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['big', 'ja', 'SCM_SSTABLE_UNSUPPORTED'],
  ['big', 'b', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['big', 'e', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['big', 'zz', 'SCM_SSTABLE_UNKNOWN_VERSION'],
] as const) {
  test(`${format} ${version} is not read with a schema: ${code}`, () => {
    assert.not.ok(isLegacyVersion(format, version));
    const features = legacyFeatures(format, version, 'f');
    assert.is(features._tag === 'Left' && features.left.code, code);
  });
}

test.run();
