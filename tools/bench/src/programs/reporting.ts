// Control plane: what both programs share: waiting for a transfer, and the ruler's line. Called by the programs beside it.

type Outcome<T> =
  | { readonly _tag: 'Left'; readonly left: Error }
  | { readonly _tag: 'Right'; readonly right: T };

/** The value, or the error thrown. */
export const rightOrThrow = <T>(outcome: Outcome<T>): T => {
  if (outcome._tag === 'Left') throw outcome.left;
  return outcome.right;
};

/** Runs a cold transfer to its end. */
export const untilComplete = (transfer: {
  subscribe(observer: { complete: () => void; error: (error: unknown) => void }): unknown;
}): Promise<void> =>
  new Promise((resolve, reject) => {
    transfer.subscribe({ complete: resolve, error: reject });
  });

/** The ruler's line. */
export const reportMoved = (role: string, bytes: number, startMs: number): void => {
  const seconds = (performance.now() - startMs) / 1_000;
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const line = {
    role,
    bytes,
    seconds,
    mbPerSecond: bytes / seconds / 1e6,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
