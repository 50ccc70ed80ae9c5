// Properties of every decoder: what was encoded comes back, in any pieces; random and damaged bytes never throw.
import { Murmur3Partitioner } from '@scamander/ring';
import {
  decodeAccept,
  decodeBlockHeader,
  decodeCompressionInfo,
  decodeFrame,
  decodeGossipDigestAck,
  decodeGossipDigestSyn,
  decodeInitiate,
  decodeManifest,
  decodeMessage,
  decodeSerializationHeader,
  decodeStreamHeader,
  decodeStreamMessage,
  encodeManifest,
  encodeSerializationHeader,
  encodeStreamHeader,
  encodeStreamMessage,
  StreamMessageReader,
} from '@scamander/wire-codec';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { headers, manifests, messagesInContext, serializationHeaders } from '../arbitraries.ts';
import { type Decoder, hexOf, messageOf } from '../harness.ts';

const test = suite('properties of the codecs');

const context = { version: 14, partitioner: Murmur3Partitioner } as const;

test('decode(encode(message)) = message, and the bytes are consumed exactly', () => {
  fc.assert(
    fc.property(
      messagesInContext,
      fc.uint8Array({ maxLength: 8 }),
      ({ context, message }, behind) => {
        const bytes = encodeStreamMessage(message, context);
        const whole = messageOf(
          decodeStreamMessage(Uint8Array.from([...bytes, ...behind]), context),
        );
        assert.equal(whole.value, message);
        assert.is(whole.bytes, bytes.length);
      },
    ),
    { numRuns: 500 },
  );
});

test('no proper beginning is a message or an error', () => {
  fc.assert(
    fc.property(
      messagesInContext,
      fc.double({ min: 0, max: 1, noNaN: true }),
      ({ context, message }, share) => {
        const bytes = encodeStreamMessage(message, context);
        const cut = Math.min(bytes.length - 1, Math.floor(share * bytes.length));
        const answer = decodeStreamMessage(bytes.subarray(0, cut), context);
        if (answer.kind !== 'need-more') throw new Error(answer.kind);
        assert.ok(answer.bytesAtLeast > cut && answer.bytesAtLeast <= bytes.length);
      },
    ),
    { numRuns: 500 },
  );
});

test('a reader gives the same messages however the bytes are cut', () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.array(messagesInContext, { minLength: 1, maxLength: 5 }),
      pieces,
      (list, sizes) => {
        const { context } = list[0] as (typeof list)[0];
        const sent = list.filter(
          (entry) =>
            entry.context.version === context.version &&
            entry.context.partitioner === context.partitioner,
        );
        const bytes = Buffer.concat(
          sent.map(({ message }) => encodeStreamMessage(message, context)),
        );
        const reader = new StreamMessageReader(context);
        const received: unknown[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] as number;
          reader.push(bytes.subarray(at, at + size));
          at += size;
          for (let answer = reader.next(); answer.kind !== 'need-more'; answer = reader.next())
            received.push(messageOf(answer).value);
        }
        assert.equal(
          received,
          sent.map(({ message }) => message),
        );
      },
    ),
  );
});

test('headers, manifests and serialization headers come back alone, too', () => {
  fc.assert(
    fc.property(headers, (header) =>
      assert.equal(messageOf(decodeStreamHeader(encodeStreamHeader(header))).value, header),
    ),
  );
  fc.assert(
    fc.property(manifests, (manifest) =>
      assert.equal(messageOf(decodeManifest(encodeManifest(manifest))).value, manifest),
    ),
  );
  fc.assert(
    fc.property(serializationHeaders, (header) => {
      const bytes = encodeSerializationHeader(header);
      assert.equal(messageOf(decodeSerializationHeader(bytes)).value, header);
    }),
  );
});

const DECODERS: Record<string, Decoder<unknown>> = {
  message: (bytes) => decodeStreamMessage(bytes, context),
  header: decodeStreamHeader,
  compressionInfo: decodeCompressionInfo,
  manifest: decodeManifest,
  serializationHeader: decodeSerializationHeader,
  initiate: decodeInitiate,
  accept: decodeAccept,
  block: decodeBlockHeader,
  crcFrame: (bytes) => decodeFrame(bytes, 'crc'),
  internodeMessage: decodeMessage,
  syn: decodeGossipDigestSyn,
  ack: decodeGossipDigestAck,
};

/** Any answer is right, but it must be an answer, and consistent with the bytes. */
const answers = (decode: Decoder<unknown>, bytes: Uint8Array): void => {
  const answer = decode(bytes);
  if (answer.kind === 'message') {
    assert.ok(answer.bytes <= bytes.length);
    assert.equal(decode(bytes.subarray(0, answer.bytes)), answer);
    return;
  }
  if (answer.kind === 'need-more') assert.ok(answer.bytesAtLeast > bytes.length);
  else assert.ok(answer.error.detail.offset <= bytes.length);
};

for (const [name, decode] of Object.entries(DECODERS)) {
  test(`${name}: random bytes always get an answer`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => answers(decode, bytes)),
      { numRuns: 300 },
    );
  });
}

test('damaged messages always get an answer', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(messagesInContext, damage, ({ context, message }, changes) => {
      const bytes = Uint8Array.from(encodeStreamMessage(message, context));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      answers((part) => decodeStreamMessage(part, context), bytes);
    }),
    { numRuns: 1000 },
  );
});

test('what damaged bytes decode to encodes to as many meanings: decode(encode(decode(bytes))) = decode(bytes)', () => {
  fc.assert(
    fc.property(
      messagesInContext,
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      ({ context, message }, at, value) => {
        const bytes = Uint8Array.from(encodeStreamMessage(message, context));
        bytes[at % bytes.length] = value;
        const first = decodeStreamMessage(bytes, context);
        if (first.kind !== 'message') return;
        const again = encodeStreamMessage(first.value, context);
        assert.equal(
          messageOf(decodeStreamMessage(again, context)).value,
          first.value,
          hexOf(again),
        );
      },
    ),
    { numRuns: 1000 },
  );
});

test.run();
