// Control plane. What each version letter switches on, in one table (spec: sstable-index-and-stats §2). Called by every decoder; reads nothing.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { SSTableError } from '../errors.ts';
import type { SSTableFormat } from '../types.ts';

/** Which fields and layouts a version has. Names follow Cassandra's `BigVersion` and `BtiVersion`. */
export interface VersionFeatures {
  readonly format: SSTableFormat;
  readonly version: string;
  /** CRC-32s inside Statistics.db. */
  readonly hasMetadataChecksum: boolean;
  readonly hasMaxCompressedLength: boolean;
  /** Filter.db stores each 8-byte word reversed. */
  readonly hasOldBfFormat: boolean;
  /** The two halves of a key's hash change places for Filter.db (before `ma`). */
  readonly hasOldBfHashOrder?: boolean;
  /** Filter.db hashes keys by MurmurHash 2 (before `ia`). */
  readonly hasMurmur2Bf?: boolean;
  /** Unsigned deletion times, DeletionTime of 1 or 12 bytes, tombstone bins of 12 bytes. */
  readonly hasUIntDeletionTime: boolean;
  readonly hasCommitLogLowerBound: boolean;
  readonly hasCommitLogIntervals: boolean;
  /** Lists of minimal and maximal clustering values. */
  readonly hasLegacyMinMax: boolean;
  /** Where clustering types and the covered slice stand in STATS: not at all, in place of the lists, or near the end (`nc` only). */
  readonly coveredSlice: 'none' | 'inPlace' | 'nearEnd';
  readonly hasPendingRepair: boolean;
  readonly hasIsTransient: boolean;
  readonly hasOriginatingHostId: boolean;
  readonly hasPartitionLevelDeletionPresenceMarker: boolean;
  readonly hasKeyRange: boolean;
  readonly hasTokenSpaceCoverage: boolean;
}

/** Version letters this package has met in real files; other minor letters of the same majors are read as the newest known before them. */
export const KNOWN_VERSIONS = 'ma mb mc md me na nb nc oa (big), da (bti)';

const bigFeatures = (version: string): VersionFeatures => {
  const isUnreleasedNc = version === 'nc';
  const isOa = version >= 'oa';
  return {
    format: 'big',
    version,
    hasMetadataChecksum: version >= 'na',
    hasMaxCompressedLength: version >= 'na',
    hasOldBfFormat: version < 'na',
    hasUIntDeletionTime: isOa,
    hasCommitLogLowerBound: version >= 'mb',
    hasCommitLogIntervals: version >= 'mc',
    hasLegacyMinMax: !isOa,
    coveredSlice: isOa ? 'inPlace' : isUnreleasedNc ? 'nearEnd' : 'none',
    hasPendingRepair: version >= 'na',
    hasIsTransient: version >= 'na',
    // `me` of 3.x got the host id after `na` was fixed, `nb` has it again (pitfall P3)
    hasOriginatingHostId: (version >= 'me' && version < 'na') || version >= 'nb',
    hasPartitionLevelDeletionPresenceMarker: isOa || isUnreleasedNc,
    hasKeyRange: isOa || isUnreleasedNc,
    hasTokenSpaceCoverage: isOa,
  };
};

/**
 * The features of a version, or why it can't be read: `SCM_SSTABLE_UNKNOWN_VERSION` for a major letter nobody knows,
 * `SCM_SSTABLE_UNSUPPORTED` for one that exists but has another layout (2.x and older; 6.0, whose Statistics.db is not specified).
 * `file` is named in the error.
 */
export const versionFeatures = (
  format: SSTableFormat,
  version: string,
  file: string,
): Either<SSTableError, VersionFeatures> => {
  const major = version.charAt(0);
  if (!/^[a-z]{2}$/.test(version) && !(format === 'big' && /^[fgh]$/.test(version))) {
    return left(unknownVersion(format, version, file));
  }
  if (format === 'bti') {
    if (major === 'd') return right({ ...bigFeatures('oa'), format, version });
    if (major === 'e') return left(unsupported(file, `${version} of Cassandra 6.0`));
    return left(unknownVersion(format, version, file));
  }
  if (major === 'm' || major === 'n' || major === 'o') return right(bigFeatures(version));
  if (major === 'p') return left(unsupported(file, `${version} of Cassandra 6.0`));
  if (/^(i[a-z]|j[b-z]|[kl][a-z])$/.test(version) || /^[fgh]/.test(version)) {
    const advice = `its rows need the schema of the table, or run nodetool upgradesstables with ${upgradePath(version)} first`;
    return left(unsupported(file, `${version} of Cassandra 0.7 to 2.2 without more: ${advice}`));
  }
  if (major >= 'b' && major <= 'l') {
    return left(unsupported(file, `${version} of a development version of Cassandra`));
  }
  return left(unknownVersion(format, version, file));
};

/** Releases that rewrite a version one after the other (spec §2, "What a node opens"; 2.0 reads from `ic`, 3.11 from `jb`). */
const upgradePath = (version: string): string => {
  if (version >= 'jb') return 'Cassandra 3.11';
  return version >= 'ic' ? 'Cassandra 2.0, then 3.11' : 'Cassandra 1.2, then 2.0, then 3.11';
};

const unknownVersion = (format: SSTableFormat, version: string, file: string): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_UNKNOWN_VERSION',
    file,
    version: `${version} (${format})`,
    known: KNOWN_VERSIONS,
  });

const unsupported = (file: string, what: string): SSTableError =>
  new SSTableError({ code: 'SCM_SSTABLE_UNSUPPORTED', file, what: `SSTable version ${what}` });
