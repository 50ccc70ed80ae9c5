// The same partitions whatever the pieces in which their bytes come and whatever the window.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRowReader } from '../../src/rows/open-row-reader.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import { GOLDEN_HEADER, GOLDEN_OA } from './golden.ts';
import { fromHex, headerOf, readAll, textOf } from './reading.ts';

const OA = { hasUIntDeletionTime: true };

const THREE = Buffer.concat([
  GOLDEN_OA,
  Buffer.concat([fromHex('0004 00000002'), GOLDEN_OA.subarray(6)]),
  Buffer.concat([fromHex('0004 00000003'), GOLDEN_OA.subarray(6)]),
]);

const read = async (pieces: Iterable<Uint8Array>, windowBytes?: number): Promise<string> => {
  const source = new PieceRowSource(pieces, { path: 'Data.db' });
  return textOf(await readAll(openRowReader(source, GOLDEN_HEADER, OA, { windowBytes })));
};

const inPieces = (bytes: Uint8Array, length: number): Uint8Array[] => {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.subarray(at, at + length));
  return pieces;
};

test('byte by byte, and in pieces of every length', async () => {
  const whole = await read([THREE]);
  for (let length = 1; length <= 150; length++) {
    assert.is(await read(inPieces(THREE, length)), whole, `pieces of ${length}`);
  }
});

test('split in two at every byte', async () => {
  const whole = await read([THREE]);
  for (let at = 0; at <= THREE.length; at++) {
    assert.is(await read([THREE.subarray(0, at), THREE.subarray(at)]), whole, `split at ${at}`);
  }
});

test('windows of every length: rows that do not fit make them grow', async () => {
  const whole = await read([THREE]);
  for (let bytes = 1; bytes <= 200; bytes++) {
    assert.is(await read([THREE], bytes), whole, `a window of ${bytes}`);
    assert.is(await read(inPieces(THREE, 7), bytes), whole, `a window of ${bytes}, pieces of 7`);
  }
});

test('sections of one stream, with their positions', async () => {
  const sections = [
    { lower: 1000n, upper: 1144n },
    { lower: 5000n, upper: 5288n },
  ];
  for (const length of [1, 100, 144, 1000]) {
    const source = new PieceRowSource(inPieces(THREE, length), { path: 'Data.db', sections });
    assert.is(source.totalBytes, THREE.length);
    const partitions = await readAll(openRowReader(source, GOLDEN_HEADER, OA));
    assert.equal(
      partitions.map(({ head, end }) => [head.position, end]),
      [
        [1000, 1144],
        [5000, 5144],
        [5144, 5288],
      ],
    );
  }
});

test('what ends within a partition is an error that says where, at every byte', async () => {
  for (let at = 1; at < THREE.length; at++) {
    if (at % GOLDEN_OA.length === 0) continue;
    const source = new PieceRowSource(inPieces(THREE.subarray(0, at), 50), { path: 'Data.db' });
    const reader = openRowReader(source, GOLDEN_HEADER, OA);
    let failure: unknown;
    try {
      await readAll(reader);
    } catch (error) {
      failure = error;
    }
    assert.match(String(failure), new RegExp(`the end of the data at uncompressed byte ${at}`));
  }
});

test('a stream that ends before its sections do', async () => {
  const sections = [{ lower: 1000n, upper: 1576n }];
  const source = new PieceRowSource([THREE], { path: 'Data.db', sections });
  let failure: unknown;
  try {
    await readAll(openRowReader(source, GOLDEN_HEADER, OA));
  } catch (error) {
    failure = error;
  }
  assert.match(String(failure), /uncompressed byte 1432, expected all bytes up to 1576/);
});

test('a partition that is not read to its end is passed over', async () => {
  const whole = JSON.parse(await read([THREE])) as unknown[];
  for (const length of [1, 13, 1000]) {
    const source = new PieceRowSource(inPieces(THREE, length), { path: 'Data.db' });
    const reader = openRowReader(source, GOLDEN_HEADER, OA, { windowBytes: 8 });
    assert.ok(await reader.nextPartition());
    assert.ok(await reader.nextPartition());
    assert.ok((await reader.nextBatch()).length > 0);
    const last = await readAll(reader);
    assert.equal(JSON.parse(textOf(last)), whole.slice(2));
  }
});

test('a row many times as long as the window', async () => {
  const header = headerOf({ key: 'text', regulars: { v: 'blob' } });
  const value = Buffer.alloc(300_000, 0x61);
  const bytes = Buffer.concat([
    fromHex('0001 30 80 24 c493e6 04 00 08 c493e0'),
    value,
    fromHex('01'),
    fromHex('0001 31 80 24 06 04 00 08 02 6262 01'),
  ]);
  for (const length of [1000, 65_536, 1_000_000]) {
    const source = new PieceRowSource(inPieces(bytes, length), { path: 'Data.db' });
    const reader = openRowReader(source, header, OA, { windowBytes: 100 });
    const [first, second] = await readAll(reader);
    const [row] = first?.rows ?? [];
    assert.ok(row?.kind === 'row');
    assert.is(Buffer.compare(row.columns[0]!.cells[0]!.value, value), 0);
    assert.is(second?.rows.length, 1);
  }
});

test.run();
