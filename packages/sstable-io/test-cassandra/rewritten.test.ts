// SSTables of a real node in other versions, and back, and in parts: the node takes them, by import and at its start, finds nothing wrong with them, and
// gives the same rows by CQL as of its own ones.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import { type Node, type Release, representativeReleases } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RewriteTarget } from '../src/compact/rewrite-target.ts';
import { orThrow } from '../src/open.ts';
import { splitSSTable } from '../src/split/split-sstable.ts';
import type { SSTableFiles } from '../src/types.ts';
import { rewriteSSTable } from '../src/upgrade/rewrite-sstable.ts';
import type { WrittenVersion } from '../src/write/writer-options.ts';
import type { PlainPartition } from '../test/arbitrary/plain.ts';
import { assertSamePartitions, plainOf } from './support/comparing.ts';
import { flushTables, makeTables } from './support/flushed-tables.ts';
import { mergeTables } from './support/merge-tables.ts';
import {
  assertVerified,
  copyFiles,
  freshKeyspace,
  sstablesOf,
  tableFolder,
  verifyKeyspace,
  withWriter,
  writers,
} from './support/nodes.ts';
import { assertSameRows, readRows, type TableRows } from './support/rows.ts';

/** Not views, which import does not fill, and not what expires meanwhile. */
const tables = mergeTables.filter(({ name }) => name !== 'viewed' && name !== 'expired');
const GC_GRACE_SECONDS = 864_000;
const ORIGINAL = 'original';

type Rewrite = (
  files: SSTableFiles,
  target: RewriteTarget,
  temp: string,
) => Promise<readonly SSTableFiles[]>;

/** One way to write an SSTable again, with a keyspace of its own. */
interface Way {
  readonly keyspace: string;
  readonly rewrite: Rewrite;
}

/** In one version after the other; the last one stays. */
const through =
  (...versions: readonly WrittenVersion[]): Rewrite =>
  async (files, target, temp) => {
    let [last, written]: [SSTableFiles, readonly SSTableFiles[]] = [files, []];
    for (const [i, version] of versions.entries()) {
      const isLast = i === versions.length - 1;
      const directory = isLast ? target.directory : join(temp, version);
      mkdirSync(directory, { recursive: true });
      written = orThrow(await rewriteSSTable(last, { ...target, version, directory })).sstables;
      assert.is(written.length, 1);
      last = written[0] as SSTableFiles;
    }
    return written;
  };

const TOKENS = [-3_000_000_000_000_000_000n, 0n, 6_000_000_000_000_000_000n];

/** Three parts of the ring, the last one of two ranges. */
const byRanges: Rewrite = async (files, target) => {
  const [a, b, c] = TOKENS as [bigint, bigint, bigint];
  const { minimumToken } = Murmur3Partitioner;
  const ranges = [
    [{ left: a, right: b }],
    [{ left: b, right: c }],
    [
      { left: c, right: minimumToken },
      { left: minimumToken, right: a },
    ],
  ];
  return orThrow(await splitSSTable(files, { ranges }, target)).sstables;
};

const bySize: Rewrite = async (files, target) =>
  orThrow(await splitSSTable(files, { sizeBytes: 500 }, target)).sstables;

const waysOf = (version: WrittenVersion): readonly Way[] => {
  const old: readonly Way[] = [{ keyspace: 'as_me', rewrite: through('me') }];
  const changed: readonly Way[] =
    version === 'nb'
      ? [
          { keyspace: 'over_oa', rewrite: through('oa', 'nb') },
          { keyspace: 'over_da', rewrite: through('da', 'nb') },
        ]
      : [
          { keyspace: 'as_nb', rewrite: through('nb') },
          { keyspace: 'as_other', rewrite: through(version === 'da' ? 'oa' : 'da') },
          { keyspace: 'over_old', rewrite: through('nb', 'me', 'nb', version) },
        ];
  return [
    ...old,
    ...changed,
    { keyspace: 'by_ranges', rewrite: byRanges },
    { keyspace: 'by_size', rewrite: bySize },
  ];
};

/** A table of one way, with its SSTables in `directory`. */
interface Rewritten {
  readonly keyspace: string;
  readonly table: string;
  readonly directory: string;
  /** By import; the others are there when the node starts. */
  readonly isImported: boolean;
}

/** By key: parts of a ring are not in its order. */
const partitionsOf = async (list: readonly SSTableFiles[]): Promise<readonly PlainPartition[]> => {
  const all: PlainPartition[] = [];
  for (const files of list) all.push(...(await plainOf(files)));
  return all.sort((a, b) => (a.key < b.key ? -1 : 1));
};

/** Writes what the node flushed of a table again. Parts together, and what went to other versions and back, are what they were. */
const rewriteTable = async (
  { family }: Release,
  { keyspace, rewrite }: Way,
  table: string,
  originals: readonly SSTableFiles[],
  root: string,
): Promise<string> => {
  const directory = join(root, keyspace, table);
  let id = 0;
  for (const [i, files] of originals.entries()) {
    const target: RewriteTarget = {
      directory,
      keyspace,
      table,
      nextId: () => {
        id += 1;
        return String(id);
      },
      ...(family === '5.0' ? { release: '5.0' } : {}),
    };
    const written = await rewrite(files, target, join(root, `${keyspace}_temp`, table, String(i)));
    assertSamePartitions(
      await partitionsOf(written),
      await partitionsOf([files]),
      `${table} ${keyspace}`,
    );
  }
  return directory;
};

const rewriteAll = async (
  node: Node,
  release: Release,
  ways: readonly Way[],
  root: string,
): Promise<readonly Rewritten[]> => {
  const all: Rewritten[] = [];
  for (const [i, way] of ways.entries())
    for (const [j, { name: table }] of tables.entries()) {
      const originals = await sstablesOf(await tableFolder(node, ORIGINAL, table));
      const directory = await rewriteTable(release, way, table, originals, root);
      const { keyspace } = way;
      all.push({ keyspace, table, directory, isImported: i % tables.length === j });
    }
  return all;
};

/** Some by import, a process each; the others are in their folders when the node starts. */
const giveToNode = async (node: Node, all: readonly Rewritten[]): Promise<void> => {
  const flags = ['--extended-verify', '--copy-data'];
  const folders: string[] = [];
  for (const { keyspace, table, directory, isImported } of all) {
    folders.push(await tableFolder(node, keyspace, table));
    if (isImported) await node.nodetool('import', ...flags, keyspace, table, directory);
  }
  await node.shutDown();
  for (const [i, { directory, isImported }] of all.entries())
    if (!isImported) copyFiles(directory, folders[i] as string);
  await node.start('native');
};

const check = async (release: Release, version: WrittenVersion): Promise<void> =>
  withWriter(release, version, (node) =>
    withTempFolder(async (root) => {
      const ways = waysOf(version);
      const cql = await node.cql();
      for (const { keyspace } of [{ keyspace: ORIGINAL }, ...ways])
        await freshKeyspace(cql, keyspace);
      await flushTables(node, ORIGINAL, GC_GRACE_SECONDS, tables);
      for (const { keyspace } of ways) await makeTables(cql, keyspace, GC_GRACE_SECONDS, tables);
      const all = await rewriteAll(node, release, ways, root);
      await giveToNode(node, all);
      for (const { keyspace } of ways) await verifyKeyspace(node, release, keyspace);
      for (const { keyspace, table } of all) assertVerified(node, keyspace, table);
      const again = await node.cql();
      const expected = new Map<string, TableRows>();
      for (const { name } of tables) expected.set(name, await readRows(again, ORIGINAL, name));
      for (const { keyspace, table } of all)
        assertSameRows(
          await readRows(again, keyspace, table),
          expected.get(table) as TableRows,
          `${table} ${keyspace}`,
        );
    }),
  );

for (const { release, version } of writers(representativeReleases()))
  test(`${release.name}: SSTables in ${version}, written in other versions and in parts`, () =>
    check(release, version));

test.run();
