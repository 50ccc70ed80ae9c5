// What real SSTables do that a reader, a writer or a verification can stumble over, one test each (verification records of both SSTable specs).
// Expectations are the spec's and the fixtures'.
import { Murmur3Partitioner } from '@scamander/ring';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SSTableError } from '../src/errors.ts';
import { NO_DELETION_TIME, type Row } from '../src/rows/model.ts';
import type { SSTable, SSTableFiles, VerifyReport } from '../src/types.ts';
import { SSTableWriter } from '../src/write/sstable-writer.ts';
import { readPlain } from './arbitrary/plain.ts';
import { ourDump, withSSTable } from './dump/dumps.ts';
import { fixtureSSTable } from './fixture-sstables.ts';
import { SSTableCopy } from './sstable-copy.ts';

const right = <T>(either: { _tag: 'Left'; left: Error } | { _tag: 'Right'; right: T }): T => {
  if (either._tag === 'Left') throw either.left;
  return either.right;
};

const verified = (files: SSTableFiles): Promise<VerifyReport> =>
  withSSTable(files, (sstable) => sstable.verify('deep'));

const rowsOf = async (sstable: SSTable): Promise<readonly string[]> =>
  (await readPlain(right(await sstable.rows()))).flatMap(({ lines }) => lines);

const dumped = async (files: SSTableFiles): Promise<readonly { rows: unknown[] }[]> =>
  JSON.parse(
    await ourDump(files, { format: 'json', timestamps: 'raw', nowSeconds: 1_800_000_000 }),
  ) as { rows: unknown[] }[];

const messages = ({ errors }: VerifyReport): readonly string[] =>
  errors.map(({ message }) => message);

const minimalWriter = (folder: string, version: 'nb' | 'oa' | 'da'): Promise<SSTableWriter> =>
  SSTableWriter.create({
    directory: folder,
    keyspace: 'ks',
    table: 't',
    version,
    id: '1',
    partitioner: Murmur3Partitioner,
    header: {
      minTimestamp: 0n,
      minLocalDeletionTime: 0n,
      minTtl: 0n,
      keyType: 'org.apache.cassandra.db.marshal.Int32Type',
      clusteringTypes: [],
      staticColumns: [],
      regularColumns: [],
    },
    compression: undefined,
    bloomFilterFpChance: 0.01,
    minIndexInterval: 128,
  });

const live: Row = {
  kind: 'row',
  isStatic: false,
  clustering: [],
  liveness: { timestamp: 1n, ttl: 0, localExpirationTime: NO_DELETION_TIME },
  deletion: undefined,
  isShadowable: false,
  columns: [],
};

for (const folder of ['5.0.6-oa', '5.0.6-da'])
  sharedTest(
    test,
    `${folder}: a partition deletion with a negative timestamp, which 5.0 writes and can’t read, is read and named`,
    async () => {
      const files = fixtureSSTable(`real/${folder}/negdel`);
      const texts = await withSSTable(files, rowsOf);
      assert.ok(texts.some((text) => /markedForDeleteAt: -\d+n/.test(text)));
      const report = await verified(files);
      assert.match(report.warnings.join('\n'), /negative timestamp/);
    },
  );

for (const version of ['oa', 'da'] as const)
  test(`${version}: a partition deletion with a negative timestamp is not written`, () =>
    withTempFolder(async (folder) => {
      const writer = await minimalWriter(folder, version);
      const deletion = { markedForDeleteAt: -5n, localDeletionTime: 1_700_000_000 };
      try {
        await writer.startPartition(Uint8Array.of(0, 0, 0, 1), deletion, undefined);
        await writer.append(live);
        await writer.endPartition();
        assert.unreachable();
      } catch (error) {
        assert.instance(error, SSTableError);
        assert.match((error as SSTableError).message, /negative/);
      } finally {
        await writer.abort();
      }
    }));

test('nb: the same deletion is harmless and written', () =>
  withTempFolder(async (folder) => {
    const writer = await minimalWriter(folder, 'nb');
    const deletion = { markedForDeleteAt: -5n, localDeletionTime: 1_700_000_000 };
    await writer.startPartition(Uint8Array.of(0, 0, 0, 1), deletion, undefined);
    await writer.append(live);
    await writer.endPartition();
    const texts = await withSSTable(await writer.finish(), rowsOf);
    assert.match(texts.join('\n'), /markedForDeleteAt: -5n/);
  }));

for (const folder of ['4.0.19-nb', '4.1.10-nb', '5.0.6-nb', '5.0.6-oa', '5.0.6-da'])
  sharedTest(
    test,
    `${folder}: a complex deletion that was lost since its column’s name begins with a byte ≥ 0x80 is no error`,
    async () => {
      const report = await verified(fixtureSSTable(`real/${folder}/quoted`));
      assert.equal(messages(report), []);
    },
  );

for (const folder of ['3.11.19-me', '4.0.19-nb', '4.1.10-nb', '5.0.6-nb', '5.0.6-oa', '5.0.6-da'])
  sharedTest(
    test,
    `${folder}: an empty chunk behind the data of a compaction is passed over`,
    async () => {
      const files = fixtureSSTable(`real/${folder}/merged`);
      await withSSTable(files, async (sstable) => {
        const { compression, dataLengthBytes } = sstable;
        assert.ok(compression);
        const needed = Math.ceil(Number(dataLengthBytes) / compression.chunkLengthBytes);
        assert.is(compression.chunkCount, needed + 1, 'the fixture has a surplus chunk');
        assert.ok((await rowsOf(sstable)).length > 0);
        assert.equal(messages(await sstable.verify('deep')), []);
      });
    },
  );

for (const folder of ['4.0.19-nb', '4.1.10-nb', '5.0.6-nb', '5.0.6-oa', '5.0.6-da'])
  for (const table of ['z_pad', 'z_pad0', 'z_ratio', 'z_ratio2', 'z_ratio3'])
    sharedTest(test, `${folder}/${table}: raw chunks, the last one padded with zeros`, async () => {
      const files = fixtureSSTable(`real/${folder}/${table}`);
      assert.ok((await withSSTable(files, rowsOf)).length > 0);
      assert.equal(messages(await verified(files)), []);
    });

sharedTest(
  test,
  'a LIVE complex deletion is none in every version, though 4.x writes 7fffffff and 5.0 ffffffff for it',
  async () => {
    for (const folder of [
      '3.11.19-me',
      '4.0.19-nb',
      '4.1.10-nb',
      '5.0.6-nb',
      '5.0.6-oa',
      '5.0.6-da',
    ]) {
      const texts = await withSSTable(fixtureSSTable(`real/${folder}/collections`), rowsOf);
      assert.not.match(texts.join('\n'), /markedForDeleteAt: -9223372036854775808n/, folder);
    }
  },
);

for (const folder of ['3.11.19-me', '5.0.6-oa', '5.0.6-da'])
  sharedTest(
    test,
    `${folder}: filters that a node’s import takes although they hide every row are errors`,
    () =>
      withTempFolder(async (into) => {
        const copy = new SSTableCopy(fixtureSSTable(`real/${folder}/many`), into);
        const whole = copy.bytes('Filter.db');
        const zeros = Buffer.concat([whole.subarray(0, 8), Buffer.alloc(whole.length - 8)]);
        for (const [name, bytes] of [
          ['zero bits', zeros],
          ['shorter than its word count says', whole.subarray(0, 16)],
          ['empty', Buffer.alloc(0)],
        ] as const) {
          copy.write('Filter.db', bytes);
          const report = await verified(copy.files);
          assert.not.ok(report.filterTrusted, name);
          const said = [...messages(report), ...report.warnings].join('\n');
          assert.match(said, /Filter\.db/, name);
        }
      }),
  );

for (const folder of ['3.11.19-me', '4.0.19-nb', '4.1.10-nb', '5.0.6-nb', '5.0.6-oa', '5.0.6-da'])
  sharedTest(
    test,
    `${folder}: empty booleans, which end Cassandra’s dump in the middle, are dumped`,
    async () => {
      const partitions = await dumped(fixtureSSTable(`real/${folder}/emptyvals`));
      assert.ok(partitions.length > 0);
      assert.match(JSON.stringify(partitions), /"value":""/);
    },
  );

for (const table of ['cs_dense', 'cs_noval'])
  sharedTest(
    test,
    `3.11.19-me/${table}: null clustering values, which end Cassandra’s dump, are dumped`,
    async () => {
      const files = fixtureSSTable(`real/3.11.19-me/${table}`);
      const partitions = await dumped(files);
      assert.ok(partitions.some(({ rows }) => rows.length > 0));
      assert.equal(messages(await verified(files)), []);
    },
  );

test.run();
