// What real nodes make of SSTables that overlap, and what our compaction makes of the same ones: `nodetool compact` and compactSSTables give the same
// partitions, rows, markers and cells, and the same bytes. Of flushes of the node, and of random SSTables of our own writer; with deletions
// kept, and with those left out that are old enough. SCAMANDER_SCHEMAS says how many random tables (20), SCAMANDER_SEED which.
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import { type Node, type Release, representativeReleases } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compactSSTables } from '../src/compact/compact-sstables.ts';
import { orThrow } from '../src/open.ts';
import type { SSTableFiles } from '../src/types.ts';
import type { WrittenVersion } from '../src/write/writer-options.ts';
import { meetingPartitions } from '../test/arbitrary/meeting.ts';
import { MEETING_STEP_SECONDS, NOW_SECONDS } from '../test/arbitrary/partitions.ts';
import { tables } from '../test/arbitrary/tables.ts';
import { assertSameSSTables } from './support/comparing.ts';
import { flushTables, makeTables } from './support/flushed-tables.ts';
import { mergeTables } from './support/merge-tables.ts';
import {
  copyFiles,
  freshKeyspace,
  quietTable,
  sstablesOf,
  tableFolder,
  withWriter,
  writers,
} from './support/nodes.ts';
import { createRandomTable, writeRandom } from './support/random-tables.ts';

const COUNT = Number(process.env['SCAMANDER_SCHEMAS'] ?? 20);
const SEED = Number(process.env['SCAMANDER_SEED'] ?? 20261129);
const SSTABLES_EACH = 3;

const startSeconds = Math.floor(Date.now() / 1000);
/** A second that no deletion of a random table is near to. */
const RANDOM_GC_BEFORE = NOW_SECONDS + 1.5 * MEETING_STEP_SECONDS;

/** A keyspace, and after how many seconds deletions may go. */
interface Variant {
  readonly keyspace: string;
  readonly gcGraceSeconds: number;
}
const FLUSHED_KEPT: Variant = { keyspace: 'flushed_kept', gcGraceSeconds: 864_000 };
/** Tables with views must not have 0; the node takes longer to start anew, and everything was deleted before. */
const FLUSHED_PURGED: Variant = { keyspace: 'flushed_purged', gcGraceSeconds: 1 };
const RANDOM: readonly Variant[] = [
  { keyspace: 'random_kept', gcGraceSeconds: 2_000_000_000 },
  { keyspace: 'random_purged', gcGraceSeconds: startSeconds - RANDOM_GC_BEFORE },
];

/** A table or view whose SSTables are compacted by both. */
interface Compacted extends Variant {
  readonly table: string;
  readonly folder: string;
  /** Views whose key has a column that is no part of the table's key. */
  readonly strictLiveness: boolean;
  /** Whether cells have expired: a compaction makes tombstones of them. */
  readonly hasExpired: boolean;
}

const flushedTables: readonly Pick<Compacted, 'table' | 'strictLiveness' | 'hasExpired'>[] =
  mergeTables.flatMap(({ name, view }) => [
    { table: name, strictLiveness: false, hasExpired: name === 'expired' || name === 'ties' },
    ...(view === undefined ? [] : [{ table: view.name, strictLiveness: true, hasExpired: false }]),
  ]);

const compactedIn = async (
  node: Node,
  variant: Variant,
  list: typeof flushedTables,
): Promise<Compacted[]> => {
  const all: Compacted[] = [];
  for (const one of list) {
    const folder = await tableFolder(node, variant.keyspace, one.table);
    all.push({ ...variant, ...one, folder });
  }
  return all;
};

const randomTables = (vectors: boolean) =>
  fc.sample(
    meetingPartitions(
      tables({ vectors }),
      Murmur3Partitioner,
      { partitionsMax: 5, rowsMax: 6, deletions: true, empty: true },
      SSTABLES_EACH,
    ),
    { numRuns: COUNT, seed: SEED },
  );
type RandomTables = ReturnType<typeof randomTables>;

/** What the release reads, in turn. */
const versionsFor = (
  { family }: Release,
  version: WrittenVersion,
  { table }: RandomTables[number],
): readonly WrittenVersion[] => {
  const read: readonly WrittenVersion[] =
    version === 'nb' ? ['me', 'nb'] : ['oa', 'da', 'nb', 'me'];
  const hasVector = family === '5.0' && JSON.stringify(table).includes('"vector"');
  return read.filter((one) => one !== 'me' || !hasVector);
};

/** Tables of all variants; those of the node filled and flushed. */
const prepare = async (node: Node, random: RandomTables): Promise<readonly Compacted[]> => {
  const cql = await node.cql();
  for (const { keyspace } of [FLUSHED_KEPT, FLUSHED_PURGED, ...RANDOM])
    await freshKeyspace(cql, keyspace);
  await flushTables(node, FLUSHED_KEPT.keyspace, FLUSHED_KEPT.gcGraceSeconds);
  await makeTables(cql, FLUSHED_PURGED.keyspace, FLUSHED_PURGED.gcGraceSeconds);
  const all = [
    ...(await compactedIn(node, FLUSHED_KEPT, flushedTables)),
    ...(await compactedIn(node, FLUSHED_PURGED, flushedTables)),
  ];
  for (const variant of RANDOM) {
    const names = random.map((_, i) => ({
      table: `t${i}`,
      strictLiveness: false,
      hasExpired: true,
    }));
    for (const [i, { table }] of random.entries())
      await cql.execute(
        createRandomTable(`${variant.keyspace}.t${i}`, table, quietTable(variant.gcGraceSeconds)),
      );
    all.push(...(await compactedIn(node, variant, names)));
  }
  return all;
};

/** While the node is down: the same SSTables for both variants. */
const placeSSTables = async (
  release: Release,
  version: WrittenVersion,
  random: RandomTables,
  all: readonly Compacted[],
): Promise<void> => {
  for (const { keyspace, table, folder } of all) {
    if (keyspace === FLUSHED_PURGED.keyspace) {
      const from = all.find((one) => one.keyspace === FLUSHED_KEPT.keyspace && one.table === table);
      copyFiles((from as Compacted).folder, folder);
    }
    if (!table.startsWith('t') || !RANDOM.some((variant) => variant.keyspace === keyspace))
      continue;
    const sampled = random[Number(table.slice(1))] as RandomTables[number];
    const versions = versionsFor(release, version, sampled);
    for (const [i, partitions] of sampled.sources.entries())
      await writeRandom(
        {
          directory: folder,
          keyspace,
          table,
          version: versions[i % versions.length] as WrittenVersion,
          id: String(i + 1),
        },
        sampled.table,
        partitions,
      );
  }
};

/** Ours, of what is in the folder now. */
const compacted = async (
  { family }: Release,
  version: WrittenVersion,
  one: Compacted,
  directory: string,
  purges: boolean,
): Promise<SSTableFiles | undefined> => {
  const { keyspace, table, folder, gcGraceSeconds, strictLiveness } = one;
  const inputs = await sstablesOf(folder);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const gcBefore = nowSeconds - gcGraceSeconds;
  const { sstables } = orThrow(
    await compactSSTables(inputs, {
      directory,
      keyspace,
      table,
      version,
      nextId: () => '1',
      release: family === '5.0' ? '5.0' : '4.x',
      ...(family === '5.0' ? { liveComplexDeletionTime: 0xffffffff } : {}),
      ...(purges ? { purge: { nowSeconds, gcBefore, strictLiveness } } : {}),
    }),
  );
  assert.ok(sstables.length <= 1);
  return sstables[0];
};

const assertSame = async (
  one: Compacted,
  ours: SSTableFiles | undefined,
  what: string,
): Promise<boolean> => {
  const name = `${one.keyspace}.${one.table}, ${what}`;
  const [theirs, ...more] = await sstablesOf(one.folder);
  assert.is(more.length, 0, `SSTables of ${name}`);
  assert.is(ours === undefined, theirs === undefined, `something is left of ${name}`);
  if (ours === undefined || theirs === undefined) return true;
  return await assertSameSSTables(ours, theirs, name);
};

const check = async (release: Release, version: WrittenVersion): Promise<void> =>
  withWriter(release, version, (node) =>
    withTempFolder(async (root) => {
      const random = randomTables(release.family === '5.0');
      const all = await prepare(node, random);
      await node.shutDown();
      await placeSSTables(release, version, random, all);
      const ours: { one: Compacted; files: SSTableFiles | undefined; what: string }[] = [];
      for (const one of all)
        for (const purges of one.hasExpired || one.gcGraceSeconds === FLUSHED_PURGED.gcGraceSeconds
          ? [true]
          : [true, false]) {
          const what = purges ? 'purged' : 'not purged';
          const directory = join(root, one.keyspace, one.table, what.replace(' ', '-'));
          ours.push({
            one,
            files: await compacted(release, version, one, directory, purges),
            what,
          });
        }
      await node.start('native');
      for (const { keyspace } of [FLUSHED_KEPT, FLUSHED_PURGED, ...RANDOM])
        await node.nodetool('compact', keyspace);
      let same = 0;
      for (const { one, files, what } of ours) if (await assertSame(one, files, what)) same += 1;
      // not those with a type that is named by its keyspace, and where a node left out a whole SSTable, its times and columns
      assert.ok(same > 0.9 * ours.length, `${same} of ${ours.length} have the same bytes`);
    }),
  );

for (const { release, version } of writers(representativeReleases()))
  test(`${release.name}: compactions in ${version}, ${COUNT} random tables of seed ${SEED}`, () =>
    check(release, version));

test.run();
