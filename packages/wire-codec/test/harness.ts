// What several tests of this package share: bytes from hex, and the ways of feeding a decoder. Called by tests only.

import type { CodecErrorType, Decoded } from '@scamander/wire-codec';
import { everySplit } from '@scamander-tools/testing';
import * as assert from 'uvu/assert';

/** Bytes of a hex text; blanks, line ends and `|` between digits don't count. */
export const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll(/[\s|]/g, '').match(/../g) ?? [], (pair) =>
    Number.parseInt(pair, 16),
  );

/** Hex of bytes, for comparisons that read well when they fail. */
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Bytes of an ASCII text with a u16 length in front. */
export const utf = (text: string): string =>
  text.length.toString(16).padStart(4, '0') + Buffer.from(text, 'latin1').toString('hex');

/** One decoder, whatever it decodes. */
export type Decoder<T> = (bytes: Uint8Array) => Decoded<T>;

/** Fails unless the answer is a message. */
export const messageOf = <T>(answer: Decoded<T>): { value: T; bytes: number } => {
  if (answer.kind === 'error') throw answer.error;
  if (answer.kind === 'need-more')
    throw new Error(`needs ${answer.bytesAtLeast} bytes where a message was expected`);
  return answer;
};

/** Fails unless the answer is an error. */
export const errorOf = (answer: Decoded<unknown>): CodecErrorType => {
  if (answer.kind !== 'error') throw new Error(`${answer.kind} where an error was expected`);
  return answer.error.detail;
};

/** Every beginning must answer `need-more`, ask for more than is there, and never for more than the whole. */
const checkBeginning = (decode: Decoder<unknown>, part: Uint8Array, whole: number): void => {
  const answer = decode(part);
  if (answer.kind !== 'need-more')
    throw new Error(`${answer.kind} after ${part.length} of ${whole} bytes`);
  if (answer.bytesAtLeast <= part.length || answer.bytesAtLeast > whole)
    throw new Error(`asks for ${answer.bytesAtLeast} after ${part.length} of ${whole} bytes`);
};

/** The bytes whole, with bytes behind them, and cut at every position. */
export const decodesWholeAndCut = <T>(decode: Decoder<T>, bytes: Uint8Array, value: T): void => {
  const whole = messageOf(decode(bytes));
  assert.is(whole.bytes, bytes.length);
  assert.equal(whole.value, value);
  const followed = messageOf(decode(Uint8Array.from([...bytes, 0xaa, 0x55])));
  assert.is(followed.bytes, bytes.length);
  assert.equal(followed.value, value);
  for (const [head] of everySplit(bytes))
    if (head.length < bytes.length) checkBeginning(decode, head, bytes.length);
};

/**
 * The bytes whole and cut at every position: the error comes at once or after some byte, is the same from then on, and no
 * beginning is taken for a message.
 */
export const failsWholeAndCut = (
  decode: Decoder<unknown>,
  bytes: Uint8Array,
  expected: Partial<CodecErrorType>,
): void => {
  const whole = errorOf(decode(bytes));
  for (const [field, value] of Object.entries(expected))
    assert.equal((whole as unknown as Record<string, unknown>)[field], value, field);
  let failed = false;
  for (const [head] of everySplit(bytes)) {
    const answer = decode(head);
    assert.is.not(answer.kind, 'message');
    if (answer.kind === 'error') {
      failed = true;
      assert.equal(answer.error.detail, whole);
    } else {
      assert.not(failed, 'asks for more after an error');
    }
  }
};
