import { StreamMessageReader } from '@scamander/wire-codec';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorOf, hex, hexOf, messageOf } from '../harness.ts';
import { context12, FILE, HEAD, MESSAGES, PLAIN_HEADER, SECTION } from './messages.ts';

const test = suite('StreamMessageReader');

test('what stands behind a STREAM message is the start of its payload', () => {
  const reader = new StreamMessageReader(context12);
  reader.push(hex(`07 ${FILE} ${PLAIN_HEADER} 0000001C 0000001A F00B`));
  assert.is(messageOf(reader.next()).value.type, 'KeepAlive');
  assert.is(messageOf(reader.next()).value.type, 'Stream');
  assert.is(reader.bytesWaiting, 10);
  assert.is(hexOf(reader.remaining()), '0000001c0000001af00b');
  assert.is(reader.bytesWaiting, 0);
  reader.push(hex('05'));
  assert.is(messageOf(reader.next()).value.type, 'Complete');
});

test('messages that come in one piece come out one by one', () => {
  const reader = new StreamMessageReader(context12);
  const sent = MESSAGES.filter(({ context }) => context === context12);
  reader.push(Buffer.concat(sent.map(({ bytes }) => bytes)));
  for (const { value } of sent) assert.equal(messageOf(reader.next()).value, value);
  assert.equal(reader.next(), { kind: 'need-more', bytesAtLeast: 1 });
});

test('pushed arrays may be reused at once', () => {
  const reader = new StreamMessageReader(context12);
  const socketBuffer = Buffer.alloc(8);
  const bytes = hex(`${FILE} ${PLAIN_HEADER}`);
  for (let at = 0; at < bytes.length; at += 8) {
    const piece = bytes.subarray(at, at + 8);
    socketBuffer.set(piece);
    reader.push(socketBuffer.subarray(0, piece.length));
    socketBuffer.fill(0xee);
  }
  const expected = MESSAGES.find(({ name }) => name === 'STREAM of uncompressed sections');
  assert.equal(messageOf(reader.next()).value, expected?.value);
});

test('a message beyond the byte limit is refused as soon as it says how long it is', () => {
  const reader = new StreamMessageReader(context12, { messageBytesMax: 10_000 });
  // 1000 chunks of 12 bytes
  reader.push(hex(`${FILE} ${HEAD} ${SECTION} 000003E8`));
  const error = errorOf(reader.next());
  assert.is(error.code, 'SCM_WIRE_TOO_LONG');
  assert.is(error.code === 'SCM_WIRE_TOO_LONG' && error.limit, 10_000n);
  assert.is(reader.bytesWaiting, 0);
  reader.push(hex('05'));
  assert.equal(errorOf(reader.next()), error);
  assert.is(reader.bytesWaiting, 0);
});

test('absurd counts allocate nothing', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 200; round++) {
    const reader = new StreamMessageReader(context12);
    reader.push(hex(`${FILE} ${HEAD} ${SECTION} 00FFFFFF`));
    assert.is(reader.next().kind, 'need-more');
  }
  // 200 lists of 16 million chunks would be 38 GB.
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 << 20);
});

test.run();
