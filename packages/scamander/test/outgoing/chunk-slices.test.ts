import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunkSlices, sectionTransferSize } from '../../src/outgoing/section-file.ts';

test('neighbouring chunks travel as one slice, CRCs included', () => {
  const chunks = [
    { offsetBytes: 0, lengthBytes: 476 },
    { offsetBytes: 480, lengthBytes: 436 },
    { offsetBytes: 2000, lengthBytes: 96 },
  ];
  assert.equal(
    chunkSlices('/x/nb-1-big-Data.db', chunks).map(({ offsetBytes, lengthBytes }) => [
      offsetBytes,
      lengthBytes,
    ]),
    [
      [0, 920],
      [2000, 100],
    ],
  );
});

test('the size of compressed sections is the sum of chunks and CRCs: 920 in the capture of a 4.0.19 loader', () => {
  const chunks = [
    { offsetBytes: 0, lengthBytes: 476 },
    { offsetBytes: 480, lengthBytes: 436 },
  ];
  assert.is(sectionTransferSize([{ lower: 209n, upper: 3654n }], chunks), 920n);
});

test('the size of uncompressed sections is their length', () => {
  const sections = [
    { lower: 0n, upper: 26n },
    { lower: 100n, upper: 150n },
  ];
  assert.is(sectionTransferSize(sections, undefined), 76n);
});

test.run();
