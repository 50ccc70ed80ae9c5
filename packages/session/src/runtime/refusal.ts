// Control plane. Tells a peer that its session is not taken here, then cuts the connection. Called by the manager at its limit.
import type { Connection } from '@scamander/transport';
import { encodeStreamMessage, type StreamingVersion } from '@scamander/wire-codec';
import type { StreamParts } from '../parts.ts';
import { writeWatched } from './control-writer.ts';

/** Writes SESSION_FAILED and closes in order; a peer that does not read is cut off after the time. Never rejects. */
export const refuseSession = async (
  connection: Connection,
  parts: StreamParts,
  version: StreamingVersion,
  lastWordsMs: number,
): Promise<void> => {
  const bytes = encodeStreamMessage(
    { type: 'SessionFailed' },
    { version, partitioner: parts.partitioner },
  );
  const cancel = parts.clock.setTimer(lastWordsMs, () => connection.destroy());
  try {
    await writeWatched(parts.clock, connection, bytes, lastWordsMs);
    await connection.end();
    while ((await connection.read()) !== null);
  } catch {
    // the peer was faster to leave
  } finally {
    cancel();
    connection.destroy();
  }
};
