// Control plane. Does the node reach us? Watches one session: a node that was told to send dials the announced address at once, and gives the session
// up when nobody answers there (spec: streaming-4.0-plus §1.1). Called by sessions that ask for files. Cancels nothing itself.
import { X509Certificate } from 'node:crypto';
import type { StreamErrorType, StreamEvent } from '@scamander/session';
import type { CancelTimer, Clock } from '@scamander/throttle';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import type { ScamanderErrorType } from '../../errors.ts';
import type { TlsOptions } from '../../load/options.ts';

/** How the node failed to reach us. */
export type DialBackFailure =
  /** It gave the session up before it sent anything. */
  | 'gave up'
  /** Nothing came in time. */
  | 'silent';

/** What is watched. */
export interface DialBackInput {
  readonly clock: Clock;
  /** After it was told to send, so long without a file. */
  readonly afterMs: number;
  /** The node has reached us, now or before: silence then only means that it is busy, and giving up that something broke. */
  readonly isProven: () => boolean;
  readonly onSilent: () => void;
  readonly onReached: () => void;
}

/** Watches one session by its events. */
export class DialBackWatch {
  readonly #input: DialBackInput;
  #state: 'before' | 'waiting' | 'reached' | 'over' = 'before';
  #cancel: CancelTimer | undefined;
  #failure: DialBackFailure | undefined;

  constructor(input: DialBackInput) {
    this.#input = input;
  }

  /** Undefined as long as nothing speaks against it. */
  get failure(): DialBackFailure | undefined {
    return this.#failure;
  }

  see(event: StreamEvent): void {
    if (event.type === 'SessionPrepared' && event.receiving.length > 0) this.#begin();
    else if (event.type === 'FileStarted' && event.direction === 'in') this.#reached();
    else if (event.type === 'SessionFailed') this.#failed(event.error.code);
    else if (event.type === 'SessionComplete') this.close();
  }

  /** Leaves no timer behind. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#state = 'over';
  }

  #begin(): void {
    if (this.#state !== 'before') return;
    this.#state = 'waiting';
    const { clock, afterMs, isProven, onSilent } = this.#input;
    if (isProven()) return;
    this.#cancel = clock.setTimer(afterMs, () => {
      if (this.#state !== 'waiting' || isProven()) return;
      this.#failure = 'silent';
      onSilent();
    });
  }

  #reached(): void {
    if (this.#state !== 'waiting') return;
    this.#cancel?.();
    this.#state = 'reached';
    this.#input.onReached();
  }

  #failed(code: string): void {
    const isOfPeer = code === 'SCM_STREAM_PEER_FAILED';
    if (this.#state === 'waiting' && !this.#input.isProven() && isOfPeer)
      this.#failure ??= 'gave up';
    this.close();
  }
}

/** What else is known. */
export interface DialBackFacts {
  readonly afterMs: number;
  readonly tls: TlsOptions | undefined;
  /** Why the last one did not get through TLS here. */
  readonly rejected: string | undefined;
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';

/** Java takes a certificate from a listener only where its extended key usage allows servers [live 4.1.10]. */
const isForClientsOnly = ({ cert }: TlsOptions): boolean => {
  try {
    const { keyUsage }: { readonly keyUsage?: readonly string[] } = new X509Certificate(cert ?? '');
    return (
      keyUsage !== undefined && !keyUsage.includes(SERVER_AUTH) && !keyUsage.includes(ANY_USAGE)
    );
  } catch {
    return false;
  }
};

const tlsAdvice = (tls: TlsOptions | undefined): string => {
  if (tls === undefined)
    return 'where nodes use TLS among each other, give --tls with a certificate';
  return isForClientsOnly(tls)
    ? 'our certificate is for clients only, and nodes do not take it from a listener: give one whose extended key usage has serverAuth too'
    : 'our certificate must suit the nodes’ truststore';
};

/** The failure for people. */
export const noDialBack = (
  node: Endpoint,
  announced: Endpoint,
  failure: DialBackFailure,
  facts: DialBackFacts,
): ScamanderErrorType => {
  const how =
    failure === 'gave up'
      ? 'it gave the session up as soon as it was told to send'
      : `nothing came within ${Math.round(facts.afterMs / 1000)} s`;
  return {
    code: 'SCM_PULL_NO_DIAL_BACK',
    kind: 'refused',
    message: `${endpointText(node)} does not reach us at ${endpointText(announced)}: ${how}${facts.rejected === undefined ? '' : `; TLS: ${facts.rejected}`}`,
    where: endpointText(announced),
    lost: 'nothing',
    advice: `nodes send files over connections that they open themselves: --announce an address and port that they can dial (NAT, containers, firewall), --listen where it leads to; ${tlsAdvice(facts.tls)}`,
    retryable: false,
  };
};

/** Connections came, so the address is right, but none lived to bring a file. */
export const brokenDialBack = (
  node: Endpoint,
  announced: Endpoint,
  strays: number,
): StreamErrorType => ({
  code: 'SCM_STREAM_CONNECTION_LOST',
  peer: endpointText(node),
  during: 'before the first file',
  reason: `${strays} ${strays === 1 ? 'connection' : 'connections'} came in at ${endpointText(announced)} and broke: something between us cuts them, or one side speaks TLS and the other does not`,
});
