// Control plane. Which SSTable may travel to which node, and how. Called while planning a load; pure.
import { KNOWN_VERSIONS, type SSTableFormat, versionFeatures } from '@scamander/sstable-io';
import type { StreamingVersion } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';

/** How an SSTable may travel, with the reason where something is not allowed. */
export interface Passage {
  /** As whole files. */
  readonly entire: true | string;
  /** As sections, which the node rewrites in its own version. */
  readonly sections: true | string;
}

/** What must be known of a target. */
export interface TargetRelease {
  /** Text of release_version, such as `4.1.10`; undefined for a node that is not Cassandra (an embedded one). */
  readonly releaseVersion: string | undefined;
  /** The version the node answered in the handshake. */
  readonly streamingVersion: StreamingVersion;
}

const refused = (reason: string): Passage => ({ entire: reason, sections: reason });

const isBetween = (version: string, low: string, high: string): boolean =>
  version >= low && version <= high;

const toFour = (version: string, format: SSTableFormat): Passage => {
  if (format !== 'big')
    return refused('Cassandra 4.x reads no BTI SSTables; it would fail the session');
  if (!isBetween(version, 'ma', 'nb')) {
    return refused(
      `Cassandra 4.x reads big SSTables ma to nb, not ${version}; it would misread the rows`,
    );
  }
  return { entire: true, sections: true };
};

const toFive = (version: string, format: SSTableFormat, streaming: StreamingVersion): Passage => {
  if (format === 'bti')
    return version === 'da'
      ? { entire: true, sections: true }
      : refused(`Cassandra 5.0 reads bti SSTables da, not ${version}`);
  if (version === 'oa') {
    return {
      entire:
        streaming >= 13
          ? true
          : 'the node runs in CASSANDRA_4 compatibility mode: it would take a whole oa SSTable and then refuse to start',
      sections: true,
    };
  }
  if (!isBetween(version, 'ma', 'nb'))
    return refused(`Cassandra 5.0 reads big SSTables ma to oa, not ${version}`);
  return { entire: true, sections: true };
};

const toSix = (version: string, format: SSTableFormat): Passage => {
  // pa and ea are its own.
  const known = (format === 'big' ? ['me', 'nb', 'oa', 'pa'] : ['da', 'ea']).includes(version);
  if (!known) return refused(`Cassandra 6.0 was not seen to take ${version}-${format} SSTables`);
  // Whole nb, oa and da were loaded into a live 6.0-alpha2, which read them before and after a restart.
  return {
    entire: version !== 'me' || 'Cassandra 6.0 was not seen to take whole me SSTables',
    sections: true,
  };
};

/** It keeps whole SSTables as they are, and decodes the rows of sections with our own readers. */
const toEmbedded = (version: string, format: SSTableFormat): Passage => ({
  entire: true,
  sections: isLeft(versionFeatures(format, version, ''))
    ? `an embedded node reads the rows of ${KNOWN_VERSIONS}, not ${version} (${format})`
    : true,
});

const majorOf = (release: string): number => Number.parseInt(release, 10);

/** The rules of streaming-4.0-plus §4.4 as one function. */
export const passageTo = (
  target: TargetRelease,
  version: string,
  format: SSTableFormat,
): Passage => {
  if (target.releaseVersion === undefined) return toEmbedded(version, format);
  const major = majorOf(target.releaseVersion);
  if (major === 4) return toFour(version, format);
  if (major === 5 && target.streamingVersion !== 14)
    return toFive(version, format, target.streamingVersion);
  if (major >= 5) return toSix(version, format);
  return refused(`Cassandra ${target.releaseVersion} speaks another streaming protocol`);
};
