// Control plane. Messages off one connection, one at a time, with a timer inside messages and none between them (spec:
// streaming-4.0-plus §6.8). Called by the manager and the session runtime. Reads nothing while nobody asks.
import type { Clock } from '@scamander/throttle';
import type { Connection } from '@scamander/transport';
import {
  codecErrorMessage,
  type StreamMessage,
  StreamMessageReader,
  type WireContext,
} from '@scamander/wire-codec';
import { reasonOf } from './causes.ts';

/** What a connection brought. */
export type Brought =
  | { readonly kind: 'message'; readonly message: StreamMessage }
  | { readonly kind: 'ended'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly reason: string; readonly offset: number }
  | { readonly kind: 'stalled'; readonly afterMs: number };

const ENDED_BETWEEN = 'the peer closed it';
const ENDED_INSIDE = 'the peer closed it in the middle of a message';

/** Reads one connection. After STREAM the payload is the connection's next bytes. */
export class MessageSource {
  readonly connection: Connection;
  readonly #clock: Clock;
  readonly #messageMs: number;
  readonly #reader: StreamMessageReader;

  constructor(
    connection: Connection,
    parts: { readonly clock: Clock; readonly context: WireContext },
    messageMs: number,
  ) {
    this.connection = connection;
    this.#clock = parts.clock;
    this.#messageMs = messageMs;
    this.#reader = new StreamMessageReader(parts.context);
  }

  /** The next message, or why there is none. Never rejects. */
  async next(): Promise<Brought> {
    for (;;) {
      const answer = this.#reader.next();
      if (answer.kind === 'message') {
        if (answer.value.type === 'Stream') this.#giveBack();
        return { kind: 'message', message: answer.value };
      }
      if (answer.kind === 'error') {
        const { detail } = answer.error;
        return { kind: 'invalid', reason: codecErrorMessage(detail), offset: detail.offset };
      }
      const more = await this.#more();
      if (more !== undefined) return more;
    }
  }

  #giveBack(): void {
    const rest = this.#reader.remaining();
    if (rest.length > 0) this.connection.unread(rest);
  }

  async #more(): Promise<Brought | undefined> {
    const inside = this.#reader.bytesWaiting > 0;
    try {
      const bytes = await (inside ? this.#readWatched() : this.connection.read());
      if (bytes === 'stalled') return { kind: 'stalled', afterMs: this.#messageMs };
      if (bytes === null) return { kind: 'ended', reason: inside ? ENDED_INSIDE : ENDED_BETWEEN };
      this.#reader.push(bytes);
      return undefined;
    } catch (error) {
      return { kind: 'ended', reason: reasonOf(error) };
    }
  }

  #readWatched(): Promise<Uint8Array | null | 'stalled'> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.setTimer(this.#messageMs, () => resolve('stalled'));
      this.connection.read().then(
        (bytes) => {
          cancel();
          resolve(bytes);
        },
        (error: unknown) => {
          cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}
