import { decodeInitiate, encodeInitiate, type Initiate } from '@scamander/wire-codec';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { endpoints, record } from '../arbitraries.ts';
import { decodesWholeAndCut, failsWholeAndCut, hex, hexOf, messageOf } from '../harness.ts';

const test = suite('Initiate');

const from = { host: '10.0.0.9', port: 7000 };
const streaming = (requested: number, min: number, max: number): Initiate => ({
  from,
  requestedVersion: requested,
  minVersion: min,
  maxVersion: max,
  streaming: true,
  framing: 'unprotected',
  category: 0,
});
const messaging = (category: 1 | 2, framing: 'lz4' | 'crc'): Initiate => ({
  ...streaming(12, 12, 12),
  from: { host: '127.0.0.1', port: 7000 },
  streaming: false,
  framing,
  category,
});

// streaming-4.0-plus §1.4 (derived, checked on a JVM) and repair §6.3.
const CASES: readonly { name: string; bytes: string; value: Initiate }[] = [
  { name: '12', bytes: 'CA552DFA 0C0C0C08 060A0000091B58 ED7EB638', value: streaming(12, 12, 12) },
  {
    name: '12-13',
    bytes: 'CA552DFA 0D0C0C08 060A0000091B58 2CF069F8',
    value: streaming(12, 12, 13),
  },
  {
    name: '12-14',
    bytes: 'CA552DFA 0E0C0C08 060A0000091B58 B5120FF9',
    value: streaming(12, 12, 14),
  },
  { name: '13', bytes: 'CA552DFA 0D0D0D08 060A0000091B58 D4491685', value: streaming(13, 13, 13) },
  {
    name: 'urgent, CRC',
    bytes: 'ca552dfa 0c0c0c11 067f0000011b58 db7651f2',
    value: messaging(1, 'crc'),
  },
  {
    name: 'small, LZ4',
    bytes: 'ca552dfa 0c0c0c06 067f0000011b58 ad0869c0',
    value: messaging(2, 'lz4'),
  },
];

for (const { name, bytes, value } of CASES) {
  test(`${name}: decodes whole and cut, and encodes to the same bytes`, () => {
    decodesWholeAndCut(decodeInitiate, hex(bytes), value);
    assert.is(hexOf(encodeInitiate(value)), hexOf(hex(bytes)));
  });
}

test('an IPv6 address makes it 31 bytes', () => {
  const value = { ...streaming(12, 12, 14), from: { host: '::1', port: 7000 } };
  const bytes = encodeInitiate(value);
  assert.is(bytes.length, 31);
  assert.is(hexOf(bytes.subarray(8, 27)), `12${'00'.repeat(15)}011b58`);
  decodesWholeAndCut(decodeInitiate, bytes, value);
});

test('it asks for the address that the size byte announces', () => {
  const answer = decodeInitiate(hex('CA552DFA 0E0C0C08 06'));
  assert.equal(answer, { kind: 'need-more', bytesAtLeast: 15 });
});

const ERRORS = [
  {
    name: 'another magic',
    bytes: 'CA552DFB 0E0C0C08 060A0000091B58 B5120FF9',
    error: { code: 'SCM_WIRE_BAD_MAGIC', found: 0xca552dfb, offset: 0 },
  },
  {
    name: 'a TLS ClientHello',
    bytes: '16030100 7a010000 76030300',
    error: { code: 'SCM_WIRE_BAD_MAGIC', found: 0x16030100 },
  },
  {
    name: 'a damaged checksum',
    bytes: 'CA552DFA 0E0C0C08 060A0000091B58 B5120FF8',
    error: { code: 'SCM_WIRE_BAD_CRC', expected: 0xb5120ff9, found: 0xb5120ff8, offset: 15 },
  },
  {
    name: 'a damaged address',
    bytes: 'CA552DFA 0E0C0C08 060A0000081B58 B5120FF9',
    error: { code: 'SCM_WIRE_BAD_CRC', found: 0xb5120ff9 },
  },
  {
    name: 'framing 3',
    bytes: 'CA552DFA 0E0C0C1C 060A0000091B58 B5120FF9',
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'framing', found: '3', offset: 7 },
  },
  {
    name: 'requested 11: a peer before 4.0, whatever its maximum',
    bytes: 'CA552DFA 0E0C0B08 060A0000091B58 B5120FF9',
    error: { code: 'SCM_WIRE_PEER_TOO_OLD', requested: 11, min: 12, max: 14 },
  },
  {
    name: 'all three versions 0',
    bytes: 'CA552DFA 00000008 040A000009',
    error: { code: 'SCM_WIRE_PEER_TOO_OLD', requested: 0, min: 0, max: 0 },
  },
  {
    name: 'an address without port, as before 4.0',
    bytes: 'CA552DFA 0E0C0C08 040A000009 00000000',
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'inet size', found: '4', offset: 8 },
  },
] as const;

for (const { name, bytes, error } of ERRORS)
  test(`${name} is an error`, () => failsWholeAndCut(decodeInitiate, hex(bytes), error));

test('versions that fit no byte are refused by the encoder', () => {
  assert.throws(() => encodeInitiate(streaming(12, 12, 256)), /does not fit a byte/);
  assert.throws(() => encodeInitiate(streaming(12, -1, 14)), /does not fit a byte/);
});

test('decode(encode(x)) = x', () => {
  const version = fc.integer({ min: 12, max: 255 });
  const initiates = record({
    from: endpoints,
    requestedVersion: version,
    minVersion: fc.integer({ min: 0, max: 255 }),
    maxVersion: fc.integer({ min: 0, max: 255 }),
    streaming: fc.boolean(),
    framing: fc.constantFrom('unprotected' as const, 'lz4' as const, 'crc' as const),
    category: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
  });
  fc.assert(
    fc.property(initiates, (initiate) => {
      const bytes = encodeInitiate(initiate);
      assert.equal(messageOf(decodeInitiate(bytes)), {
        kind: 'message',
        value: initiate,
        bytes: bytes.length,
      });
    }),
  );
});

test('a flipped bit anywhere never gives a message', () => {
  const bytes = hex('CA552DFA 0E0C0C08 060A0000091B58 B5120FF9');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.is.not(decodeInitiate(flipped).kind, 'message', `bit ${bit}`);
  }
});

test.run();
