// Control plane. Reads one connection of a session to its end: every message is fed before the next is read, and a payload is read by its
// file. Called by the session runtime, once per connection.
import type { StreamFile } from '@scamander/wire-codec';
import { CONTROL } from './connections.ts';
import type { Brought, MessageSource } from './message-source.ts';
import type { SessionLink } from './session-link.ts';

const feedEnd = (
  link: SessionLink,
  connection: number,
  end: Exclude<Brought, { kind: 'message' }>,
): void => {
  switch (end.kind) {
    case 'ended':
      link.feed({ type: 'ConnectionEnded', connection, reason: end.reason });
      break;
    case 'stalled':
      link.feed({ type: 'ConnectionStalled', connection, afterMs: end.afterMs });
      break;
    case 'invalid':
      link.feed({ type: 'MessageInvalid', connection, reason: end.reason, offset: end.offset });
      break;
    default:
      end satisfies never;
  }
};

/** Resolves when nothing more can be read. `first` is a message that was read before the connection came here. */
export const readMessages = async (
  link: SessionLink,
  connection: number,
  source: MessageSource,
  first: StreamFile | undefined,
): Promise<void> => {
  let brought: Brought =
    first === undefined ? await source.next() : { kind: 'message', message: first };
  for (;;) {
    if (brought.kind !== 'message') return feedEnd(link, connection, brought);
    const { message } = brought;
    if (message.type === 'Stream') {
      link.feed({ type: 'FileAnnounced', connection, file: message });
      // when the payload was not taken whole, nothing on this connection can be read any more
      if (!(await link.payloadOf(connection))) {
        const reason = 'a file on it broke off';
        if (connection === CONTROL) link.feed({ type: 'ConnectionEnded', connection, reason });
        return;
      }
    } else {
      link.feed({ type: 'Message', message });
    }
    brought = await source.next();
  }
};
