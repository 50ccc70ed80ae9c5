// Partitions by key, by range and by section: the same as those of a scan.

import { contains, type Partitioner, type TokenRange } from '@scamander/ring';
import { seededRandom, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRowReader } from '../../src/rows/open-row-reader.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import type { SSTable } from '../../src/types.ts';
import { fixtureSSTable, fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { SSTableCopy } from '../sstable-copy.ts';
import { orThrow, readAll, samePartitions, type WholePartition, withSSTable } from './reading.ts';

const scan = async (sstable: SSTable): Promise<WholePartition[]> =>
  readAll(orThrow(await sstable.rows()));

const lookup = async (sstable: SSTable, key: Uint8Array): Promise<WholePartition[]> => {
  const reader = orThrow(await sstable.partition(key));
  return reader === undefined ? [] : await readAll(reader);
};

const isSame = (
  found: readonly WholePartition[],
  expected: readonly WholePartition[],
  what: string,
): void => {
  assert.ok(samePartitions(found, expected), `${what}: ${found.length} of ${expected.length}`);
};

/** Partitions that are looked up in each SSTable; more would take minutes for nothing new. */
const KEYS_PER_SSTABLE = 4;

sharedTest(test, 'the partition of every key is that of a scan; other keys have none', async () => {
  for (const files of fixtureSSTables) {
    const name = nameOf(files);
    await withSSTable(files, async (sstable) => {
      const partitions = await scan(sstable);
      const step = Math.max(1, Math.floor(partitions.length / KEYS_PER_SSTABLE));
      for (let i = 0; i < partitions.length; i += step) {
        const partition = partitions[i]!;
        const { key } = partition.head;
        isSame(await lookup(sstable, key), [partition], `${name} ${i}`);
        const other = Uint8Array.from([...key, 0x7f]);
        assert.equal(await lookup(sstable, other), [], `${name} ${i}, not there`);
      }
    });
  }
});

/** Many keys: several entries of a summary, several pages of a trie. */
const MANY = [
  'real/4.1.10-nb/bo_many',
  'real/5.0.6-oa/many',
  'real/4.1.10-nb/rp_many',
  'real/5.0.6-da/many',
];

for (const folder of MANY) {
  sharedTest(test, `${folder}: many keys, with and without summary and filter`, async () => {
    await withTempFolder(async (temp) => {
      const copy = new SSTableCopy(fixtureSSTable(folder), temp);
      const random = seededRandom(1);
      for (const component of ['', 'Filter.db', 'Summary.db']) {
        if (component !== '' && !copy.files.components.has(component)) continue;
        if (component !== '') copy.remove(component);
        await withSSTable(copy.files, async (sstable) => {
          const partitions = await scan(sstable);
          for (const [i, partition] of partitions.entries()) {
            if (i % (component === '' ? 10 : 100) > 0) continue;
            isSame(await lookup(sstable, partition.head.key), [partition], `${i}`);
          }
          for (let i = 0; i < 50; i++) {
            const key = Uint8Array.from({ length: 4 }, () => Math.floor(random() * 256));
            assert.equal(await lookup(sstable, key), [], Buffer.from(key).toString('hex'));
          }
        });
      }
    });
  });

  sharedTest(test, `${folder}: the partitions of some keys, in order, each once`, async () => {
    await withSSTable(fixtureSSTable(folder), async (sstable) => {
      const partitions = await scan(sstable);
      const chosen = [partitions.at(-1)!, partitions[3]!, partitions[0]!, partitions[3]!];
      const keys = [...chosen.map(({ head }) => head.key), Buffer.from('not there at all')];
      const found = await readAll(orThrow(await sstable.rows({ keys })));
      isSame(found, [partitions[0]!, partitions[3]!, partitions.at(-1)!], 'chosen keys');
    });
  });

  sharedTest(
    test,
    `${folder}: ranges and sections are a filtered scan, from files and from streams`,
    async () => {
      await withSSTable(fixtureSSTable(folder), async (sstable) => {
        const partitions = await scan(sstable);
        const { partitioner } = sstable;
        for (const ranges of rangesOf(partitioner, partitions)) {
          const wanted = partitions.filter(({ head }) =>
            ranges.some((range) => contains(partitioner, range, partitioner.tokenOf(head.key))),
          );
          const read = await readAll(orThrow(await sstable.rows({ ranges })));
          isSame(read, wanted, 'ranges');
          const sections = orThrow(await sstable.sections(ranges));
          const cut = await readAll(orThrow(await sstable.rows({ sections })));
          isSame(cut, wanted, 'sections');
          const chunks: Uint8Array[] = [];
          for await (const { bytes } of sstable.rawChunks()) chunks.push(bytes!);
          const source = new PieceRowSource(chunks, { path: 'Data.db' });
          const { version } = sstable.files.descriptor;
          const reader = openRowReader(
            source,
            orThrow(await sstable.rows()).header,
            { hasUIntDeletionTime: version >= 'oa' || version.startsWith('d') },
            { ranges, partitioner, windowBytes: 1000 },
          );
          isSame(await readAll(reader), wanted, 'a stream');
        }
      });
    },
  );
}

const rangesOf = (
  partitioner: Partitioner,
  partitions: readonly WholePartition[],
): TokenRange[][] => {
  const token = (i: number) => partitioner.tokenOf(partitions[i]!.head.key);
  const last = partitions.length - 1;
  return [
    [{ left: token(1), right: token(5) }],
    [{ left: token(last - 3), right: token(2) }],
    [
      { left: token(10), right: token(12) },
      { left: token(20), right: token(20 + 9) },
    ],
    [{ left: token(7), right: token(7) }],
    [],
  ];
};

sharedTest(test, 'a filter that lacks the first key is not believed', async () => {
  await withTempFolder(async (temp) => {
    const copy = new SSTableCopy(fixtureSSTable('real/4.1.10-nb/bo_many'), temp);
    const filter = copy.bytes('Filter.db');
    copy.write('Filter.db', filter.fill(0, 8));
    await withSSTable(copy.files, async (sstable) => {
      for (const partition of (await scan(sstable)).slice(0, 20)) {
        isSame(await lookup(sstable, partition.head.key), [partition], 'without filter');
      }
    });
  });
});

test.run();
