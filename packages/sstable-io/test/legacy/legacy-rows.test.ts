import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fixture, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLegacyRowReader } from '../../src/legacy/legacy-row-reader.ts';
import { openSSTable } from '../../src/open.ts';
import { PartitionOrder } from '../../src/rows/partition-order.ts';
import type { RowReader } from '../../src/rows/row-reader.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { fixtureSSTable } from '../fixture-sstables.ts';
import {
  folderOf,
  legacyFixtures,
  opened,
  REAL,
  schemaOf,
  uncompressed,
} from './legacy-fixtures.ts';
import { type PartitionText, readText } from './row-text.ts';
import { UPGRADED_ROWS } from './upgraded-rows.ts';

const rowsOf = async (files: SSTableFiles, use: (rows: RowReader) => Promise<void>) => {
  const sstable = await opened(files);
  const rows = await sstable.rows(schemaOf(files));
  if (rows._tag === 'Left') throw rows.left;
  await use(rows.right);
  await sstable.close();
};

const newerRows = async (folder: string, use: (rows: RowReader) => Promise<void>) => {
  const sstable = await openSSTable(fixtureSSTable(folder));
  if (sstable._tag === 'Left') throw sstable.left;
  const rows = await sstable.right.rows();
  if (rows._tag === 'Left') throw rows.left;
  await use(rows.right);
  await sstable.right.close();
};

/** Partitions that 3.x was told more about: CQL 2.x has no ranges of rows to delete. */
const isToldAlike = (table: string, { key }: PartitionText): boolean =>
  table !== 'tombs' || !/^0000000[6-9]$/.test(key);

/** What a reader says of its columns; a flush of 3.x leaves out the hidden column that has no data. */
const columnsOf = ({ header }: RowReader, table: string): object => {
  const { keyType, clusteringTypes, staticColumns, regularColumns } = header;
  const isHidden = table === 'compactstatic';
  return {
    keyType,
    clusteringTypes,
    staticColumns,
    regularColumns: isHidden ? [] : regularColumns,
  };
};

const real = legacyFixtures.filter((files) => folderOf(files).startsWith('real/'));

for (const newer of ['3.0.31', '3.11.19']) {
  sharedTest(
    test,
    `the same statements make the same rows in 2.0, 2.1, 2.2 and in ${newer}`,
    async () => {
      let compared = 0;
      for (const files of real) {
        const [, release, table = ''] = folderOf(files).split('/');
        if (!existsSync(fixture(`real/${newer}/${table}`))) continue;
        // its statements are others in 2.1
        if (table === 'udts' && release === '2.1.22') continue;
        const options = { isAcrossNodes: true };
        await newerRows(`real/${newer}/${table}`, async (expected) => {
          await rowsOf(files, async (found) => {
            assert.equal(columnsOf(found, table), columnsOf(expected, table), folderOf(files));
            const alike = (one: PartitionText) => isToldAlike(table, one);
            assert.equal(
              (await readText(found, options)).filter(alike),
              (await readText(expected, options)).filter(alike),
              folderOf(files),
            );
          });
        });
        compared += 1;
      }
      assert.is(compared, 29);
    },
  );
}

sharedTest(
  test,
  'rows of every old file are those that sstableupgrade of 3.11.19 wrote of it',
  async () => {
    let compared = 0;
    for (const files of legacyFixtures) {
      const name = `${folderOf(files)} ${files.descriptor.id}`;
      const expected = UPGRADED_ROWS[name];
      if (expected === undefined) continue;
      await rowsOf(files, async (rows) => {
        const text = JSON.stringify(await readText(rows));
        assert.is(createHash('sha256').update(text).digest('hex').slice(0, 32), expected, name);
      });
      compared += 1;
    }
    assert.is(compared, 70);
  },
);

sharedTest(
  test,
  'rows and markers of every old file are in order, ranges open and close',
  async () => {
    let rows = 0;
    for (const files of legacyFixtures) {
      await rowsOf(files, async (reader) => {
        const order = new PartitionOrder(reader.header);
        order.begin(undefined);
        await readText(reader, {}, (unfiltered) => {
          if (unfiltered === undefined) {
            order.end(0);
            order.begin(undefined);
            return;
          }
          order.next(structuredClone(unfiltered), 0);
          rows += 1;
        });
      });
    }
    assert.is(legacyFixtures.length, 72);
    assert.ok(rows > 16_000, `${rows} rows`);
  },
);

sharedTest(
  test,
  'bytes that arrive in pieces, in windows of any size, give the same rows',
  async () => {
    for (const files of legacyFixtures) {
      if (/indexed$|indexed_static$/.test(folderOf(files))) continue;
      const bytes = await uncompressed(files);
      const schema = schemaOf(files);
      let expected: PartitionText[] = [];
      await rowsOf(files, async (reader) => {
        expected = await readText(reader);
      });
      for (const [piece, windowBytes] of [
        [1_000, 16],
        [17, 64],
        [65_536, 5_000],
      ] as const) {
        const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
          bytes.subarray(i * piece, (i + 1) * piece),
        );
        const source = new PieceRowSource(pieces, { path: 'wire' });
        const found = await readText(openLegacyRowReader(source, schema, { windowBytes }));
        assert.equal(found, expected, `${folderOf(files)} in pieces of ${piece}`);
      }
    }
  },
);

assert.is(REAL.length, 3);

test.run();
