import {
  type CassandraStreamHeader,
  type CodecErrorType,
  decodeCompressionInfo,
  decodeManifest,
  decodeSerializationHeader,
  decodeStreamHeader,
  encodeCompressionInfo,
  encodeManifest,
  encodeSerializationHeader,
  encodeStreamHeader,
} from '@scamander/wire-codec';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Decoder,
  decodesWholeAndCut,
  failsWholeAndCut,
  hex,
  hexOf,
  utf,
} from '../../harness.ts';
import {
  COMPRESSED_HEADER,
  COMPRESSION,
  compressedHeader,
  ENTIRE_HEADER,
  entireHeader,
  HEAD,
  KEY_TYPE,
  LZ4,
  MANIFEST,
  PLAIN_HEADER,
  plainHeader,
  SECTION,
  SERIALIZATION,
  TABLE,
} from '../messages.ts';

const test = suite('CassandraStreamHeader');

const FORMS: readonly { name: string; bytes: string; value: CassandraStreamHeader }[] = [
  { name: 'uncompressed sections', bytes: PLAIN_HEADER, value: plainHeader },
  { name: 'compressed sections', bytes: COMPRESSED_HEADER, value: compressedHeader },
  { name: 'entire SSTable', bytes: ENTIRE_HEADER, value: entireHeader },
  {
    name: 'entire, nothing else filled: empty sections, estimatedKeys -1, empty first key (accepted by nodes, §3)',
    bytes: `${utf('da')} ${utf('bti')} FFFFFFFFFFFFFFFF 00000000 FFFFFFFF 00000003 ${SERIALIZATION} ${TABLE} 01 00 00`,
    value: {
      ...plainHeader,
      sstableVersion: 'da',
      formatName: 'bti',
      estimatedKeys: -1n,
      sections: [],
      sstableLevel: 3,
      entire: { manifest: [], firstKey: new Uint8Array(0) },
    },
  },
];

for (const { name, bytes, value } of FORMS) {
  test(`${name}: decodes whole and cut`, () =>
    decodesWholeAndCut(decodeStreamHeader, hex(bytes), value));
  test(`${name}: encodes to the same bytes`, () =>
    assert.is(hexOf(encodeStreamHeader(value)), hexOf(hex(bytes))));
}

test('the parts stand alone: CompressionInfo of §3.1, manifest of §3.3, serialization header of §8.1', () => {
  decodesWholeAndCut(decodeCompressionInfo, hex(COMPRESSION), compressedHeader.compression);
  assert.is(hexOf(encodeCompressionInfo(compressedHeader.compression)), hexOf(hex(COMPRESSION)));
  decodesWholeAndCut(decodeCompressionInfo, hex('FFFFFFFF'), undefined);
  decodesWholeAndCut(decodeCompressionInfo, hex('80000000'), undefined);
  assert.is(hexOf(encodeCompressionInfo(undefined)), 'ffffffff');
  const manifest = entireHeader.entire?.manifest ?? [];
  decodesWholeAndCut(decodeManifest, hex(MANIFEST), manifest);
  assert.is(hexOf(encodeManifest(manifest)), hexOf(hex(MANIFEST)));
  decodesWholeAndCut(
    decodeSerializationHeader,
    hex(SERIALIZATION),
    plainHeader.serializationHeader,
  );
  assert.is(
    hexOf(encodeSerializationHeader(plainHeader.serializationHeader)),
    hexOf(hex(SERIALIZATION)),
  );
});

test('minima before the epoch take nine bytes, and come back', () => {
  // −1 µs, −1 s and −1 as the 64-bit patterns that Java's unsigned vints of negative longs are (§2.2.3).
  const value = {
    ...plainHeader.serializationHeader,
    minTimestamp: 1_442_879_999_999_999n,
    minLocalDeletionTime: 1_442_879_999n,
    minTtl: -1n,
  };
  const bytes = hex(`${'FF'.repeat(27)} ${SERIALIZATION.slice(9)}`);
  decodesWholeAndCut(decodeSerializationHeader, bytes, value);
  assert.is(hexOf(encodeSerializationHeader(value)), hexOf(bytes));
});

test('a minimum deletion time in 2046 is an F0-form vint (§3.2)', () => {
  const value = { ...plainHeader.serializationHeader, minLocalDeletionTime: 2_425_534_140n };
  const bytes = hex(`83E8 F03A921CBC 00 ${SERIALIZATION.slice(10)}`);
  assert.is(hexOf(encodeSerializationHeader(value)), hexOf(bytes));
  decodesWholeAndCut(decodeSerializationHeader, bytes, value);
});

test('a minimum beyond October 2083 does not fit', () => {
  const value = { ...plainHeader.serializationHeader, minLocalDeletionTime: 3_590_363_648n };
  assert.throws(() => encodeSerializationHeader(value), /signed 32-bit/);
  const last = { ...value, minLocalDeletionTime: 3_590_363_647n };
  decodesWholeAndCut(decodeSerializationHeader, encodeSerializationHeader(last), last);
});

test('unequal chunk lists are refused by the encoder', () => {
  const compression = {
    ...(compressedHeader.compression as never as object),
    chunkLengths: new Int32Array(2),
  };
  assert.throws(
    () => encodeStreamHeader({ ...compressedHeader, compression } as CassandraStreamHeader),
    /1 chunk offsets, but 2 chunk lengths/,
  );
});

const MAX = '7FFFFFFF';
const VINT_MAX = 'F07FFFFFFF';
const MAX_LONG = '7FFFFFFFFFFFFFFF';
const AFTER = `00000000 ${SERIALIZATION} ${TABLE} 00`;
const HEADER = `${HEAD} ${SECTION} FFFFFFFF 00000000`;
const ENTIRE = `${HEADER} ${SERIALIZATION} ${TABLE} 01`;

const tooLong = (field: string, value = 0x7fffffffn): Partial<CodecErrorType> => ({
  code: 'SCM_WIRE_TOO_LONG',
  field,
  value,
});
const bad = (field: string, found: string): Partial<CodecErrorType> => ({
  code: 'SCM_WIRE_BAD_VALUE',
  field,
  found,
});

interface ErrorCase {
  readonly name: string;
  readonly bytes: string;
  readonly error: Partial<CodecErrorType>;
}

/** Every length and count of a header at 2^31-1, or the most its field can say, with nothing behind it. */
const LENGTHS: readonly ErrorCase[] = [
  { name: 'sstableVersion', bytes: 'FFFF', error: tooLong('sstableVersion', 0xffffn) },
  { name: 'formatName', bytes: `${utf('nb')} FFFF`, error: tooLong('formatName', 0xffffn) },
  { name: 'sectionCount', bytes: `${HEAD} ${MAX}`, error: tooLong('sectionCount') },
  { name: 'chunkCount', bytes: `${HEAD} 00000000 ${MAX}`, error: tooLong('chunkCount') },
  {
    name: 'compressor',
    bytes: `${HEAD} 00000000 00000000 FFFF ${'00'.repeat(12)}`,
    error: tooLong('compressor', 0xffffn),
  },
  {
    name: 'optionCount',
    bytes: `${HEAD} 00000000 00000000 0000 ${MAX} 0000000000000000`,
    error: tooLong('optionCount'),
  },
  {
    name: 'chunkLength',
    bytes: `${HEAD} 00000000 00000000 0000 00000000 ${MAX} 00000000`,
    error: tooLong('chunkLength'),
  },
  { name: 'key type', bytes: `${HEADER} 83E80000 ${VINT_MAX}`, error: tooLong('type') },
  {
    name: 'clusteringCount',
    bytes: `${HEADER} 83E80000 ${KEY_TYPE} ${VINT_MAX}`,
    error: tooLong('clusteringCount'),
  },
  {
    name: 'clustering type',
    bytes: `${HEADER} 83E80000 ${KEY_TYPE} 01 ${VINT_MAX}`,
    error: tooLong('type'),
  },
  {
    name: 'staticCount',
    bytes: `${HEADER} 83E80000 ${KEY_TYPE} 00 ${VINT_MAX}`,
    error: tooLong('staticCount'),
  },
  {
    name: 'static column name',
    bytes: `${HEADER} 83E80000 ${KEY_TYPE} 00 01 ${VINT_MAX}`,
    error: tooLong('column name'),
  },
  {
    name: 'static column type',
    bytes: `${HEADER} 83E80000 ${KEY_TYPE} 00 01 0176 ${VINT_MAX}`,
    error: tooLong('type'),
  },
  {
    name: 'regularCount',
    bytes: `${HEADER} 83E80000 ${KEY_TYPE} 00 00 ${VINT_MAX}`,
    error: tooLong('regularCount'),
  },
  {
    name: 'regular column name',
    bytes: `${HEADER} 83E80000 ${KEY_TYPE} 00 00 01 ${VINT_MAX}`,
    error: tooLong('column name'),
  },
  {
    name: 'regular column type',
    bytes: `${HEADER} 83E80000 ${KEY_TYPE} 00 00 01 0176 ${VINT_MAX}`,
    error: tooLong('type'),
  },
  { name: 'component count', bytes: `${ENTIRE} ${VINT_MAX}`, error: tooLong('component count') },
  {
    name: 'component name',
    bytes: `${ENTIRE} 01 FFFF 00`,
    error: tooLong('component name', 0xffffn),
  },
  { name: 'firstKey', bytes: `${ENTIRE} 00 ${VINT_MAX}`, error: tooLong('firstKey') },
  {
    name: 'firstKey of 2^64-1',
    bytes: `${ENTIRE} 00 ${'FF'.repeat(9)}`,
    error: tooLong('firstKey', (1n << 64n) - 1n),
  },
];

/** Sizes of files may well be 2^31-1; 2^63-1 is none. They are read when the whole header is there. */
const SIZES: readonly ErrorCase[] = [
  {
    name: 'section lower',
    bytes: `${HEAD} 00000001 ${MAX_LONG} ${MAX_LONG} FFFFFFFF ${AFTER}`,
    error: tooLong('section lower', (1n << 63n) - 1n),
  },
  {
    name: 'section upper',
    bytes: `${HEAD} 00000001 0000000000000000 ${MAX_LONG} FFFFFFFF ${AFTER}`,
    error: tooLong('section upper', (1n << 63n) - 1n),
  },
  {
    name: 'chunk length',
    bytes: `${HEAD} 00000000 00000001 0000000000000000 ${MAX} ${LZ4} ${AFTER}`,
    error: tooLong('chunk length'),
  },
  {
    name: 'chunk offset beyond 2^53',
    bytes: `${HEAD} 00000000 00000001 ${MAX_LONG} 0000002A ${LZ4} ${AFTER}`,
    error: tooLong('an integer', (1n << 63n) - 1n),
  },
  {
    name: 'chunk offset beyond 1 PiB',
    bytes: `${HEAD} 00000000 00000001 0008000000000000 0000002A ${LZ4} ${AFTER}`,
    error: tooLong('chunk offset', 1n << 51n),
  },
  {
    name: 'component length',
    bytes: `${ENTIRE} 01 ${utf('Data.db')} ${'FF'.repeat(9)}`,
    error: tooLong('component length', (1n << 64n) - 1n),
  },
];

const WRONG: readonly ErrorCase[] = [
  {
    name: 'a version with a path in it',
    bytes: utf('../x'),
    error: bad('sstableVersion', '"../x"'),
  },
  { name: 'an empty version', bytes: '0000', error: bad('sstableVersion', '""') },
  {
    name: 'a format with upper case',
    bytes: `${utf('nb')} ${utf('BIG')}`,
    error: bad('formatName', '"BIG"'),
  },
  { name: 'a negative sectionCount', bytes: `${HEAD} FFFFFFFF`, error: bad('sectionCount', '-1') },
  {
    name: 'a section that ends before it starts',
    bytes: `${HEAD} 00000001 0000000000000009 0000000000000008 FFFFFFFF ${AFTER}`,
    error: bad('section upper', '8'),
  },
  {
    name: 'sections that overlap',
    bytes: `${HEAD} 00000002 0000000000000000 0000000000000009 0000000000000008 0000000000000010 FFFFFFFF ${AFTER}`,
    error: bad('section lower', '8'),
  },
  {
    name: 'a negative position',
    bytes: `${HEAD} 00000001 FFFFFFFFFFFFFFFF 0000000000000008 FFFFFFFF ${AFTER}`,
    error: bad('section lower', '-1'),
  },
  {
    name: 'a chunk of 0 bytes',
    bytes: `${HEAD} 00000000 00000001 0000000000000000 00000000 ${LZ4} ${AFTER}`,
    error: bad('chunk length', '0'),
  },
  {
    name: 'a chunk of -1 bytes',
    bytes: `${HEAD} 00000000 00000001 0000000000000000 FFFFFFFF ${LZ4} ${AFTER}`,
    error: bad('chunk length', '-1'),
  },
  {
    name: 'a chunk at -1',
    bytes: `${HEAD} 00000000 00000001 FFFFFFFFFFFFFFFF 00000001 ${LZ4} ${AFTER}`,
    error: bad('chunk offset', '-1'),
  },
  {
    name: 'a chunkLength that is no power of two',
    bytes: `${HEAD} 00000000 00000000 0000 00000000 00004001 00000000`,
    error: bad('chunkLength', '16385'),
  },
  {
    name: 'a chunkLength of 0',
    bytes: `${HEAD} 00000000 00000000 0000 00000000 00000000 00000000`,
    error: bad('chunkLength', '0'),
  },
  {
    name: 'a negative optionCount',
    bytes: `${HEAD} 00000000 00000000 0000 FFFFFFFF 0000000000000000`,
    error: bad('optionCount', '-1'),
  },
  {
    name: 'a negative maxCompressedLength',
    bytes: `${HEAD} 00000000 00000000 0000 00000000 00004000 FFFFFFFF`,
    error: bad('maxCompressedLength', '-1'),
  },
  {
    name: 'a minTTL beyond 32 bits',
    bytes: `${HEADER} 00 00 F100000000`,
    error: bad('minTtl', '4294967296'),
  },
  {
    name: 'a type that is no UTF-8',
    bytes: `${HEADER} 00 00 00 01FF`,
    error: bad('UTF-8', '1 bytes'),
  },
  ...['..', 'a/b', '/etc/passwd', 'a\\b', '', '.'].map((name) => ({
    name: `a component named ${JSON.stringify(name)}`,
    bytes: `${ENTIRE} 01 ${utf(name)} 00`,
    error: bad('component name', JSON.stringify(name)),
  })),
];

const decode: Decoder<CassandraStreamHeader> = decodeStreamHeader;
for (const { name, bytes, error } of [...LENGTHS, ...SIZES, ...WRONG])
  test(`${name} is an error, whole and cut`, () => failsWholeAndCut(decode, hex(bytes), error));

test('650,000 chunks are asked for at once and read once, however the rest trickles in', () => {
  const count = 650_000;
  const compression = {
    ...(compressedHeader.compression as NonNullable<CassandraStreamHeader['compression']>),
    chunkOffsets: Float64Array.from({ length: count }, (_, index) => index * 9000),
    chunkLengths: new Int32Array(count).fill(8996),
  };
  const bytes = encodeStreamHeader({ ...compressedHeader, compression });
  const listAt = hex(`${HEAD} ${SECTION}`).length + 4;
  // The fields behind the list take 14 bytes at least: compressor, options, two lengths.
  const expected = { kind: 'need-more', bytesAtLeast: listAt + count * 12 + 14 };
  assert.equal(decodeStreamHeader(bytes.subarray(0, listAt)), expected);
  assert.equal(decodeStreamHeader(bytes.subarray(0, listAt + count * 6)), expected);
  // Each beginning behind the list costs as much as its few bytes: 200 of them would otherwise read 130 million chunks.
  const started = performance.now();
  for (let cut = bytes.length - 200; cut < bytes.length; cut++)
    assert.is(decodeStreamHeader(bytes.subarray(0, cut)).kind, 'need-more');
  const trickleMs = performance.now() - started;
  const answer = decodeStreamHeader(bytes);
  const wholeMs = performance.now() - started - trickleMs;
  if (answer.kind !== 'message') throw new Error(answer.kind);
  assert.is(answer.bytes, bytes.length);
  assert.equal(answer.value.compression?.chunkOffsets, compression.chunkOffsets);
  assert.equal(answer.value.compression?.chunkLengths, compression.chunkLengths);
  assert.ok(
    trickleMs < 20 * wholeMs + 100,
    `${trickleMs} ms for 200 beginnings, ${wholeMs} ms for the whole`,
  );
});

test.run();
