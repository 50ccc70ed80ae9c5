import {
  decodeBlockHeader,
  encodeBlockHeader,
  limits,
  payloadPlan,
  summaryFiles,
  transferSize,
} from '@scamander/wire-codec';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodesWholeAndCut, failsWholeAndCut, hex, hexOf } from '../../harness.ts';
import { compressedHeader, entireHeader, plainHeader } from '../messages.ts';

const test = suite('sizes, payload plans, block headers');

test('uncompressed sections: the bytes before the LZ4 of the stream (§3.4)', () => {
  const sections = [
    { lower: 0n, upper: 418n },
    { lower: 6983n, upper: 9431n },
    { lower: 10_476n, upper: 12_337n },
  ];
  // Captured: bootstrap of a 4.1.10 node, blocks that decode to 418, 2448 and 1861 bytes.
  const header = { ...plainHeader, sections };
  assert.is(transferSize(header), 4727n);
  assert.is(summaryFiles(header), 1);
  assert.equal(payloadPlan(header), { kind: 'uncompressed-sections', decodedBytes: 4727n });
});

test('compressed sections: chunks with their CRCs', () => {
  const compression = {
    ...(compressedHeader.compression as object),
    // Captured: the same bootstrap, payload of 1440 bytes.
    chunkOffsets: Float64Array.of(0, 467, 939, 1414),
    chunkLengths: Int32Array.of(463, 468, 471, 22),
  } as NonNullable<typeof compressedHeader.compression>;
  const header = { ...compressedHeader, compression };
  assert.is(transferSize(header), 1440n);
  assert.is(summaryFiles(header), 1);
  assert.equal(payloadPlan(header), { kind: 'compressed-sections', chunks: 4, bytes: 1440n });
});

test('entire SSTables: file lengths, and one file per component, also where chunks are listed', () => {
  for (const header of [entireHeader, { ...compressedHeader, entire: entireHeader.entire }]) {
    assert.is(transferSize(header), 5320n);
    assert.is(summaryFiles(header), 3);
    assert.equal(payloadPlan(header), {
      kind: 'entire',
      components: entireHeader.entire?.manifest,
      bytes: 5320n,
    });
  }
});

test('sums beyond 2^53 stay exact', () => {
  const compression = {
    ...(compressedHeader.compression as NonNullable<typeof compressedHeader.compression>),
    chunkOffsets: new Float64Array(300_000),
    chunkLengths: new Int32Array(300_000).fill(1 << 25),
  };
  assert.is(transferSize({ ...compressedHeader, compression }), 300_000n * ((1n << 25n) + 4n));
  const manifest = Array.from({ length: 12 }, (_, index) => ({
    name: `${index}.db`,
    lengthBytes: 1n << 50n,
  }));
  const entire = { manifest, firstKey: new Uint8Array(0) };
  assert.is(transferSize({ ...entireHeader, entire }), 12n << 50n);
});

test('the block of §8.1', () => {
  decodesWholeAndCut(decodeBlockHeader, hex('0000001C 0000001A'), {
    compressedLength: 28,
    uncompressedLength: 26,
  });
  assert.is(hexOf(encodeBlockHeader(28, 26)), '0000001c0000001a');
});

for (const { name, bytes, error } of [
  {
    name: 'compressedLength 2^31-1',
    bytes: '7FFFFFFF 00010000',
    error: { code: 'SCM_WIRE_TOO_LONG', field: 'compressedLength', value: 0x7fffffffn },
  },
  {
    name: 'uncompressedLength 2^31-1',
    bytes: '00010000 7FFFFFFF',
    error: { code: 'SCM_WIRE_TOO_LONG', field: 'uncompressedLength', value: 0x7fffffffn },
  },
  {
    name: 'a negative length',
    bytes: 'FFFFFFFF 00010000',
    error: { code: 'SCM_WIRE_BAD_VALUE', found: '-1' },
  },
  {
    name: 'an empty block',
    bytes: '00000001 00000000',
    error: { code: 'SCM_WIRE_BAD_VALUE', field: 'uncompressedLength' },
  },
] as const)
  test(`${name} is an error`, () => failsWholeAndCut(decodeBlockHeader, hex(bytes), error));

test('the largest block decodes, one byte more does not', () => {
  const { BLOCK_BYTES_MAX, BLOCK_COMPRESSED_BYTES_MAX } = limits;
  const largest = encodeBlockHeader(Math.floor(BLOCK_COMPRESSED_BYTES_MAX), BLOCK_BYTES_MAX);
  assert.is(decodeBlockHeader(largest).kind, 'message');
  assert.is(decodeBlockHeader(encodeBlockHeader(1, BLOCK_BYTES_MAX + 1)).kind, 'error');
});

test.run();
