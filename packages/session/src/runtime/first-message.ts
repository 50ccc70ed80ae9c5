// Control plane. The first message of an accepted connection, which tells what the connection is (spec: streaming-4.0-plus §8.3). Called
// by the manager.
import type { Clock } from '@scamander/throttle';
import type { StreamFile, StreamInit } from '@scamander/wire-codec';
import type { MessageSource } from './message-source.ts';

/**
 * STREAM_INIT or STREAM, whichever comes first; KEEP_ALIVE before it is skipped (4.0 sends one at once). Undefined when anything else
 * comes, or nothing in time: the connection is then cut, as a node does without a message (spec §6.7).
 */
export const firstMessage = async (
  source: MessageSource,
  clock: Clock,
  afterMs: number,
): Promise<StreamFile | StreamInit | undefined> => {
  const cancel = clock.setTimer(afterMs, () => source.connection.destroy());
  try {
    for (;;) {
      const brought = await source.next();
      if (brought.kind !== 'message') return undefined;
      const { message } = brought;
      if (message.type === 'Stream' || message.type === 'StreamInit') return message;
      if (message.type !== 'KeepAlive') return undefined;
    }
  } finally {
    cancel();
  }
};
