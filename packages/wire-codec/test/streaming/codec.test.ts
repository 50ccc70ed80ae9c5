import { RandomPartitioner } from '@scamander/ring';
import {
  type CodecErrorType,
  decodeStreamMessage,
  encodeStreamMessage,
  type StreamMessage,
  StreamMessageReader,
  type WireContext,
} from '@scamander/wire-codec';
import { everySplit } from '@scamander-tools/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Decoder,
  decodesWholeAndCut,
  failsWholeAndCut,
  hex,
  hexOf,
  messageOf,
  utf,
} from '../harness.ts';
import {
  context12,
  context14,
  FILE,
  FROM,
  HEAD,
  MESSAGES,
  PLAIN_HEADER,
  PLAN,
  SECTION,
  TABLE,
} from './messages.ts';

const test = suite('stream messages');

const decoderOf =
  (context: WireContext): Decoder<StreamMessage> =>
  (bytes) =>
    decodeStreamMessage(bytes, context);

for (const { name, context, bytes, value } of MESSAGES) {
  test(`${name}: decodes whole and cut at every byte`, () =>
    decodesWholeAndCut(decoderOf(context), bytes, value));

  test(`${name}: encodes to the same bytes`, () =>
    assert.is(hexOf(encodeStreamMessage(value, context)), hexOf(bytes)));

  test(`${name}: comes out of a reader in two parts, cut anywhere`, () => {
    for (const [head, tail] of everySplit(bytes)) {
      const reader = new StreamMessageReader(context);
      reader.push(head);
      if (tail.length > 0) assert.is(reader.next().kind, 'need-more');
      reader.push(tail);
      assert.equal(messageOf(reader.next()).value, value);
      assert.is(reader.bytesWaiting, 0);
    }
  });
}

test('the annotated STREAM of the specification takes 212 bytes up to its payload', () => {
  const file = MESSAGES.find(({ name }) => name === 'STREAM of uncompressed sections');
  assert.is(file?.bytes.length, 0xd4);
});

test('any byte but 0 is true', () => {
  const bytes = hex(`0A ${FROM} 00000000 ${PLAN} 0000 02 ${TABLE} 00000000`);
  const { value } = messageOf(decodeStreamMessage(bytes, context12));
  assert.is(
    value.type === 'StreamInit' && value.pendingRepair,
    '1f7a4e20-8a3d-11ee-b9d1-0242ac120002',
  );
});

test('counts below zero in PREPARE_SYN and PREPARE_SYNACK read as none', () => {
  const nothing = { type: 'PrepareSyn', requests: [], summaries: [] };
  decodesWholeAndCut<unknown>(decoderOf(context12), hex('01 FFFFFFFF 80000000'), nothing);
  const none = { type: 'PrepareSynAck', summaries: [] };
  decodesWholeAndCut<unknown>(decoderOf(context12), hex('08 FFFFFFFE'), none);
});

const MAX = '7FFFFFFF';
const SYN = '01 00000001';
const SUMMARY_HEAD = `08 00000001 ${TABLE}`;

const tooLong = (field: string, value: bigint = 0x7fffffffn): Partial<CodecErrorType> => ({
  code: 'SCM_WIRE_TOO_LONG',
  field,
  value,
});

interface ErrorCase {
  readonly name: string;
  readonly bytes: string;
  readonly error: Partial<CodecErrorType>;
  readonly context?: WireContext;
}

/** Every length and count at 2^31-1 (or the most its field can say), with nothing behind it: refused before waiting for it. */
const LENGTHS: readonly ErrorCase[] = [
  {
    name: 'STREAM_INIT operation',
    bytes: `0A ${FROM} 00000000 ${PLAN} FFFF`,
    error: tooLong('operation', 0xffffn),
  },
  { name: 'PREPARE_SYN requestCount', bytes: `01 ${MAX}`, error: tooLong('requestCount') },
  {
    name: 'request keyspace',
    bytes: `${SYN} FFFF ${'00'.repeat(21)}`,
    error: tooLong('keyspace', 0xffffn),
  },
  {
    name: 'request tableCount',
    bytes: `${SYN} 0000 ${MAX} ${'00'.repeat(15)}`,
    error: tooLong('tableCount'),
  },
  {
    name: 'request fullCount',
    bytes: `${SYN} 0000 00000000 ${FROM} ${MAX} 00000000`,
    error: tooLong('fullCount'),
  },
  {
    name: 'request transientCount',
    bytes: `${SYN} 0000 00000000 ${FROM} 00000000 ${MAX}`,
    error: tooLong('transientCount'),
  },
  {
    name: 'request left token',
    bytes: `${SYN} 0000 00000000 ${FROM} 00000001 ${MAX} ${'00'.repeat(20)}`,
    error: tooLong('token'),
  },
  {
    name: 'request right token',
    bytes: `${SYN} 0000 00000000 ${FROM} 00000001 00000008 0000000000000000 ${MAX} 0000000000000000`,
    error: tooLong('token'),
  },
  {
    name: 'request table',
    bytes: `${SYN} 0000 00000001 ${FROM} 00000000 00000000 FFFF`,
    error: tooLong('table', 0xffffn),
  },
  { name: 'PREPARE_SYN summaryCount', bytes: `01 00000000 ${MAX}`, error: tooLong('summaryCount') },
  { name: 'PREPARE_SYNACK summaryCount', bytes: `08 ${MAX}`, error: tooLong('summaryCount') },
  {
    name: 'summary files',
    bytes: `${SUMMARY_HEAD} ${MAX} 0000000000000000`,
    error: tooLong('files'),
  },
  {
    name: 'summary rangeCount',
    bytes: `${SUMMARY_HEAD} 00000001 0000000000000000 F07FFFFFFF`,
    error: tooLong('rangeCount'),
    context: context14,
  },
  {
    name: 'summary rangeCount of 2^64-1',
    bytes: `${SUMMARY_HEAD} 00000001 0000000000000000 FFFFFFFFFFFFFFFFFF`,
    error: tooLong('rangeCount', (1n << 64n) - 1n),
    context: context14,
  },
  { name: 'STREAM sectionCount', bytes: `${FILE} ${HEAD} ${MAX}`, error: tooLong('sectionCount') },
  {
    name: 'STREAM chunkCount',
    bytes: `${FILE} ${HEAD} ${SECTION} ${MAX}`,
    error: tooLong('chunkCount'),
  },
];

const WRONG: readonly ErrorCase[] = [
  ...[0, 4, 11, 200, 255].map((typeId) => ({
    name: `type ${typeId}`,
    bytes: typeId.toString(16).padStart(2, '0'),
    error: { code: 'SCM_WIRE_UNKNOWN_MESSAGE' as const, typeId, offset: 0 },
  })),
  {
    name: 'a preview kind of 4',
    bytes: `0A ${FROM} 00000000 ${PLAN} 0000 00 00000004`,
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'previewKind', found: '4' },
  },
  {
    name: 'a preview kind of -1',
    bytes: `0A ${FROM} 00000000 ${PLAN} 0000 00 FFFFFFFF`,
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'previewKind' },
  },
  {
    name: 'an address without port',
    bytes: `0A 040A000009 00000000`,
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'inet size', offset: 1 },
  },
  {
    name: 'operation that is no modified UTF-8',
    bytes: `0A ${FROM} 00000000 ${PLAN} 0001FF 00 00000000`,
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'modified UTF-8' },
  },
  {
    name: 'a Murmur3 token of 7 bytes',
    bytes: `${SYN} 0000 00000000 ${FROM} 00000001 00000007 ${'00'.repeat(20)} 00000000`,
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'token', found: '7 bytes' },
  },
  {
    name: 'a negative token length',
    bytes: `${SYN} 0000 00000000 ${FROM} 00000001 FFFFFFFF ${'00'.repeat(20)} 00000000`,
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'token', found: '-1' },
  },
  {
    name: 'a Random token beyond 2^127',
    bytes: `${SYN} 0000 00000000 ${FROM} 00000001 00000011 00${'FF'.repeat(16)} 00000001 FF 00000000 00000000`,
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'token' },
    context: { version: 12, partitioner: RandomPartitioner },
  },
  {
    name: 'ranges in a summary of another partitioner',
    bytes: `${SUMMARY_HEAD} 00000001 0000000000000000 01 ${'00'.repeat(16)}`,
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'rangeCount', found: '1' },
    context: { version: 14, partitioner: RandomPartitioner },
  },
  {
    name: 'a negative number of files',
    bytes: `${SUMMARY_HEAD} FFFFFFFF 0000000000000000`,
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'files', found: '-1' },
  },
];

for (const { name, bytes, error, context = context12 } of [...LENGTHS, ...WRONG]) {
  test(`${name} is an error, whole and cut`, () =>
    failsWholeAndCut(decoderOf(context), hex(bytes), error));

  test(`${name} is an error out of a reader fed byte by byte, and stays it`, () => {
    const reader = new StreamMessageReader(context);
    let kind = 'need-more';
    for (const byte of hex(bytes)) {
      reader.push(Uint8Array.of(byte));
      const answer = reader.next();
      assert.is.not(answer.kind, 'message');
      if (kind === 'error') assert.is(answer.kind, 'error');
      kind = answer.kind;
    }
    assert.is(kind, 'error');
    assert.is(reader.bytesWaiting, 0);
  });
}

test('values that fit no field are refused by the encoder', () => {
  const long = 'x'.repeat(65_536);
  const init = MESSAGES[0]?.value as StreamMessage;
  assert.throws(() =>
    encodeStreamMessage({ ...init, operation: long } as StreamMessage, context12),
  );
  const ranges = [{ left: 0n, right: 1n }];
  const summaries = [
    { tableId: '1f7a4e20-8a3d-11ee-b9d1-0242ac120002', files: 1, totalSizeBytes: 1n, ranges },
  ];
  const ack: StreamMessage = { type: 'PrepareSynAck', summaries };
  assert.throws(
    () => encodeStreamMessage(ack, { version: 14, partitioner: RandomPartitioner }),
    /Murmur3Partitioner/,
  );
});

test('a Buffer is copied from, not kept', () => {
  const bytes = Buffer.from(hex(`${FILE} ${PLAIN_HEADER}`));
  const { value } = messageOf(decodeStreamMessage(bytes, context12));
  bytes.fill(0);
  assert.is(hexOf(encodeStreamMessage(value, context12)), hexOf(hex(`${FILE} ${PLAIN_HEADER}`)));
  assert.is(utf('nb'), '00026e62');
});

test.run();
