import {
  type CodecErrorType,
  decodeMessage,
  encodeFrame,
  encodeGossipDigestSyn,
  encodeMessage,
  encodeMessageFrames,
  FRAMINGS,
  type InternodeMessage,
  InternodeMessageReader,
  messageCreatedAtMs,
  VERBS,
} from '@scamander/wire-codec';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { record } from '../arbitraries.ts';
import {
  decodesWholeAndCut,
  errorOf,
  failsWholeAndCut,
  hex,
  hexOf,
  messageOf,
  utf,
} from '../harness.ts';

const test = suite('internode messages');

const MURMUR3 = 'org.apache.cassandra.dht.Murmur3Partitioner';
const syn: InternodeMessage = {
  id: 1,
  createdAtLow32Ms: 0x12345678,
  expiresInMs: 10_000,
  verb: VERBS.GOSSIP_DIGEST_SYN,
  flags: 0,
  params: [],
  payload: encodeGossipDigestSyn({
    clusterName: 'Test Cluster',
    partitioner: MURMUR3,
    digests: [],
  }),
};
// The example of repair §6.7.
const SYN = `01 12345678 a710 0e 00 00 3f ${utf('Test Cluster')} ${utf(MURMUR3)} 00000000`;

test('the SYN of repair §6.7', () => {
  decodesWholeAndCut(decodeMessage, hex(SYN), syn);
  assert.is(hexOf(encodeMessage(syn)), hexOf(hex(SYN)));
  const frames = encodeMessageFrames(syn, 'crc');
  assert.equal(frames.map(hexOf), [hexOf(hex(`4a0002 2a003b ${SYN} fd58b4ad`))]);
});

test('parameters are kept by their length', () => {
  const value = {
    ...syn,
    id: 300,
    createdAtLow32Ms: 0xffffffff,
    flags: 1,
    params: [
      { id: 5, value: hex('0102') },
      { id: 200, value: new Uint8Array(0) },
    ],
    payload: hex('aa'),
  };
  const bytes = hex('812c ffffffff a710 0e 01 02 05 02 0102 80c8 00 01 aa');
  decodesWholeAndCut(decodeMessage, bytes, value);
  assert.is(hexOf(encodeMessage(value)), hexOf(bytes));
});

const HEAD = '01 12345678 a710 0e 00';
const ERRORS: readonly { name: string; bytes: string; error: Partial<CodecErrorType> }[] = [
  {
    name: 'param count 2^31-1',
    bytes: `${HEAD} F07FFFFFFF`,
    error: { code: 'SCM_WIRE_TOO_LONG', field: 'param count' },
  },
  {
    name: 'param length 2^31-1',
    bytes: `${HEAD} 01 05 F07FFFFFFF`,
    error: { code: 'SCM_WIRE_TOO_LONG', field: 'param length' },
  },
  {
    name: 'payload size 2^31-1',
    bytes: `${HEAD} 00 F07FFFFFFF`,
    error: { code: 'SCM_WIRE_TOO_LONG', field: 'payload size' },
  },
  {
    name: 'verb 2^32',
    bytes: '01 12345678 a710 F100000000',
    error: { code: 'SCM_WIRE_TOO_LONG', field: 'verb' },
  },
  {
    name: 'an id beyond 2^53',
    bytes: 'FFFFFFFFFFFFFFFFFF',
    error: { code: 'SCM_WIRE_TOO_LONG', value: (1n << 64n) - 1n },
  },
];
for (const { name, bytes, error } of ERRORS)
  test(`${name} is an error, whole and cut`, () =>
    failsWholeAndCut(decodeMessage, hex(bytes), error));

const readAll = (reader: InternodeMessageReader): InternodeMessage[] => {
  const messages: InternodeMessage[] = [];
  for (let answer = reader.next(); answer.kind !== 'need-more'; answer = reader.next())
    messages.push(messageOf(answer).value);
  return messages;
};

const large: InternodeMessage = {
  ...syn,
  id: 77,
  payload: Uint8Array.from({ length: 150_000 }, (_, index) => index % 251),
};

test('a self-contained frame may hold several messages', () => {
  const reader = new InternodeMessageReader({ framing: 'crc' });
  const two = Buffer.concat([encodeMessage(syn), encodeMessage({ ...syn, id: 2 })]);
  reader.push(encodeFrame(two, 'crc', true));
  assert.equal(
    readAll(reader).map(({ id }) => id),
    [1, 2],
  );
});

test('a large message travels in pieces of 32 KiB, between small ones', () => {
  for (const framing of FRAMINGS) {
    const frames = encodeMessageFrames(large, framing);
    assert.is(frames.length, 5);
    const bytes = Buffer.concat([
      ...encodeMessageFrames(syn, framing),
      ...frames,
      ...encodeMessageFrames({ ...syn, id: 3 }, framing),
    ]);
    for (const pieceBytes of [1000, 40_000, bytes.length]) {
      const reader = new InternodeMessageReader({ framing });
      const messages: InternodeMessage[] = [];
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        reader.push(bytes.subarray(at, at + pieceBytes));
        messages.push(...readAll(reader));
      }
      assert.equal(messages, [syn, large, { ...syn, id: 3 }]);
    }
  }
});

const damagedCopy = (frame: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(frame);
  copy[10] = (copy[10] as number) ^ 0xff;
  return copy;
};

test('a damaged frame costs its messages only', () => {
  const reader = new InternodeMessageReader({ framing: 'crc' });
  const [small] = encodeMessageFrames(syn, 'crc') as [Uint8Array];
  reader.push(Buffer.concat([damagedCopy(small), small]));
  assert.equal(readAll(reader), [syn]);
  assert.is(reader.framesDamaged, 1);
});

test('a damaged piece costs its large message, and the next message is whole', () => {
  const frames = encodeMessageFrames(large, 'crc');
  frames[2] = damagedCopy(frames[2] as Uint8Array);
  const reader = new InternodeMessageReader({ framing: 'crc' });
  reader.push(Buffer.concat([...frames, ...encodeMessageFrames(syn, 'crc')]));
  assert.equal(readAll(reader), [syn]);
  assert.is(reader.framesDamaged, 1);
});

test('a damaged first piece is the end: nobody knows how long the message is', () => {
  const frames = encodeMessageFrames(large, 'crc');
  const reader = new InternodeMessageReader({ framing: 'crc' });
  reader.push(damagedCopy(frames[0] as Uint8Array));
  assert.is(errorOf(reader.next()).code, 'SCM_WIRE_BAD_CRC');
  reader.push(frames[1] as Uint8Array);
  assert.is(errorOf(reader.next()).code, 'SCM_WIRE_BAD_CRC');
});

const frameErrors: readonly { name: string; frames: Uint8Array[]; found: string }[] = [
  {
    name: 'a part of a message in a self-contained frame',
    frames: [encodeFrame(hex(SYN).subarray(0, 20), 'crc', true)],
    found: 'a part of a message',
  },
  {
    name: 'a self-contained frame inside a large message',
    frames: [
      encodeMessageFrames(large, 'crc')[0] as Uint8Array,
      encodeFrame(hex(SYN), 'crc', true),
    ],
    found: 'a self-contained frame',
  },
  {
    name: 'two messages in frames of a large one',
    frames: [encodeFrame(hex(SYN + SYN), 'crc', false)],
    found: 'more than one message',
  },
];
for (const { name, frames, found } of frameErrors)
  test(`${name} is an error`, () => {
    const reader = new InternodeMessageReader({ framing: 'crc' });
    for (const frame of frames) reader.push(frame);
    const error = errorOf(reader.next());
    assert.is(error.code === 'SCM_WIRE_BAD_VALUE' && error.found, found);
  });

test('a large message above the limit is refused with its first piece', () => {
  const reader = new InternodeMessageReader({ framing: 'crc', messageBytesMax: 100_000 });
  reader.push(encodeMessageFrames(large, 'crc')[0] as Uint8Array);
  assert.is(errorOf(reader.next()).code, 'SCM_WIRE_TOO_LONG');
});

test('creation times are rebuilt around the receiver’s clock', () => {
  const now = 1_795_537_986_123;
  for (const offset of [0, -1000, 120_000, -2_000_000_000, 2_000_000_000]) {
    const created = now + offset;
    assert.is(messageCreatedAtMs(created % 2 ** 32, now), created);
  }
});

test('decode(encode(message)) = message', () => {
  const messages = record<InternodeMessage>({
    id: fc.maxSafeNat(),
    createdAtLow32Ms: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    expiresInMs: fc.maxSafeNat(),
    verb: fc.nat(),
    flags: fc.nat(),
    params: fc.array(record({ id: fc.nat(), value: fc.uint8Array({ maxLength: 20 }) }), {
      maxLength: 4,
    }),
    payload: fc.uint8Array({ maxLength: 200 }),
  });
  fc.assert(
    fc.property(messages, (message) => {
      const bytes = encodeMessage(message);
      assert.equal(messageOf(decodeMessage(bytes)), {
        kind: 'message',
        value: message,
        bytes: bytes.length,
      });
    }),
  );
});

test.run();
