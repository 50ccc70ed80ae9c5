// Control plane. How long a node that is asked for data may be silent at each wait. Called by sessions of pull, du and copy; pure.
import type { SessionTimeouts } from '@scamander/session';
import { SILENCE_TIMEOUT_MS } from '../../limits.ts';
import type { SourceOptions } from '../options.ts';

/** A node flushes before it answers, which takes as long as its disk does. */
const FLUSH_FACTOR = 5;

const NOTICE_MS = 30_000;

/** Silence that is borne at any wait. */
export const silenceTimeoutOf = ({ silenceTimeoutMs }: SourceOptions): number =>
  silenceTimeoutMs ?? SILENCE_TIMEOUT_MS;

/** Every wait of a session that asks. */
export const sessionTimeouts = (options: SourceOptions): Partial<SessionTimeouts> => {
  const silenceMs = silenceTimeoutOf(options);
  return {
    connectMs: Math.min(silenceMs, 5_000),
    handshakeMs: silenceMs,
    prepareSynAckMs: FLUSH_FACTOR * silenceMs,
    nextFileMs: FLUSH_FACTOR * silenceMs,
    completeMs: silenceMs,
    messageMs: silenceMs,
    fileStallMs: silenceMs,
    noticeMs: Math.min(NOTICE_MS, silenceMs / 2),
  };
};
