import {
  type CodecErrorType,
  decodeFrame,
  encodeFrame,
  type Frame,
  type Framing,
} from '@scamander/wire-codec';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodesWholeAndCut, failsWholeAndCut, hex, hexOf, messageOf } from '../harness.ts';
import { decompressBlock } from '../lz4.ts';

const test = suite('frames');

const hello = Uint8Array.from(Buffer.from('hello'));
const whole = (payload: Uint8Array, selfContained: boolean): Frame => ({
  kind: 'whole',
  selfContained,
  payload,
});

test('CRC: the vector of repair §6.6', () => {
  const bytes = hex('050002 19999a 68656c6c6f 74800eb6');
  decodesWholeAndCut((part) => decodeFrame(part, 'crc'), bytes, whole(hello, true));
  assert.is(hexOf(encodeFrame(hello, 'crc', true)), hexOf(bytes));
});

test('unprotected: the same header, no trailer', () => {
  const bytes = hex('050002 19999a 68656c6c6f');
  decodesWholeAndCut((part) => decodeFrame(part, 'unprotected'), bytes, whole(hello, true));
  assert.is(hexOf(encodeFrame(hello, 'unprotected', true)), hexOf(bytes));
});

test('the longest payload, not self-contained: the header vector of repair §6.6', () => {
  const payload = new Uint8Array(131_071);
  const bytes = encodeFrame(payload, 'crc', false);
  assert.is(hexOf(bytes.subarray(0, 6)), 'ffff013891fe');
  assert.is(bytes.length, 6 + 131_071 + 4);
  assert.equal(messageOf(decodeFrame(bytes, 'crc')).value, whole(payload, false));
  assert.throws(() => encodeFrame(new Uint8Array(131_072), 'crc', false), RangeError);
});

test('LZ4: the header vector of repair §6.6 and its lengths', () => {
  const block = new Uint8Array(100).fill(7);
  const payload = new Uint8Array(300).fill(1);
  const bytes = encodeFrame(payload, 'lz4', true, () => block);
  assert.is(hexOf(bytes.subarray(0, 8)), '6400580204801eb9');
  const seen: [string, number][] = [];
  const decompress = (stored: Uint8Array, length: number): Uint8Array => {
    seen.push([hexOf(stored), length]);
    return payload;
  };
  decodesWholeAndCut((part) => decodeFrame(part, 'lz4', decompress), bytes, whole(payload, true));
  assert.equal(seen[0], [hexOf(block), 300]);
});

test('LZ4: stored raw without a compressor, and where compressing does not help', () => {
  for (const bytes of [
    encodeFrame(hello, 'lz4', true),
    encodeFrame(hello, 'lz4', true, (payload) => payload),
  ]) {
    // length 5, uncompressed length 0, self-contained
    assert.is(hexOf(bytes.subarray(0, 5)), '0500000004');
    assert.equal(messageOf(decodeFrame(bytes, 'lz4')).value, whole(hello, true));
  }
});

test('a damaged header is an error, whichever byte', () => {
  for (const framing of ['crc', 'unprotected', 'lz4'] as const) {
    const bytes = encodeFrame(hello, framing, true);
    for (let at = 0; at < (framing === 'lz4' ? 8 : 6); at++) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 0x10;
      failsWholeAndCut((part) => decodeFrame(part, framing), damaged, { code: 'SCM_WIRE_BAD_CRC' });
    }
  }
});

const damageOf = (frame: Frame): [number, CodecErrorType['code']] => {
  if (frame.kind !== 'damaged') throw new Error('the frame is whole');
  return [frame.payloadLength, frame.error.code];
};

test('a damaged payload costs its frame, and tells how long it would have been', () => {
  const crc = encodeFrame(hello, 'crc', true);
  crc[7] = (crc[7] as number) ^ 1;
  const answer = messageOf(decodeFrame(crc, 'crc'));
  assert.is(answer.bytes, crc.length);
  assert.equal(damageOf(answer.value), [5, 'SCM_WIRE_BAD_CRC']);
  const lz4 = encodeFrame(new Uint8Array(300), 'lz4', false, () => hex('1f00'));
  lz4[8] = 0;
  assert.equal(damageOf(messageOf(decodeFrame(lz4, 'lz4', decompressBlock)).value), [
    300,
    'SCM_WIRE_BAD_CRC',
  ]);
});

test('a block that does not decode costs its frame, too', () => {
  const frame = encodeFrame(new Uint8Array(300), 'lz4', true, () => hex('1f00 0900'));
  for (const decompress of [decompressBlock, () => new Uint8Array(299), undefined])
    assert.equal(damageOf(messageOf(decodeFrame(frame, 'lz4', decompress)).value), [
      300,
      'SCM_WIRE_BAD_VALUE',
    ]);
});

test('decode(encode(payload)) = payload in every framing', () => {
  const framings = fc.constantFrom<Framing>('crc', 'unprotected', 'lz4');
  fc.assert(
    fc.property(
      framings,
      fc.boolean(),
      fc.uint8Array({ maxLength: 500 }),
      (framing, selfContained, payload) => {
        const bytes = encodeFrame(payload, framing, selfContained);
        const answer = messageOf(decodeFrame(Uint8Array.from([...bytes, 1, 2, 3]), framing));
        assert.equal(answer.value, whole(payload, selfContained));
        assert.is(answer.bytes, bytes.length);
      },
    ),
  );
});

test.run();
