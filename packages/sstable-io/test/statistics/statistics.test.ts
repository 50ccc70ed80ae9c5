import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, sharedTest } from '@scamander-tools/testing';
import type { Either } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { versionFeatures } from '../../src/components/version.ts';
import { SSTableError } from '../../src/errors.ts';
import { readStatistics } from '../../src/open.ts';
import { readContainer, writeContainer } from '../../src/statistics/container.ts';
import { readHeader, writeHeader } from '../../src/statistics/header.ts';
import {
  changeStatistics,
  decodeStatistics,
  encodeStatistics,
  type Statistics,
  summarizeStatistics,
} from '../../src/statistics/statistics.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { fixtureSSTable, fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { metadataText, numberOf } from '../metadata-text.ts';

const orThrow = <T>(result: Either<Error, T>): T => {
  if (result._tag === 'Left') throw result.left;
  return result.right;
};

const bytesOf = ({ descriptor }: SSTableFiles): Buffer =>
  readFileSync(join(descriptor.directory, `${descriptor.prefix}Statistics.db`));

const featuresOf = ({ descriptor }: SSTableFiles) =>
  orThrow(versionFeatures(descriptor.format, descriptor.version, 'Data.db'));

test('the table of the example has these CRCs (spec §6.1)', () => {
  const table = Buffer.from(
    '0000000426291b05000000000000002c00000001000000690000000200000 08c00000003000012149edeaeaa'.replace(
      ' ',
      '',
    ),
    'hex',
  );
  // the parts are of the example's lengths, their content is not given
  const parts = [61, 31, 4484, 10].map((length, type) => ({
    type,
    bytes: new Uint8Array(length),
  }));
  parts[0]!.bytes = new Uint8Array(0x69 - 0x2c - 4);
  parts[1]!.bytes = new Uint8Array(0x8c - 0x69 - 4);
  parts[2]!.bytes = new Uint8Array(0x1214 - 0x8c - 4);
  const written = writeContainer(parts, true);
  assert.is(Buffer.compare(written.subarray(0, table.length), table), 0);
  const read = readContainer(Uint8Array.from(written), 'Statistics.db', true);
  assert.equal(
    read.map(({ type, offset }) => [type, offset]),
    [
      [0, 0x2c],
      [1, 0x69],
      [2, 0x8c],
      [3, 0x1214],
    ],
  );
});

test('header values below the epochs take nine bytes and come back', () => {
  const header = {
    minTimestamp: -5n,
    minLocalDeletionTime: 0n,
    minTtl: 0n,
    keyType: 'org.apache.cassandra.db.marshal.Int32Type',
    clusteringTypes: [],
    staticColumns: [],
    regularColumns: [
      { name: Uint8Array.of(118), type: 'org.apache.cassandra.db.marshal.UTF8Type' },
    ],
  };
  const bytes = Uint8Array.from(writeHeader(header));
  assert.is(bytes[0], 0xff);
  assert.is(bytes[9], 0xff);
  const { header: again, bytesRead } = readHeader(bytes);
  assert.is(bytesRead, bytes.length);
  assert.is(again.minTimestamp, -5n);
  assert.is(again.minLocalDeletionTime, 0n);
});

sharedTest(test, 'every fixture is decoded and encoded to its own bytes', () => {
  assert.ok(fixtureSSTables.length > 400);
  for (const files of fixtureSSTables) {
    const bytes = bytesOf(files);
    const statistics = orThrow(decodeStatistics(bytes, featuresOf(files), nameOf(files)));
    assert.is(Buffer.compare(encodeStatistics(statistics), bytes), 0, nameOf(files));
    const header = statistics.parts.find((part) => part.type === 3)!.bytes;
    assert.is(Buffer.compare(writeHeader(statistics.header), header), 0, nameOf(files));
  }
});

/** Our value beside the line of sstablemetadata that shows it. */
const comparisons = (statistics: Statistics): [name: string, ours: string][] => {
  const summary = summarizeStatistics(statistics);
  return [
    ['Minimum timestamp', `${summary.minTimestamp}`],
    ['Maximum timestamp', `${summary.maxTimestamp}`],
    ['TTL min', `${summary.minTtl}`],
    ['TTL max', `${summary.maxTtl}`],
    ['SSTable Level', `${summary.sstableLevel}`],
    ['Repaired at', `${summary.repairedAtMs}`],
    ['totalColumnsSet', `${summary.columns}`],
    ['totalRows', `${summary.rows}`],
    ['EncodingStats minTimestamp', `${statistics.header.minTimestamp}`],
  ];
};

const texts = (statistics: Statistics): [name: string, ours: string][] => {
  const summary = summarizeStatistics(statistics);
  return [
    ['Partitioner', summary.partitionerClass],
    ['Pending repair', summary.pendingRepair ?? '--'],
    ['IsTransient', `${summary.isTransient}`],
    ['KeyType', statistics.header.keyType],
  ];
};

sharedTest(test, 'fields are those that the releases own tool prints', async () => {
  let compared = 0;
  for (const files of fixtureSSTables) {
    const metadata = metadataText(files);
    if (metadata === undefined) continue;
    const statistics = orThrow(await readStatistics(files));
    for (const [name, ours] of comparisons(statistics)) {
      const theirs = numberOf(metadata, name);
      if (theirs === undefined) continue;
      compared += 1;
      assert.is(ours, theirs, `${nameOf(files)} ${name}`);
    }
    for (const [name, ours] of texts(statistics)) {
      const theirs = metadata.get(name)?.value;
      if (theirs === undefined) continue;
      compared += 1;
      assert.is(ours, theirs, `${nameOf(files)} ${name}`);
    }
    const ratio = metadata.get('Compression ratio')?.value;
    const level = metadata.get('Originating host id')?.value;
    if (ratio !== undefined && ratio !== '-') {
      assert.is(statistics.stats.compressionRatio, Number(ratio), nameOf(files));
    }
    if (level !== undefined && level !== '--') {
      assert.is(statistics.stats.originatingHostId, level, nameOf(files));
    }
  }
  assert.ok(compared > 4000, `only ${compared} fields were compared`);
});

sharedTest(
  test,
  'level and repair state are changed, all other bytes of the components stay',
  () => {
    for (const folder of [
      'real/4.1.10-nb/ttls',
      'real/5.0.6-oa/dels',
      'real/5.0.6-da/wide',
      'sstables/na/legacy_na_simple',
    ]) {
      const files = fixtureSSTable(folder);
      const features = featuresOf(files);
      const before = orThrow(decodeStatistics(bytesOf(files), features));
      const pendingRepair = '3f2504e0-4f89-11ed-a1b2-0242ac120002';
      const change = {
        sstableLevel: 3,
        repairedAtMs: 1_700_000_000_123n,
        pendingRepair,
        isTransient: false,
      };
      const bytes = Uint8Array.from(encodeStatistics(changeStatistics(before, change)));
      const after = orThrow(decodeStatistics(bytes, features));
      assert.is(after.stats.sstableLevel, 3);
      assert.is(after.stats.repairedAtMs, 1_700_000_000_123n);
      assert.is(after.stats.pendingRepair, pendingRepair);
      const { sstableLevel, repairedAtMs } = before.stats;
      const back = changeStatistics(after, {
        sstableLevel,
        repairedAtMs,
        pendingRepair: before.stats.pendingRepair ?? null,
      });
      assert.is(Buffer.compare(encodeStatistics(back), bytesOf(files)), 0, folder);
    }
  },
);

sharedTest(
  test,
  'every flipped bit of na and later is found, every truncation of all versions',
  () => {
    const random = seededRandom(6);
    for (const folder of ['real/4.1.10-nb/ttls', 'real/5.0.6-da/wide', 'real/3.11.19-me/wide']) {
      const files = fixtureSSTable(folder);
      const features = featuresOf(files);
      const bytes = bytesOf(files);
      for (let i = 0; i < 200; i++) {
        const cut = decodeStatistics(
          bytes.subarray(0, Math.floor(random() * bytes.length)),
          features,
        );
        assert.is(cut._tag, 'Left', folder);
        assert.instance(cut._tag === 'Left' && cut.left, SSTableError);
        const flipped = Buffer.from(bytes);
        flipped[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8);
        const read = decodeStatistics(flipped, features);
        if (features.hasMetadataChecksum) assert.is(read._tag, 'Left', folder);
        else if (read._tag === 'Left') assert.instance(read.left, SSTableError);
      }
    }
  },
);

test('absurd lengths meet a limit before anything is allocated', () => {
  const features = orThrow(versionFeatures('big', 'me', 'Data.db'));
  const stats = Buffer.alloc(8);
  stats.writeInt32BE(0x7fffffff);
  const parts = [
    { type: 0, bytes: Buffer.from('0001410000000000000000', 'hex') },
    { type: 2, bytes: stats },
    { type: 3, bytes: Buffer.from('fefefefefefefefefefe', 'hex') },
  ];
  const read = decodeStatistics(Uint8Array.from(writeContainer(parts, false)), features, 'S');
  assert.is(read._tag === 'Left' && read.left.code, 'SCM_SSTABLE_TOO_LONG');
});

test.run();
