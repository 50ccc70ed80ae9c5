// Control plane. How the two sides of a handshake agree on one version (spec: streaming-4.0-plus §1.5).
// Called by the transport's handshake.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { CodecError } from '../errors.ts';
import type { StreamingVersion } from '../streaming/types.ts';
import type { Accept } from './accept.ts';
import type { Initiate } from './initiate.ts';
import { isStreamingVersion, type VersionRange } from './versions.ts';

/**
 * The acceptor's side: `use = max(amin, min(amax, imax))`, written unconditionally; when `compatible` is false the acceptor
 * closes after writing (InboundConnectionInitiator#initiate).
 */
export const negotiate = (
  initiate: Pick<Initiate, 'minVersion' | 'maxVersion'>,
  accepted: VersionRange,
): { readonly accept: Accept; readonly compatible: boolean } => ({
  accept: {
    maxVersion: accepted.max,
    useVersion: Math.max(accepted.min, Math.min(accepted.max, initiate.maxVersion)),
  },
  compatible: initiate.minVersion <= accepted.max && initiate.maxVersion >= accepted.min,
});

/**
 * The connector's side: the answer is good when `useVersion` lies in the offered range (`maxVersion` isn't used) and is a
 * version we can write. Left: SCM_WIRE_VERSION_MISMATCH, where `accepted` is all that an Accept tells: use and max.
 */
export const chooseVersion = (
  accept: Accept,
  offered: VersionRange,
): Either<CodecError, StreamingVersion> => {
  const use = accept.useVersion;
  return use >= offered.min && use <= offered.max && isStreamingVersion(use)
    ? right(use)
    : left(
        new CodecError({
          code: 'SCM_WIRE_VERSION_MISMATCH',
          offered: [offered.min, offered.max],
          accepted: [use, accept.maxVersion],
          offset: 4,
        }),
      );
};
