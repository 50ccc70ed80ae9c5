// Control plane. Internode messages out of a connection's pieces: frames are taken apart, large messages put together
// (spec: repair §6.6). Called by whoever holds a messaging connection, one per connection and direction.
import type { Decoded } from '../decoded.ts';
import { CodecError, type CodecErrorType } from '../errors.ts';
import type { Framing } from '../handshake/initiate.ts';
import { MESSAGE_BYTES_MAX } from '../limits.ts';
import { PieceBuffer } from '../piece-buffer.ts';
import { type BlockDecompress, decodeFrame, type Frame } from './frame.ts';
import { decodeMessage, type InternodeMessage } from './message.ts';

/** How the connection is framed, and bounds. */
export interface InternodeMessageReaderOptions {
  readonly framing: Framing;
  /** Needed for `lz4`; without it a compressed frame counts as damaged. */
  readonly decompress?: BlockDecompress;
  /**
   * Bytes that one message may take; a larger one ends in SCM_WIRE_TOO_LONG before it is collected.
   * @default MESSAGE_BYTES_MAX
   */
  readonly messageBytesMax?: number;
}

/** Push what the connection brought, then take messages until `need-more`. `bytes` of an answer counts without frames. */
export class InternodeMessageReader {
  readonly #options: InternodeMessageReaderOptions;
  readonly #messageBytesMax: number;
  readonly #pieces = new PieceBuffer();
  /** Rest of the self-contained frame in hand: whole messages. */
  #small: Uint8Array = new Uint8Array(0);
  /** Pieces of the large message in hand. */
  readonly #large = new PieceBuffer();
  #largeDamaged = false;
  #framesDamaged = 0;
  #error: Decoded<never> | undefined;

  constructor(options: InternodeMessageReaderOptions) {
    this.#options = options;
    this.#messageBytesMax = options.messageBytesMax ?? MESSAGE_BYTES_MAX;
  }

  /** Frames whose payload was damaged and dropped, with the messages in them. */
  get framesDamaged(): number {
    return this.#framesDamaged;
  }

  /** Adds what the connection brought; the array may be reused at once. */
  push(bytes: Uint8Array): void {
    if (this.#error === undefined) this.#pieces.push(bytes);
  }

  /** The next message, how many bytes the next frame needs, or what is wrong; once wrong, always the same answer. */
  next(): Decoded<InternodeMessage> {
    for (;;) {
      if (this.#error !== undefined) return this.#error;
      if (this.#small.length > 0) return this.#nextSmall();
      const frame = decodeFrame(
        this.#pieces.view(),
        this.#options.framing,
        this.#options.decompress,
      );
      if (frame.kind === 'error') return this.#fail(frame.error);
      if (frame.kind === 'need-more') return frame;
      const message = this.#takeFrame(frame.value);
      this.#pieces.skip(frame.bytes);
      if (message !== undefined) return message;
    }
  }

  #takeFrame(frame: Frame): Decoded<InternodeMessage> | undefined {
    if (frame.kind === 'damaged') this.#framesDamaged += 1;
    if (!frame.selfContained) return this.#takeLargePiece(frame);
    if (this.#large.length > 0)
      return this.#bad('frame', 'a self-contained frame', 'the rest of a large message');
    if (frame.kind === 'whole') this.#small = new Uint8Array(frame.payload);
    return undefined;
  }

  #nextSmall(): Decoded<InternodeMessage> {
    const answer = decodeMessage(this.#small);
    if (answer.kind === 'error') return this.#fail(answer.error);
    if (answer.kind === 'need-more')
      return this.#bad('frame', 'a part of a message', 'whole messages in a self-contained frame');
    this.#small = this.#small.subarray(answer.bytes);
    return answer;
  }

  #takeLargePiece(frame: Frame): Decoded<InternodeMessage> | undefined {
    if (frame.kind === 'damaged') {
      // Without its first frame the length of a large message is unknown, and with it where the next one begins.
      if (this.#large.length === 0) return this.#fail(frame.error);
      this.#largeDamaged = true;
      this.#large.push(new Uint8Array(frame.payloadLength));
    } else {
      this.#large.push(frame.payload);
    }
    return this.#largeMessage();
  }

  #largeMessage(): Decoded<InternodeMessage> | undefined {
    const answer = decodeMessage(this.#large.view());
    if (answer.kind === 'error') return this.#fail(answer.error);
    if (answer.kind === 'need-more') {
      const value = BigInt(answer.bytesAtLeast);
      const limit = BigInt(this.#messageBytesMax);
      if (value <= limit) return undefined;
      const field = 'internode message';
      return this.#fail(
        new CodecError({ code: 'SCM_WIRE_TOO_LONG', field, value, limit, offset: 0 }),
      );
    }
    if (answer.bytes !== this.#large.length)
      return this.#bad('frame', 'more than one message', 'pieces of exactly one message');
    const dropped = this.#largeDamaged;
    this.#large.clear();
    this.#largeDamaged = false;
    return dropped ? undefined : answer;
  }

  #bad(field: string, found: string, expected: string): Decoded<never> {
    const detail: CodecErrorType = {
      code: 'SCM_WIRE_BAD_VALUE',
      field,
      found,
      expected,
      offset: 0,
    };
    return this.#fail(new CodecError(detail));
  }

  #fail(error: CodecError): Decoded<never> {
    this.#error = { kind: 'error', error };
    this.#pieces.clear();
    this.#large.clear();
    return this.#error;
  }
}
