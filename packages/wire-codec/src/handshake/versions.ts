// Control plane. Messaging versions of the releases (spec: streaming-4.0-plus §1.5). Called by the handshake and by whoever
// names a release.
import type { StreamingVersion } from '../streaming/types.ts';

/** A closed range of messaging versions. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** VERSION_40: 4.0, 4.1, and 5.0 in CASSANDRA_4 mode. The first version whose handshake this package reads. */
export const VERSION_40 = 12;
/** VERSION_50: 5.0 in NONE or UPGRADING mode. */
export const VERSION_50 = 13;
/** VERSION_60: 6.0-alpha2. */
export const VERSION_60 = 14;

/** What we offer as a connector and accept as an acceptor on streaming connections (recommendation of §1.5). */
export const STREAMING_VERSIONS = { min: VERSION_40, max: VERSION_60 } as const;

/** The same for messaging connections: gossip is laid out alike in 12 and 13 (spec: gossip §9). */
export const MESSAGING_VERSIONS = { min: VERSION_40, max: VERSION_50 } as const;

/** True for the versions whose stream messages this package reads and writes. */
export const isStreamingVersion = (version: number): version is StreamingVersion =>
  version === VERSION_40 || version === VERSION_50 || version === VERSION_60;
