// Control plane. Streaming versions that a job offers its nodes. Called by every job that streams; pure.
import { STREAMING_VERSIONS, type StreamingVersion } from '@scamander/wire-codec';

/** From the oldest to the newest. */
export interface OfferedVersions {
  readonly min: StreamingVersion;
  readonly max: StreamingVersion;
}

/** All that are known, or just the one that is asked for. */
export const offeredVersions = (
  protocol: 'auto' | StreamingVersion | undefined,
): OfferedVersions =>
  protocol === undefined || protocol === 'auto'
    ? STREAMING_VERSIONS
    : { min: protocol, max: protocol };
