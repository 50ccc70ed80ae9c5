// Control plane. Reads one handshake message off a connection and not a byte more. Called by both sides of the handshake.
import type { Clock } from '@scamander/throttle';
import { type CodecError, type Decoded, endpointText } from '@scamander/wire-codec';
import type { Connection } from '../connection.ts';
import { TransportError } from '../errors.ts';

/** What came. `bytes` are those of the message so far, to tell what an unexpected peer speaks. */
export type Answer<T> =
  | { readonly kind: 'message'; readonly value: T }
  | { readonly kind: 'invalid'; readonly error: CodecError; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly bytes: Uint8Array };

/** Takes bytes until the decoder is content; what follows stays in the connection. `bytesMax` bounds the message. */
export const readMessage = async <T>(
  connection: Connection,
  decode: (bytes: Uint8Array) => Decoded<T>,
  bytesMax: number,
): Promise<Answer<T>> => {
  const buffer = Buffer.alloc(bytesMax);
  let have = 0;
  for (;;) {
    const bytes = buffer.subarray(0, have);
    const decoded = decode(bytes);
    if (decoded.kind === 'message') {
      connection.unread(bytes.subarray(decoded.bytes));
      return { kind: 'message', value: decoded.value };
    }
    if (decoded.kind === 'error') return { kind: 'invalid', error: decoded.error, bytes };
    const wanted = Math.min(Math.max(decoded.bytesAtLeast, have + 1), bytesMax);
    const piece = await connection.read();
    if (piece === null) return { kind: 'ended', bytes };
    const taken = Math.min(wanted - have, piece.length);
    buffer.set(piece.subarray(0, taken), have);
    have += taken;
    connection.unread(piece.subarray(taken));
  }
};

/** Limits of a wait. */
export interface Deadline {
  readonly clock: Clock;
  readonly afterMs: number;
  /** For the message of the timeout. */
  readonly waitingFor: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the work; when time or patience is over it destroys the connection, which ends the work, and rejects with the reason. */
export const withDeadline = async <T>(
  connection: Connection,
  deadline: Deadline,
  work: () => Promise<T>,
): Promise<T> => {
  const peer = endpointText(connection.remote);
  const { clock, afterMs, waitingFor, signal } = deadline;
  let verdict: TransportError | undefined;
  const giveUp = (error: TransportError): void => {
    verdict ??= error;
    connection.destroy(verdict);
  };
  const onAbort = (): void => giveUp(new TransportError({ code: 'SCM_NET_ABORTED', peer }));
  const cancelTimer = clock.setTimer(afterMs, () =>
    giveUp(new TransportError({ code: 'SCM_NET_TIMEOUT', peer, waitingFor, afterMs })),
  );
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal?.aborted === true) onAbort();
    const result = await work();
    if (verdict !== undefined) throw verdict;
    return result;
  } catch (error) {
    throw verdict ?? error;
  } finally {
    cancelTimer();
    signal?.removeEventListener('abort', onAbort);
  }
};
