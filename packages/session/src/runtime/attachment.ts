// Control plane. A connection on its way into a session, with the message that told where it belongs. Called by the manager and the
// session runtime. Holds types only.
import type { StreamFile, StreamInit } from '@scamander/wire-codec';
import type { MessageSource } from './message-source.ts';

/** A connection whose first message was read. */
export interface Attachment {
  readonly source: MessageSource;
  readonly first: StreamFile | StreamInit;
}
