// Control plane. Starts the sessions of a plan, all at once or one after the other (spec: planning §16.4), and ties them to a signal.
// Called by StreamPlan.
import type { SessionRuntime } from './session-runtime.ts';

const startInTurn = (sessions: readonly SessionRuntime[]): void => {
  const [first, ...others] = sessions;
  if (first === undefined) return;
  let goneOn = false;
  const next = (): void => {
    if (!goneOn) startInTurn(others);
    goneOn = true;
  };
  void first.prepared.then(next);
  void first.ended.then(next);
  first.start();
};

/** Resolves when every session has ended. One peer's failure does not touch the others. */
export const startSessions = async (
  sessions: readonly SessionRuntime[],
  sequential: boolean,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const cancel = (): void => {
    const reason = signal?.reason instanceof Error ? signal.reason.message : 'aborted by signal';
    for (const session of sessions) session.cancel(reason);
  };
  // the caller gets to subscribe before anything happens
  await Promise.resolve();
  if (signal?.aborted === true) cancel();
  signal?.addEventListener('abort', cancel);
  if (sequential) startInTurn(sessions);
  else for (const session of sessions) session.start();
  await Promise.all(sessions.map((session) => session.ended));
  signal?.removeEventListener('abort', cancel);
};
