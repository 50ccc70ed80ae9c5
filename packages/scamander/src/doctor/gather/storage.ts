// Control plane. Asks a storage port in every way a stream could begin: plain, with TLS, with each version; no session is begun. Each handshake
// that ends before STREAM_INIT leaves a line in the node's log ("stream operation from … failed" [live 5.0.6]), so none is done twice. Called by
// gather-facts.ts.
import { dialStreaming, lookAtTls } from '@scamander/transport';
import type { Endpoint, StreamingVersion, VersionRange } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import { CONNECT_TIMEOUT_MS } from '../../limits.ts';
import type { TlsOptions } from '../../load/options.ts';
import type { FrontDoorParts } from '../../parts.ts';
import type { DoctorOptions } from '../doctor-types.ts';
import type { DialAnswer, StorageFacts, TlsAnswer } from '../facts.ts';

/** Every version that a node of 4.0 to 6.0 may speak. */
export const ALL_VERSIONS: readonly StreamingVersion[] = [12, 13, 14];
const ANY: VersionRange = { min: 12, max: 14 };

/** What dialling needs, the same for all nodes. */
export interface StorageAsking {
  readonly options: DoctorOptions;
  readonly parts: FrontDoorParts;
  readonly signal: AbortSignal;
  /** Whom we call ourselves; nobody dials it. */
  readonly from: Endpoint;
  readonly silenceMs: number;
}

const dial = async (
  to: Endpoint,
  tls: TlsOptions | undefined,
  versions: VersionRange,
  { parts, signal, from, silenceMs }: StorageAsking,
): Promise<DialAnswer> => {
  const begunMs = parts.clock.nowMs();
  const dialled = await dialStreaming(
    { transport: parts.transport(tls), clock: parts.clock },
    {
      ...{ to, from, versions, signal },
      connectTimeoutMs: Math.min(silenceMs, CONNECT_TIMEOUT_MS),
      handshakeTimeoutMs: silenceMs,
    },
  );
  if (isLeft(dialled)) return { kind: 'failed', error: dialled.left.detail };
  const ms = parts.clock.nowMs() - begunMs;
  const { connection, version } = dialled.right;
  connection.destroy();
  await connection.closed;
  return { kind: 'answered', version, ms };
};

/** Looks at the certificates of a port, ours shown where we have one. */
export const certificatesOf = async (
  to: Endpoint,
  tls: TlsOptions | undefined,
  { parts, signal, silenceMs }: Pick<StorageAsking, 'parts' | 'signal' | 'silenceMs'>,
): Promise<TlsAnswer> => {
  const look = parts.lookAtTls ?? lookAtTls;
  const { ca, cert, key, serverName } = tls ?? {};
  const looked = await look(to, {
    ...{ clock: parts.clock, signal, timeoutMs: Math.min(silenceMs, CONNECT_TIMEOUT_MS) },
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { serverName }),
  });
  return isLeft(looked)
    ? { kind: 'failed', error: looked.left.detail }
    : { kind: 'seen', view: looked.right };
};

/** Nobody listens there, or the way is blocked: other ways end the same. */
const isNobody = (answer: DialAnswer): boolean =>
  answer.kind === 'failed' &&
  (answer.error.code === 'SCM_NET_REFUSED' ||
    answer.error.code === 'SCM_NET_UNREACHABLE' ||
    (answer.error.code === 'SCM_NET_TIMEOUT' && answer.error.waitingFor !== 'Accept'));

/** Each version by itself, but for the one that was taken already. */
const takenOf = async (
  to: Endpoint,
  tls: TlsOptions | undefined,
  known: StreamingVersion,
  asking: StorageAsking,
): Promise<readonly StreamingVersion[]> => {
  const taken: StreamingVersion[] = [];
  for (const version of ALL_VERSIONS) {
    const isTaken =
      version === known ||
      (await dial(to, tls, { min: version, max: version }, asking)).kind === 'answered';
    if (isTaken) taken.push(version);
  }
  return taken;
};

/** TLS that takes any certificate and shows none. */
const ANYBODY: TlsOptions = { insecure: true };

/** All of it for one node: about eight connections, one after the other. */
export const storageFactsOf = async (
  dialled: Endpoint,
  asking: StorageAsking,
): Promise<StorageFacts> => {
  const { tls } = asking.options;
  const plain = await dial(dialled, undefined, ANY, asking);
  if (isNobody(plain)) {
    const none = { secure: undefined, withoutCertificate: undefined, certificates: undefined };
    return { dialled, plain, ...none, taken: [] };
  }
  const secureTls = tls ?? ANYBODY;
  const secure = await dial(dialled, secureTls, ANY, asking);
  const certificates = await certificatesOf(dialled, tls, asking);
  const withoutCertificate =
    certificates.kind === 'seen' && tls !== undefined
      ? await dial(dialled, ANYBODY, ANY, asking)
      : undefined;
  // The way that was asked for; where it does not work, the other tells the versions as well.
  const plainly = { answer: plain, tls: undefined };
  const securely = { answer: secure, tls: secureTls };
  const ways = tls === undefined ? [plainly, securely] : [securely, plainly];
  const open = ways.find(({ answer }) => answer.kind === 'answered');
  const taken =
    open?.answer.kind === 'answered'
      ? await takenOf(dialled, open.tls, open.answer.version, asking)
      : [];
  return { dialled, plain, secure, withoutCertificate, certificates, taken };
};
