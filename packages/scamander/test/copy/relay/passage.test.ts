import type { CassandraStreamHeader, StreamingVersion } from '@scamander/wire-codec';
import { transferSize } from '@scamander/wire-codec';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planRelay, type RelayReplica } from '../../../src/copy/relay/passage.ts';
import { componentsOf, headerOf } from './payloads.ts';

const TABLE = '22222222-2222-2222-2222-222222222222';

const replica = (
  releaseVersion: string | undefined,
  version: StreamingVersion,
  host = '10.0.0.1',
): RelayReplica => {
  const endpoint = { host, port: 7000 };
  return {
    version,
    node: { endpoint, dial: endpoint, dc: 'dc1', rack: 'r1', status: 'normal', releaseVersion },
  };
};

const FOUR = replica('4.1.10', 12);
const FIVE = replica('5.0.6', 13);
const FIVE_AS_FOUR = replica('5.0.6', 12);
const SIX = replica('6.0-alpha2', 14);

const compression = (lengths: readonly number[]) => ({
  chunkOffsets: Float64Array.from(lengths, () => 0),
  chunkLengths: Int32Array.from(lengths),
  compressor: 'LZ4Compressor',
  options: [],
  chunkLengthBytes: 4096,
  maxCompressedLengthBytes: 2 ** 31 - 1,
});

/** A whole SSTable of 10,000 bytes in three chunks, as a node announces it. */
const wholeOf = (
  version: string,
  format: string,
  more: readonly string[] = [],
): CassandraStreamHeader => {
  const { manifest } = componentsOf([
    ['Data.db', Buffer.alloc(612)],
    ['Statistics.db', 'statistics'],
    ['CompressionInfo.db', 'compression'],
    ...more.map((name) => [name, 'x'] as const),
  ]);
  return headerOf({
    sstableVersion: version,
    formatName: format,
    sections: [
      { lower: 0n, upper: 6000n },
      { lower: 6000n, upper: 10_000n },
    ],
    compression: compression([200, 200, 200]),
    entire: { manifest, firstKey: Buffer.from('k') },
  });
};

const planned = (
  header: CassandraStreamHeader,
  replicas: readonly RelayReplica[],
  more: { sai?: readonly string[]; other?: readonly string[]; entire?: 'auto' | 'never' } = {},
) => {
  const { sai = [], other = [], entire = 'auto' } = more;
  const plan = planRelay(header, { tableId: TABLE, indexes: { sai, other }, entire, replicas });
  if (plan._tag === 'Left') throw new Error(plan.left);
  return plan.right;
};

test('a whole SSTable stays whole where every replica may keep it, under the table of the target', () => {
  for (const [version, format, replicas] of [
    ['nb', 'big', [FOUR, FIVE, SIX]],
    ['oa', 'big', [FIVE, SIX]],
    ['da', 'bti', [FIVE_AS_FOUR]],
    ['pa', 'big', [SIX]],
  ] as const) {
    const header = wholeOf(version, format);
    const { mode, header: made, impassable } = planned(header, replicas);
    assert.is(mode, 'entire', version);
    assert.equal(impassable, []);
    assert.equal([made.tableId, made.sstableLevel], [TABLE, 0]);
    assert.equal(made.entire, header.entire);
  }
});

test('one replica that may not keep it whole gives sections to all', () => {
  // streaming-4.0-plus §4.4: 5.0 in CASSANDRA_4 mode keeps a whole oa and then does not start.
  const { mode, modeReason, header, replicas } = planned(wholeOf('oa', 'big'), [
    FIVE,
    FIVE_AS_FOUR,
  ]);
  assert.is(mode, 'sections');
  assert.match(modeReason ?? '', 'refuse to start');
  assert.is(replicas.length, 2);
  assert.is(header.entire, undefined);
  assert.equal(header.sections, [{ lower: 0n, upper: 10_000n }]);
  assert.is(transferSize(header), 612n);
});

test('replicas that can’t read it in any form are left out, with the reason', () => {
  const { replicas, impassable } = planned(wholeOf('oa', 'big'), [FOUR, FIVE]);
  assert.equal(replicas, [FIVE]);
  assert.is(impassable[0]?.replica, FOUR);
  assert.match(impassable[0]?.reason ?? '', 'Cassandra 4.x');
  const nobody = planRelay(wholeOf('da', 'bti'), {
    ...{ tableId: TABLE, indexes: { sai: [], other: [] }, entire: 'auto', replicas: [FOUR] },
  });
  assert.match(nobody._tag === 'Left' ? nobody.left : '', '10.0.0.1:7000: Cassandra 4.x');
});

test('files of indexes go along where the target has the same, and stay behind where it has none', () => {
  const SAI = ['SAI+aa+GroupComplete.db', 'SAI+aa+by_v+ColumnComplete.db', 'SAI+aa+old+Meta.db'];
  const header = wholeOf('nb', 'big', [...SAI, 'TOC.txt', 'Mine.db']);
  const names = (made: CassandraStreamHeader) => made.entire?.manifest.map(({ name }) => name);
  const base = ['Data.db', 'Statistics.db', 'CompressionInfo.db'];
  assert.equal(names(planned(header, [FOUR]).header), base);
  const withIndex = planned(header, [FIVE], { sai: ['by_v'] });
  assert.is(withIndex.mode, 'entire');
  assert.equal(names(withIndex.header), [...base, SAI[0], SAI[1]]);
  // streaming-4.0-plus §4.3 step 6: without their files the session fails.
  const without = planned(wholeOf('nb', 'big'), [FIVE], { sai: ['by_v'] });
  assert.is(without.mode, 'sections');
  assert.match(without.modeReason ?? '', 'by_v');
  assert.is(planned(header, [FIVE], { other: ['sasi'] }).mode, 'sections');
});

test('headers of 3.0 with user types are never kept whole', () => {
  const regularColumns = [
    { name: Buffer.from('u'), type: 'org.apache.cassandra.db.marshal.UserType(ks,61,62:…)' },
  ];
  const old = wholeOf('md', 'big');
  const header = {
    ...old,
    serializationHeader: { ...old.serializationHeader, regularColumns },
  };
  assert.is(planned(header, [FOUR]).mode, 'sections');
  assert.is(planned({ ...header, sstableVersion: 'nb' }, [FOUR]).mode, 'entire');
  assert.is(planned(old, [FOUR]).mode, 'entire');
});

test('what came as sections goes on as sections', () => {
  const { entire: _, ...sections } = wholeOf('nb', 'big');
  const header = { ...sections, entire: undefined };
  const plan = planned(header, [FOUR]);
  assert.equal([plan.mode, plan.modeReason], ['sections', undefined]);
  assert.equal(plan.header.sections, header.sections);
  assert.is(plan.header.tableId, TABLE);
});

test('chunks that are not listed, or not all of them, can’t become sections', () => {
  const header = wholeOf('nb', 'big');
  const never = (changed: CassandraStreamHeader): string => {
    const plan = planRelay(changed, {
      tableId: TABLE,
      indexes: { sai: [], other: [] },
      entire: 'never',
      replicas: [FOUR],
    });
    return plan._tag === 'Left' ? plan.left : '';
  };
  assert.match(never({ ...header, compression: undefined }), 'lists no chunks');
  assert.match(never({ ...header, compression: compression([200, 200]) }), '2 chunks');
  assert.match(never({ ...header, sections: [{ lower: 10n, upper: 10_000n }] }), 'how long');
  assert.is(never(header), '');
});

test('an uncompressed SSTable becomes sections of its own length', () => {
  const { manifest } = componentsOf([
    ['Data.db', Buffer.alloc(900)],
    ['CRC.db', 'crc'],
  ]);
  const header = headerOf({ entire: { manifest, firstKey: Buffer.from('k') } });
  const plan = planned(header, [FOUR], { entire: 'never' });
  assert.equal(plan.header.sections, [{ lower: 0n, upper: 900n }]);
  assert.is(plan.header.compression, undefined);
});

test.run();
