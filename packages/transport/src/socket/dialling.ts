// Control plane. Waits for a socket to become a connection, or not: time limit, abort, error, whichever comes first. Called by the TCP
// and TLS transports. Leaves no timer, no listener and no socket behind.
import type { Socket } from 'node:net';
import type { Clock } from '@scamander/throttle';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { ConnectOptions } from '../connection.ts';
import { TransportError } from '../errors.ts';

/** How to wait. */
export interface Dialling {
  readonly clock: Clock;
  readonly to: Endpoint;
  readonly timeoutMs: number;
  /** For the message of a timeout. */
  readonly waitingFor: string;
  readonly options: ConnectOptions | undefined;
  /** The event that means success. */
  readonly event: 'connect' | 'secureConnect';
  readonly toError: (peer: string, error: unknown) => TransportError;
}

/** Resolves when the socket is connected; otherwise destroys it and says why. */
export const dialled = <S extends Socket>(
  socket: S,
  dialling: Dialling,
): Promise<Either<TransportError, S>> => {
  const peer = endpointText(dialling.to);
  const signal = dialling.options?.signal;
  return new Promise((resolve) => {
    let over = false;
    const finish = (result: Either<TransportError, S>): void => {
      if (over) return;
      over = true;
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
      socket.removeListener(dialling.event, onConnect);
      socket.removeListener('close', onClose);
      if (result._tag === 'Left') socket.destroy();
      resolve(result);
    };
    const fail = (error: TransportError): void => finish(left(error));
    const onConnect = (): void => finish(right(socket));
    const onError = (error: Error): void => fail(dialling.toError(peer, error));
    const onClose = (): void =>
      fail(new TransportError({ code: 'SCM_NET_CLOSED', peer, while: dialling.waitingFor }));
    const onAbort = (): void => fail(new TransportError({ code: 'SCM_NET_ABORTED', peer }));
    const { timeoutMs: afterMs, waitingFor } = dialling;
    const cancelTimer = dialling.clock.setTimer(afterMs, () =>
      fail(new TransportError({ code: 'SCM_NET_TIMEOUT', peer, waitingFor, afterMs })),
    );
    socket.once(dialling.event, onConnect);
    // Stays on: a socket may report more than one error, and one without a listener ends the process.
    socket.on('error', onError);
    socket.once('close', onClose);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });
};
