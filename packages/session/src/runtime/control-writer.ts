// Control plane. Our messages on the control connection, in order and one write at a time, with a timer on each. Called by the session
// runtime. Keeps a bounded queue: a peer that reads nothing ends the session, not our memory.
import type { Clock } from '@scamander/throttle';
import type { Connection } from '@scamander/transport';
import { encodeStreamMessage, type StreamMessage, type WireContext } from '@scamander/wire-codec';
import { CONTROL_MESSAGES_QUEUED_MAX } from '../limits.ts';
import type { SessionInput } from '../machine/inputs.ts';
import { reasonOf } from './causes.ts';

/** Writes bytes under a timer. After 'stalled' the write is still under way: only destroying the connection ends it. */
export const writeWatched = (
  clock: Clock,
  connection: Connection,
  bytes: Uint8Array,
  afterMs: number,
): Promise<'written' | 'stalled'> =>
  new Promise((resolve, reject) => {
    const cancel = clock.setTimer(afterMs, () => resolve('stalled'));
    connection.write(bytes).then(
      () => {
        cancel();
        resolve('written');
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });

/** The outgoing half of a control connection. */
export class ControlWriter {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #context: WireContext;
  readonly #messageMs: number;
  readonly #trouble: (input: SessionInput) => void;
  #queue: StreamMessage[] = [];
  #running: Promise<void> | undefined;
  #broken = false;

  constructor(
    connection: Connection,
    parts: { readonly clock: Clock; readonly context: WireContext },
    messageMs: number,
    trouble: (input: SessionInput) => void,
  ) {
    this.#connection = connection;
    this.#clock = parts.clock;
    this.#context = parts.context;
    this.#messageMs = messageMs;
    this.#trouble = trouble;
  }

  /** Queues a message. */
  send(message: StreamMessage): void {
    if (this.#broken) return;
    if (this.#queue.length >= CONTROL_MESSAGES_QUEUED_MAX)
      this.#break({ type: 'ConnectionStalled', connection: 0, afterMs: this.#messageMs });
    else this.#queue.push(message);
    this.#running ??= this.#run();
  }

  /** Resolves when everything queued was written or can't be. */
  async flush(): Promise<void> {
    await this.#running;
  }

  #break(input: SessionInput): void {
    this.#broken = true;
    this.#queue = [];
    this.#trouble(input);
  }

  /** Everything queued in one write: RECEIVED of many small files travel together. */
  #take(): Uint8Array {
    const messages = this.#queue;
    this.#queue = [];
    return Buffer.concat(messages.map((message) => encodeStreamMessage(message, this.#context)));
  }

  async #run(): Promise<void> {
    // lets the effects of one step gather before the first write
    await Promise.resolve();
    while (this.#queue.length > 0) {
      try {
        const written = await writeWatched(
          this.#clock,
          this.#connection,
          this.#take(),
          this.#messageMs,
        );
        if (written === 'stalled')
          this.#break({ type: 'ConnectionStalled', connection: 0, afterMs: this.#messageMs });
      } catch (error) {
        this.#break(
          error instanceof RangeError
            ? { type: 'Refuse', reason: reasonOf(error) }
            : { type: 'WriteFailed', reason: reasonOf(error) },
        );
      }
    }
    this.#running = undefined;
  }
}
