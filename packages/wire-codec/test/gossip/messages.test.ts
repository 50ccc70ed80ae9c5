import { Murmur3Partitioner, RandomPartitioner } from '@scamander/ring';
import {
  applicationState,
  applicationStateName,
  applicationStateOrdinal,
  type CodecErrorType,
  decodeEndpointState,
  decodeGossipDigestAck,
  decodeGossipDigestAck2,
  decodeGossipDigestSyn,
  decodeTokens,
  type EndpointState,
  encodeEndpointState,
  encodeGossipDigestAck,
  encodeGossipDigestAck2,
  encodeGossipDigestSyn,
  encodeTokens,
  statusOf,
} from '@scamander/wire-codec';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { endpoints, record } from '../arbitraries.ts';
import {
  type Decoder,
  decodesWholeAndCut,
  failsWholeAndCut,
  hex,
  hexOf,
  messageOf,
  utf,
} from '../harness.ts';

const test = suite('gossip');

const value = (ordinal: number, text: string, version = 1) => ({ ordinal, value: text, version });
const endpointState = (...states: EndpointState['states']): EndpointState => ({
  generation: 101,
  heartbeatVersion: 201,
  states,
});

test('the ACK, ACK2 and SYN of gossip §2', () => {
  const states = ['127.0.0.1', '127.0.0.2'].map((host) => ({
    endpoint: { host, port: 7012 },
    state: endpointState(),
  }));
  const entries = `00000002 067f0000011b64 00000065 000000c9 00000000 067f0000021b64 00000065 000000c9 00000000`;
  decodesWholeAndCut(decodeGossipDigestAck, hex(`00000000 ${entries}`), { digests: [], states });
  decodesWholeAndCut(decodeGossipDigestAck2, hex(entries), { states });
  assert.is(hexOf(encodeGossipDigestAck2({ states })), hexOf(hex(entries)));
  const partitioner = 'org.apache.cassandra.dht.ByteOrderedPartitioner';
  const syn = `0017 ${utf('Not a real cluster name').slice(4)} 002f ${utf(partitioner).slice(4)} 00000000`;
  const expected = { clusterName: 'Not a real cluster name', partitioner, digests: [] };
  decodesWholeAndCut<unknown>((bytes) => decodeGossipDigestSyn(bytes), hex(syn), expected);
  assert.is(hexOf(encodeGossipDigestSyn(expected)), hexOf(hex(syn)));
});

test('names and ordinals', () => {
  assert.is(applicationStateOrdinal('STATUS'), 0);
  assert.is(applicationStateOrdinal('TOKENS'), 13);
  assert.is(applicationStateOrdinal('SSTABLE_VERSIONS'), 18);
  assert.is(applicationStateName(17), 'STATUS_WITH_PORT');
  assert.is(applicationStateName(20), 'INDEX_STATUS');
  assert.is(applicationStateName(21), undefined);
});

test('unknown states are kept, and known ones found by name', () => {
  const state = endpointState(value(3, 'dc1'), value(40, 'of a later release', 9));
  const bytes = hex(
    `00000065 000000c9 00000002 00000003 ${utf('dc1')} 00000001 00000028 ${utf('of a later release')} 00000009`,
  );
  decodesWholeAndCut(decodeEndpointState, bytes, state);
  assert.is(applicationState(state, 'DC'), 'dc1');
  assert.is(applicationState(state, 'RACK'), undefined);
});

test('the status with port counts before the legacy one, and is taken apart at its commas', () => {
  const both = endpointState(value(0, 'NORMAL,5'), value(17, 'LEFT,-7,1795537986000'));
  assert.equal(statusOf(both), { state: 'LEFT', pieces: ['-7', '1795537986000'] });
  assert.equal(statusOf(endpointState(value(0, 'shutdown,true'))), {
    state: 'shutdown',
    pieces: ['true'],
  });
  assert.is(statusOf(endpointState()), undefined);
});

test('TOKENS: one character per byte, lengths of 4 bytes, ended by 0', () => {
  const bytes = hex('00000008 de50709ddd816663 00000000');
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const tokens = decodeTokens(text, Murmur3Partitioner);
  assert.equal(tokens, { _tag: 'Right', right: [BigInt.asIntN(64, 0xde50709ddd816663n)] });
  assert.is(encodeTokens([BigInt.asIntN(64, 0xde50709ddd816663n)], Murmur3Partitioner), text);
  assert.equal(decodeTokens('\0\0\0\0', Murmur3Partitioner), { _tag: 'Right', right: [] });
});

const leftOf = (text: string, partitioner = Murmur3Partitioner): CodecErrorType => {
  const answer = decodeTokens(text, partitioner);
  if (answer._tag === 'Right') throw new Error('tokens where an error was expected');
  return answer.left.detail;
};

test('TOKENS that are none', () => {
  assert.is(leftOf('\x7f\xff\xff\xff').code, 'SCM_WIRE_TOO_LONG');
  assert.is(leftOf('').code, 'SCM_WIRE_BAD_VALUE');
  assert.is(leftOf('\0\0\0\x08abc').code, 'SCM_WIRE_BAD_VALUE');
  assert.is(leftOf('\0\0\0\x03abc\0\0\0\0').code, 'SCM_WIRE_BAD_VALUE');
  assert.is(leftOf('\0\0\0\u0100').code, 'SCM_WIRE_BAD_VALUE');
  assert.is(
    leftOf(`\0\0\0\x12${'\x7f'.repeat(18)}\0\0\0\0`, RandomPartitioner).code,
    'SCM_WIRE_BAD_VALUE',
  );
});

test('more tokens than a node can have are refused', () => {
  const text = '\0\0\0\x08abcdefgh'.repeat(16_385);
  assert.is(leftOf(text).code, 'SCM_WIRE_TOO_LONG');
});

const MAX = '7FFFFFFF';
const ENDPOINT = '067f0000011b64';
const syn: Decoder<unknown> = (bytes) => decodeGossipDigestSyn(bytes);
const ERRORS: readonly {
  name: string;
  decode: Decoder<unknown>;
  bytes: string;
  field: string;
  value?: bigint;
}[] = [
  { name: 'SYN cluster name', decode: syn, bytes: 'FFFF', field: 'cluster name', value: 0xffffn },
  {
    name: 'SYN partitioner',
    decode: syn,
    bytes: '0000 FFFF',
    field: 'partitioner',
    value: 0xffffn,
  },
  { name: 'SYN digest count', decode: syn, bytes: `0000 0000 ${MAX}`, field: 'digest count' },
  { name: 'ACK digest count', decode: decodeGossipDigestAck, bytes: MAX, field: 'digest count' },
  {
    name: 'ACK endpoint count',
    decode: decodeGossipDigestAck,
    bytes: `00000000 ${MAX}`,
    field: 'endpoint count',
  },
  {
    name: 'ACK2 endpoint count',
    decode: decodeGossipDigestAck2,
    bytes: MAX,
    field: 'endpoint count',
  },
  {
    name: 'ACK2 state count',
    decode: decodeGossipDigestAck2,
    bytes: `00000001 ${ENDPOINT} 00000065 000000c9 ${MAX}`,
    field: 'state count',
  },
  {
    name: 'EndpointState state count',
    decode: decodeEndpointState,
    bytes: `00000065 000000c9 ${MAX}`,
    field: 'state count',
  },
];
for (const { name, decode, bytes, field, value: found = 0x7fffffffn } of ERRORS)
  test(`${name} at its largest is an error, whole and cut`, () =>
    failsWholeAndCut(decode, hex(bytes), { code: 'SCM_WIRE_TOO_LONG', field, value: found }));

test('counts below zero are errors', () => {
  failsWholeAndCut(decodeGossipDigestAck, hex('FFFFFFFF'), {
    code: 'SCM_WIRE_BAD_VALUE',
    field: 'digest count',
  });
});

test('decode(encode(x)) = x', () => {
  const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const states = fc.array(
    record({
      ordinal: fc.nat(),
      value: fc.string({ unit: 'binary', maxLength: 30 }),
      version: i32,
    }),
    { maxLength: 5 },
  );
  const state = record<EndpointState>({ generation: i32, heartbeatVersion: i32, states });
  const digests = fc.array(record({ endpoint: endpoints, generation: i32, maxVersion: i32 }), {
    maxLength: 4,
  });
  const ack = record({
    digests,
    states: fc.array(record({ endpoint: endpoints, state }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(ack, (each) =>
      assert.equal(messageOf(decodeGossipDigestAck(encodeGossipDigestAck(each))).value, each),
    ),
  );
  fc.assert(
    fc.property(state, (each) =>
      assert.equal(messageOf(decodeEndpointState(encodeEndpointState(each))).value, each),
    ),
  );
  const tokens = fc.array(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(tokens, (each) => {
      const text = encodeTokens(each, Murmur3Partitioner);
      assert.equal(decodeTokens(text, Murmur3Partitioner), { _tag: 'Right', right: each });
    }),
  );
});

test.run();
