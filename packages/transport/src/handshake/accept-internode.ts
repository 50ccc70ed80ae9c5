// Control plane. The acceptor's side of the handshake (spec: streaming-4.0-plus §1.2–§1.6). Called by whoever listens on a storage port,
// once per connection, for streaming and messaging connections alike.
import type { Clock } from '@scamander/throttle';
import {
  type CodecError,
  codecErrorMessage,
  decodeInitiate,
  type Endpoint,
  encodeAccept,
  endpointText,
  type Framing,
  type Initiate,
  isStreamingVersion,
  negotiate,
  type StreamingVersion,
  type VersionRange,
} from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { Connection } from '../connection.ts';
import { TransportError, type TransportErrorType } from '../errors.ts';
import { HANDSHAKE_TIMEOUT_MS, INITIATE_BYTES_MAX } from '../limits.ts';
import { readMessage, withDeadline } from './read-message.ts';

/** What we accept. */
export interface AcceptInternodeOptions {
  readonly versions: VersionRange;
  /** How long Initiate may take: nodes wait for ever (spec §1.6), we do not. @default 30000 */
  readonly timeoutMs?: number;
}

/** What the peer wants of the connection. */
export interface InternodePeer {
  /** As announced; the TCP source address says nothing (spec §1.1). */
  readonly from: Endpoint;
  readonly version: StreamingVersion;
  readonly streaming: boolean;
  readonly framing: Framing;
  readonly category: Initiate['category'];
}

type Outcome = Either<TransportErrorType, InternodePeer>;

/** Writes what a node would, then closes: the peer learns why. */
const refuse = async (
  connection: Connection,
  initiate: Pick<Initiate, 'minVersion' | 'maxVersion'>,
  versions: VersionRange,
  error: TransportErrorType,
): Promise<Outcome> => {
  await connection.write(encodeAccept(negotiate(initiate, versions).accept));
  await connection.end();
  return left(error);
};

const answerTo = async (
  connection: Connection,
  initiate: Initiate,
  versions: VersionRange,
): Promise<Outcome> => {
  const peer = endpointText(connection.remote);
  const { from, streaming, framing, category, minVersion, maxVersion } = initiate;
  const { accept, compatible } = negotiate(initiate, versions);
  const version = accept.useVersion;
  if (!compatible || !isStreamingVersion(version)) {
    const reason = `it accepts ${minVersion} to ${maxVersion}, we accept ${versions.min} to ${versions.max}`;
    return refuse(connection, initiate, versions, { code: 'SCM_NET_VERSION', peer, reason });
  }
  // "Framing 1 or 2 with the streaming bit: Accept is written, then the connection is closed" [live].
  if (streaming && framing !== 'unprotected') {
    const reason = `it wants a streaming connection framed as ${framing}`;
    return refuse(connection, initiate, versions, { code: 'SCM_NET_HANDSHAKE', peer, reason });
  }
  await connection.write(encodeAccept(accept));
  return right({ from, version, streaming, framing, category });
};

const TLS_HANDSHAKE_RECORD = 0x1603;

const refuseInvalid = (
  connection: Connection,
  { detail }: CodecError,
  versions: VersionRange,
): Promise<Outcome> => {
  const peer = endpointText(connection.remote);
  const reason = codecErrorMessage(detail);
  // "Requested < 12 is answered by 4.0/4.1 with Accept and a close even if max >= 12" [live].
  if (detail.code === 'SCM_WIRE_PEER_TOO_OLD') {
    const offered = { minVersion: detail.min, maxVersion: detail.max };
    return refuse(connection, offered, versions, { code: 'SCM_NET_VERSION', peer, reason });
  }
  const isTls =
    detail.code === 'SCM_WIRE_BAD_MAGIC' && detail.found >>> 16 === TLS_HANDSHAKE_RECORD;
  // "A wrong magic, a wrong CRC or any garbage: closed without an answer."
  return Promise.resolve(
    left(
      isTls
        ? {
            code: 'SCM_NET_TLS',
            peer,
            problem: 'other',
            reason: 'it begins with TLS, and we listen without',
          }
        : { code: 'SCM_NET_HANDSHAKE', peer, reason },
    ),
  );
};

const handshake = async (connection: Connection, versions: VersionRange): Promise<Outcome> => {
  const answer = await readMessage(connection, decodeInitiate, INITIATE_BYTES_MAX);
  if (answer.kind === 'message') return answerTo(connection, answer.value, versions);
  if (answer.kind === 'invalid') return refuseInvalid(connection, answer.error, versions);
  const peer = endpointText(connection.remote);
  return left({ code: 'SCM_NET_CLOSED', peer, while: 'before its Initiate' });
};

/**
 * Takes Initiate and answers Accept, also when it then refuses. Left: SCM_NET_TIMEOUT, SCM_NET_CLOSED, SCM_NET_RESET, SCM_NET_VERSION
 * (also peers before 4.0), SCM_NET_HANDSHAKE, SCM_NET_TLS (a ClientHello on a plaintext listener); the connection is closed then.
 */
export const acceptInternode = async (
  parts: { readonly clock: Clock },
  connection: Connection,
  options: AcceptInternodeOptions,
): Promise<Either<TransportError, InternodePeer>> => {
  const afterMs = options.timeoutMs ?? HANDSHAKE_TIMEOUT_MS;
  const deadline = { clock: parts.clock, afterMs, waitingFor: 'Initiate' };
  try {
    const outcome = await withDeadline(connection, deadline, () =>
      handshake(connection, options.versions),
    );
    if (outcome._tag === 'Right') return outcome;
    connection.destroy();
    return left(new TransportError(outcome.left));
  } catch (error) {
    connection.destroy();
    if (error instanceof TransportError) return left(error);
    throw error;
  }
};
