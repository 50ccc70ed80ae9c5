// Control plane. Stream messages out of a connection's pieces. Called by session, one per connection and direction.
// Copies what it is given, keeps one message at most, and looks at it again only when what was missing may be there.
import type { Decoded } from '../decoded.ts';
import { CodecError } from '../errors.ts';
import { STREAM_MESSAGE_BYTES_MAX } from '../limits.ts';
import { PieceBuffer } from '../piece-buffer.ts';
import { decodeStreamMessage } from './codec.ts';
import type { WireContext } from './context.ts';
import type { StreamMessage } from './types.ts';

/** Bounds of a {@link StreamMessageReader}. */
export interface StreamMessageReaderOptions {
  /**
   * Bytes that one message may take, without its payload. A message that needs more ends in SCM_WIRE_TOO_LONG as soon as it
   * says so, before they are collected.
   * @default STREAM_MESSAGE_BYTES_MAX
   */
  readonly messageBytesMax?: number;
}

/**
 * Push what the connection brought, then take messages until `need-more`. After a STREAM message the bytes not consumed are
 * the beginning of its payload: take them with {@link remaining}, read the payload elsewhere, and push what comes behind it.
 * The pushed arrays may be reused by their owner at once.
 */
export class StreamMessageReader {
  readonly #context: WireContext;
  readonly #messageBytesMax: number;
  readonly #pieces = new PieceBuffer();
  #bytesAtLeast = 1;
  #error: Decoded<never> | undefined;

  constructor(context: WireContext, options: StreamMessageReaderOptions = {}) {
    this.#context = context;
    this.#messageBytesMax = options.messageBytesMax ?? STREAM_MESSAGE_BYTES_MAX;
  }

  /** Bytes pushed and not consumed. */
  get bytesWaiting(): number {
    return this.#pieces.length;
  }

  /** Adds what the connection brought. */
  push(bytes: Uint8Array): void {
    if (this.#error === undefined) this.#pieces.push(bytes);
  }

  /** The next message, how many bytes it needs in all, or what is wrong; once wrong, always the same answer. */
  next(): Decoded<StreamMessage> {
    if (this.#error !== undefined) return this.#error;
    if (this.#pieces.length < this.#bytesAtLeast)
      return { kind: 'need-more', bytesAtLeast: this.#bytesAtLeast };
    const answer = decodeStreamMessage(this.#pieces.view(), this.#context);
    if (answer.kind === 'message') {
      this.#pieces.skip(answer.bytes);
      this.#bytesAtLeast = 1;
      return answer;
    }
    if (answer.kind === 'error') return this.#fail(answer);
    this.#bytesAtLeast = answer.bytesAtLeast;
    return answer.bytesAtLeast > this.#messageBytesMax
      ? this.#fail({ kind: 'error', error: this.#tooLong(answer.bytesAtLeast) })
      : answer;
  }

  /** Takes every byte not consumed, as a copy: behind a STREAM message, the start of its payload. */
  remaining(): Uint8Array {
    this.#bytesAtLeast = 1;
    const bytes = this.#pieces.view().slice();
    this.#pieces.skip(bytes.length);
    return bytes;
  }

  #fail(answer: Decoded<never>): Decoded<never> {
    this.#error = answer;
    this.#pieces.clear();
    return answer;
  }

  #tooLong(bytes: number): CodecError {
    return new CodecError({
      code: 'SCM_WIRE_TOO_LONG',
      field: 'stream message',
      value: BigInt(bytes),
      limit: BigInt(this.#messageBytesMax),
      offset: 0,
    });
  }
}
