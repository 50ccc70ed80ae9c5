// Every SSTable that the shared fixtures have, to its last byte.
import { sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRowReader } from '../../src/rows/open-row-reader.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import { fixtureSSTable, fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { orThrow, readAll, textOf, withSSTable } from './reading.ts';

sharedTest(
  test,
  'every fixture decodes to its last byte, partition by partition as its index says',
  async () => {
    for (const files of fixtureSSTables) {
      const name = nameOf(files);
      await withSSTable(files, async (sstable) => {
        const reader = orThrow(await sstable.rows());
        try {
          for await (const { key, position } of sstable.keys()) {
            const head = await reader.nextPartition();
            assert.is(head?.position, Number(position), name);
            assert.is(Buffer.compare(head?.key ?? Buffer.of(), key), 0, name);
            while ((await reader.nextBatch()).length > 0);
          }
          assert.is(await reader.nextPartition(), undefined, name);
          assert.is(reader.position, Number(sstable.dataLengthBytes), name);
        } finally {
          await reader.close();
        }
      });
    }
  },
);

sharedTest(test, 'the user types that 3.0 wrote are known to be frozen', async () => {
  await withSSTable(fixtureSSTable('real/3.0.31/udts'), async (sstable) => {
    const reader = orThrow(await sstable.rows());
    const columns = reader.header.regularColumns.map(({ text, isComplex }) => [text, isComplex]);
    assert.equal(columns, [
      ['a', false],
      ['ft', false],
      ['la', true],
    ]);
    const partitions = await readAll(reader);
    assert.is(
      partitions.reduce((sum, { rows }) => sum + rows.length, 0),
      20,
    );
  });
});

sharedTest(test, 'the user types that 3.11 did not freeze are not', async () => {
  await withSSTable(fixtureSSTable('real/3.11.19/nfudt'), async (sstable) => {
    const reader = orThrow(await sstable.rows());
    assert.ok(
      reader.header.regularColumns.some(({ type, isComplex }) => type.kind === 'udt' && isComplex),
    );
    await readAll(reader);
  });
});

/** Wide rows, range deletions, static rows, every compressor. */
const IN_PIECES = [
  'real/3.11.19-me/dels',
  'real/4.1.10-nb/statics',
  'real/5.0.6-oa/collections',
  'real/5.0.6-oa/ck35',
  'real/5.0.6-da/ct_text',
  'real/5.0.6-da/cols130',
];

for (const folder of IN_PIECES) {
  sharedTest(test, `${folder}: the same rows from pieces and windows of any length`, async () => {
    await withSSTable(fixtureSSTable(folder), async (sstable) => {
      const reader = orThrow(await sstable.rows());
      const { header } = reader;
      const whole = textOf(await readAll(reader));
      const chunks: Uint8Array[] = [];
      for await (const { bytes } of sstable.rawChunks()) chunks.push(bytes!);
      const data = Buffer.concat(chunks);
      const features = { hasUIntDeletionTime: /^(oa|da)/.test(sstable.files.descriptor.version) };
      for (const [pieceBytes, windowBytes] of [
        [1, 64],
        [7, 32],
        [1000, 100],
        [4096, 4096],
        [data.length, 513],
      ] as const) {
        const pieces = function* () {
          for (let at = 0; at < data.length; at += pieceBytes) {
            yield data.subarray(at, at + pieceBytes);
          }
        };
        const source = new PieceRowSource(pieces(), { path: 'Data.db' });
        const again = openRowReader(source, header, features, {
          windowBytes,
          partitioner: sstable.partitioner,
        });
        assert.is(textOf(await readAll(again)), whole, `${pieceBytes} and ${windowBytes}`);
      }
    });
  });
}

sharedTest(test, 'progress ends with everything, an abort ends the reader', async () => {
  await withSSTable(fixtureSSTable('real/4.1.10-nb/bo_many'), async (sstable) => {
    const seen: [number, number | undefined][] = [];
    const progress = (bytes: number, total: number | undefined) => seen.push([bytes, total]);
    await readAll(orThrow(await sstable.rows({ progress })));
    const length = Number(sstable.dataLengthBytes);
    assert.equal(seen.at(-1), [length, length]);
    const reader = orThrow(await sstable.rows({ signal: AbortSignal.abort(new Error('enough')) }));
    let reason: unknown;
    await reader.nextPartition().catch((error: unknown) => {
      reason = error;
    });
    assert.match(String(reason), /enough/);
  });
});

test.run();
