// Data plane. Sends files that nobody has vouched for yet, without their last bytes, which follow when somebody does. Called by sendSlices.
import { HELD_BACK_BYTES, HELD_BACK_SIGN_MS } from '../limits.ts';
import type { TransferRun } from './transfer-run.ts';
import type { FileSlice } from './types.ts';

const cut = (
  slices: readonly FileSlice[],
): { readonly first: readonly FileSlice[]; readonly last: FileSlice | undefined } => {
  const at = slices.findLastIndex(({ lengthBytes }) => lengthBytes > 0);
  const slice = slices[at];
  if (slice === undefined) return { first: [], last: undefined };
  const heldBytes = Math.min(HELD_BACK_BYTES, slice.lengthBytes);
  const sentBytes = slice.lengthBytes - heldBytes;
  return {
    first: [...slices.slice(0, at), { ...slice, lengthBytes: sentBytes }],
    last: { ...slice, offsetBytes: slice.offsetBytes + sentBytes, lengthBytes: heldBytes },
  };
};

/**
 * Sends the slices with `send`; the last bytes wait for `cleared`. Where that takes long, one of them goes now and then as a sign of life,
 * but never the very last one. A rejection of `cleared` ends the transfer at once.
 */
export const sendHeldBack = async (
  run: TransferRun,
  slices: readonly FileSlice[],
  cleared: Promise<unknown>,
  send: (slices: readonly FileSlice[]) => Promise<void>,
): Promise<void> => {
  cleared.catch((error: Error) => run.abort(error));
  const { first, last } = cut(slices);
  await send(first);
  let held = last;
  while (!(await run.hold(cleared, HELD_BACK_SIGN_MS))) {
    if (held === undefined || held.lengthBytes === 1) continue;
    await send([{ ...held, lengthBytes: 1 }]);
    held = { ...held, offsetBytes: held.offsetBytes + 1, lengthBytes: held.lengthBytes - 1 };
  }
  if (held !== undefined) await send([held]);
};
