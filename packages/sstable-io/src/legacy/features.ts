// Control plane. What the versions before `ma` that 3.x reads have, in one table (spec: sstable-index-and-stats §2; BigVersion, LegacyVersion).
// Called when an old SSTable is opened. Reads nothing.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { type VersionFeatures, versionFeatures } from '../components/version.ts';
import { SSTableError } from '../errors.ts';
import type { SSTableFormat } from '../types.ts';

/** Features of `jb` (2.0), `ka` (2.1), `la` and `lb` (2.2). */
export interface LegacyFeatures extends VersionFeatures {
  /** Statistics.db is made of components; in `jb` it is one run of fields. */
  readonly hasMetadataComponents: boolean;
  /** Summary.db says how many of its entries are left. */
  readonly hasSamplingLevel: boolean;
  /** STATS says when the SSTable was repaired, and whether it has counter shards of before 2.1. */
  readonly hasRepairedAt: boolean;
  /** Whole files and blocks of CRC.db are checked by Adler-32; in `jb` blocks by CRC-32 and the file by SHA-1. */
  readonly hasAdlerDigest: boolean;
  /** Name of the digest's file. That of `ka` is called SHA-1 and holds an Adler-32. */
  readonly digestComponent: 'Digest.sha1' | 'Digest.adler32';
}

/** Versions that {@link legacyFeatures} knows, in words. */
export const LEGACY_VERSIONS_TEXT = 'jb, ka, la, lb (big)';

/** Major letters of what 3.x reads; of `j`, `ja` never left development and had other checksums. */
const READABLE = /^(?:j[b-z]|k[a-z]|l[a-z])$/;

const featuresOf = (version: string): LegacyFeatures => {
  const hasKa = version >= 'ka';
  return {
    format: 'big',
    version,
    hasMetadataChecksum: false,
    hasMaxCompressedLength: false,
    hasOldBfFormat: true,
    hasOldBfHashOrder: true,
    hasUIntDeletionTime: false,
    hasCommitLogLowerBound: version >= 'lb',
    hasCommitLogIntervals: false,
    hasLegacyMinMax: true,
    coveredSlice: 'none',
    hasPendingRepair: false,
    hasIsTransient: false,
    hasOriginatingHostId: false,
    hasPartitionLevelDeletionPresenceMarker: false,
    hasKeyRange: false,
    hasTokenSpaceCoverage: false,
    hasMetadataComponents: hasKa,
    hasSamplingLevel: hasKa,
    hasRepairedAt: hasKa,
    hasAdlerDigest: hasKa,
    digestComponent: version >= 'la' ? 'Digest.adler32' : 'Digest.sha1',
  };
};

/** Whether {@link legacyFeatures} knows the version: its rows can be read with the table's schema. */
export const isLegacyVersion = (format: SSTableFormat, version: string): boolean =>
  format === 'big' && READABLE.test(version);

/**
 * The features of a version before `ma`. Left: `SCM_SSTABLE_UNSUPPORTED` for `ma` and later, which have a header of their own, and
 * for versions before `jb`; `SCM_SSTABLE_UNKNOWN_VERSION`. `file` is named in the error.
 */
export const legacyFeatures = (
  format: SSTableFormat,
  version: string,
  file: string,
): Either<SSTableError, LegacyFeatures> => {
  if (isLegacyVersion(format, version)) return right(featuresOf(version));
  const modern = versionFeatures(format, version, file);
  if (modern._tag === 'Left') return modern;
  const what = `version ${version} as one of before 3.0: its rows need no schema`;
  return left(new SSTableError({ code: 'SCM_SSTABLE_UNSUPPORTED', file, what }));
};
