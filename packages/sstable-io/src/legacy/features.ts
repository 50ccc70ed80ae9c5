// Control plane. What the versions before `ma` have, in one table (spec: sstable-index-and-stats §2, sstable-old-formats §1; BigVersion, and
// Descriptor.Version of 0.7 to 2.1). Called when an old SSTable is opened. Reads nothing.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { IndexEntryLayout } from '../big-index/index-scanner.ts';
import { type VersionFeatures, versionFeatures } from '../components/version.ts';
import { SSTableError } from '../errors.ts';
import type { SSTableFormat } from '../types.ts';

/**
 * How a row stands in Data.db: with its size, a filter and an index of its columns and their number in front of them; with size and number;
 * or with a mark behind them and nothing else.
 */
export type LegacyRowLayout = 'indexed' | 'counted' | 'marked';

/** Features of `f` to `hf` (0.7 to 1.1), `ia` to `ic` (1.2), `jb` (2.0), `ka` (2.1), `la` and `lb` (2.2). */
export interface LegacyFeatures extends VersionFeatures {
  readonly rowLayout: LegacyRowLayout;
  readonly indexLayout: IndexEntryLayout;
  /** Blocks in Index.db have a filter of their row's columns behind them. */
  readonly hasPromotedFilter: boolean;
  /** Chunks are followed by the CRC-32 of what they hold, not by the Adler-32 of what they are. */
  readonly hasPlainChunkChecksum: boolean;
  /** Statistics.db is made of components; before `ka` it is one run of fields. */
  readonly hasMetadataComponents: boolean;
  /** Summary.db can be searched: in `ia` to `ic` its entries have no offsets, before that there is none. */
  readonly hasSummary: boolean;
  /** Summary.db says how many of its entries are left. */
  readonly hasSamplingLevel: boolean;
  /** STATS says when the SSTable was repaired, and whether it has counter shards of before 2.1. */
  readonly hasRepairedAt: boolean;
  readonly hasToc: boolean;
  /** Files that are not compressed have a CRC.db. */
  readonly hasCrcDb: boolean;
  /** What the digest of Data.db is; up to `jb` only files that are not compressed have one, before `h` none has. */
  readonly digest: 'none' | 'SHA-1' | 'Adler-32';
  /** Name of the digest's file. That of `ka` is called SHA-1 and holds an Adler-32. */
  readonly digestComponent: 'Digest.sha1' | 'Digest.adler32';
}

/** Of `j`, `ja` never left development; `b` to `e` neither. */
const READABLE = /^(?:[fgh]|h[a-z]|i[a-z]|j[b-z]|k[a-z]|l[a-z])$/;

const featuresOf = (version: string): LegacyFeatures => {
  const hasIa = version >= 'ia';
  const hasJb = version >= 'jb';
  const hasKa = version >= 'ka';
  return {
    format: 'big',
    version,
    hasMetadataChecksum: false,
    hasMaxCompressedLength: false,
    hasOldBfFormat: true,
    hasOldBfHashOrder: true,
    hasMurmur2Bf: !hasIa,
    hasUIntDeletionTime: false,
    hasCommitLogLowerBound: version >= 'lb',
    hasCommitLogIntervals: false,
    hasLegacyMinMax: hasJb,
    coveredSlice: 'none',
    hasPendingRepair: false,
    hasIsTransient: false,
    hasOriginatingHostId: false,
    hasPartitionLevelDeletionPresenceMarker: false,
    hasKeyRange: false,
    hasTokenSpaceCoverage: false,
    rowLayout: hasJb ? 'marked' : hasIa ? 'counted' : 'indexed',
    indexLayout: hasIa ? 'fixed' : 'bare',
    hasPromotedFilter: hasIa && version < 'ic',
    hasPlainChunkChecksum: !hasJb,
    hasMetadataComponents: hasKa,
    hasSummary: hasJb,
    hasSamplingLevel: hasKa,
    hasRepairedAt: hasKa,
    hasToc: hasIa,
    hasCrcDb: hasJb,
    digest: hasKa ? 'Adler-32' : version >= 'h' ? 'SHA-1' : 'none',
    digestComponent: version >= 'la' ? 'Digest.adler32' : 'Digest.sha1',
  };
};

/** Whether {@link legacyFeatures} knows the version: its rows can be read with the table's schema. */
export const isLegacyVersion = (format: SSTableFormat, version: string): boolean =>
  format === 'big' && READABLE.test(version);

/**
 * The features of a version before `ma`. Left: `SCM_SSTABLE_UNSUPPORTED` for `ma` and later, which have a header of their own, and
 * for versions of developers; `SCM_SSTABLE_UNKNOWN_VERSION`. `file` is named in the error.
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
