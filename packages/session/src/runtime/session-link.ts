// Control plane. What a running session hands to its helpers: who it is, its parts, and the ways back into it. Called by the files of this
// folder. Holds types only.
import type { Clock } from '@scamander/throttle';
import type { FileChunk, TransferContext } from '@scamander/transport';
import type { WireContext } from '@scamander/wire-codec';
import type { SessionInput } from '../machine/inputs.ts';
import type { SessionIdentity } from '../machine/model.ts';
import type { SessionTimeouts } from '../timeouts.ts';
import type { FileTransfers } from './file-transfers.ts';
import type { SessionProgress } from './session-progress.ts';

/** A session from the inside. */
export interface SessionLink {
  readonly identity: SessionIdentity;
  /** Endpoint text of the peer, for errors. */
  readonly peer: string;
  readonly clock: Clock;
  readonly timeouts: SessionTimeouts;
  readonly progress: SessionProgress;
  readonly transfers: FileTransfers;
  /** True once the session is over: nothing may be begun. */
  readonly closing: boolean;
  feed(input: SessionInput): void;
  chunk(chunk: FileChunk): void;
  /** The payload that STREAM announced on a connection: resolves true when the next message may be read. */
  payloadOf(connection: number): Promise<boolean>;
  wireContext(): WireContext;
  transferContext(entire: boolean): TransferContext;
}

/** Runs a port's method; what it throws becomes an Error value, so that foreign code can't break a session's loop. */
export const guarded = async <T>(call: () => Promise<T>): Promise<T | Error> => {
  try {
    return await call();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};
