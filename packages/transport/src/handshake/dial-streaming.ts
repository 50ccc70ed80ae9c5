// Control plane. The connector's side of the handshake (spec: streaming-4.0-plus §1.2–§1.7). Called by sessions, once per connection.
// After it the connection is a plain byte stream of stream messages.
import type { Clock } from '@scamander/throttle';
import {
  type Accept,
  chooseVersion,
  codecErrorMessage,
  decodeAccept,
  type Endpoint,
  encodeInitiate,
  endpointText,
  type StreamingVersion,
  type VersionRange,
} from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Connection, Transport } from '../connection.ts';
import { TransportError, type TransportErrorType } from '../errors.ts';
import { ACCEPT_BYTES, CONNECT_TIMEOUT_MS, HANDSHAKE_TIMEOUT_MS } from '../limits.ts';
import { type Answer, readMessage, withDeadline } from './read-message.ts';

/** Whom to dial, as whom. */
export interface DialStreamingOptions {
  readonly to: Endpoint;
  /** Our address as nodes should know it; an IP address. They dial back to STREAM_INIT.from, not to this one. */
  readonly from: Endpoint;
  /** Offered versions; 12 to 14 suits every node of 4.0 and later (spec §1.5). */
  readonly versions: VersionRange;
  /** @default 2000 */
  readonly connectTimeoutMs?: number;
  /** How long Accept may take, counted from the connection. @default 30000 */
  readonly handshakeTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A connection that speaks stream messages of one version. */
export interface StreamingConnection {
  readonly connection: Connection;
  readonly version: StreamingVersion;
}

const TLS_ALERT = 0x15;
const TLS_RECORD_MAJOR = 3;

/**
 * What a connection without TLS means that ends before a byte of Accept. A node with `internode_encryption: all` closes so, whether its
 * listener sniffs TLS or speaks nothing else [live] (spec §1.1).
 */
const silentEnd = (connection: Connection): TransportErrorType => {
  const peer = endpointText(connection.remote);
  return connection.secure
    ? {
        code: 'SCM_NET_HANDSHAKE',
        peer,
        reason:
          'it closed the connection instead of answering: it may refuse our certificate or address',
      }
    : {
        code: 'SCM_NET_TLS_REQUIRED',
        peer,
        reason:
          'it closed the connection without a byte, so it probably demands TLS (internode_encryption)',
      };
};

const versionOf = (
  connection: Connection,
  answer: Answer<Accept>,
  versions: VersionRange,
): Either<TransportErrorType, StreamingVersion> => {
  const peer = endpointText(connection.remote);
  const refuse = (reason: string): Either<TransportErrorType, StreamingVersion> =>
    left({ code: 'SCM_NET_HANDSHAKE', peer, reason });
  if (answer.kind === 'message') {
    const chosen = chooseVersion(answer.value, versions);
    return isLeft(chosen)
      ? left({ code: 'SCM_NET_VERSION', peer, reason: codecErrorMessage(chosen.left.detail) })
      : chosen;
  }
  if (answer.bytes[0] === TLS_ALERT && answer.bytes[1] === TLS_RECORD_MAJOR)
    return left({ code: 'SCM_NET_TLS_REQUIRED', peer, reason: 'it answers with a TLS alert' });
  if (answer.kind === 'invalid')
    return refuse(`its Accept is invalid: ${codecErrorMessage(answer.error.detail)}`);
  return answer.bytes.length === 0
    ? left(silentEnd(connection))
    : refuse(`it closed the connection after ${answer.bytes.length} bytes of Accept`);
};

const handshake = async (
  connection: Connection,
  { from, versions }: DialStreamingOptions,
): Promise<Either<TransportErrorType, StreamingVersion>> => {
  try {
    await connection.write(
      encodeInitiate({
        from,
        // "Acceptors require >= 12 here, otherwise they treat the message as pre-4.0. Send your min."
        requestedVersion: versions.min,
        minVersion: versions.min,
        maxVersion: versions.max,
        streaming: true,
        framing: 'unprotected',
        category: 0,
      }),
    );
    const answer = await readMessage(connection, decodeAccept, ACCEPT_BYTES);
    return versionOf(connection, answer, versions);
  } catch (error) {
    // A listener that closes with our Initiate unread answers with a reset instead of an end.
    if (error instanceof TransportError && /RESET|CLOSED/.test(error.code))
      return left(silentEnd(connection));
    throw error;
  }
};

/**
 * Dials, sends Initiate, takes Accept. Left: what {@link Transport.connect} says, SCM_NET_TIMEOUT, SCM_NET_ABORTED,
 * SCM_NET_TLS_REQUIRED, SCM_NET_TLS (an alert after the TLS handshake: certificate needed), SCM_NET_HANDSHAKE, SCM_NET_VERSION; the
 * connection is gone then. Throws a RangeError when `from` is no IP address.
 */
export const dialStreaming = async (
  parts: { readonly transport: Transport; readonly clock: Clock },
  options: DialStreamingOptions,
): Promise<Either<TransportError, StreamingConnection>> => {
  const { signal } = options;
  const dialled = await parts.transport.connect(options.to, {
    timeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (isLeft(dialled)) return dialled;
  const connection = dialled.right;
  const deadline = {
    clock: parts.clock,
    afterMs: options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS,
    waitingFor: 'Accept',
    signal,
  };
  try {
    const version = await withDeadline(connection, deadline, () => handshake(connection, options));
    if (version._tag === 'Right') return right({ connection, version: version.right });
    connection.destroy();
    return left(new TransportError(version.left));
  } catch (error) {
    connection.destroy();
    if (error instanceof TransportError) return left(error);
    throw error;
  }
};
