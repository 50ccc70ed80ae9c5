// Control plane. The only notion of time below the front door: everything that waits is handed a Clock.
// Called by throttle, transport, session and cluster; tests hand in a virtual one. Nothing reads the time around it.

/** Cancels a timer; calling it after the timer fired, or twice, does nothing. */
export type CancelTimer = () => void;

/** A source of time and timers. */
export interface Clock {
  /** Milliseconds that never run backwards; only differences have a meaning. */
  nowMs(): number;
  /** Calls back once after the delay, unless cancelled before. */
  setTimer(delayMs: number, callback: () => void): CancelTimer;
}

/** The machine's own monotonic clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
