// SSTables of older releases, and of the same one with contents that our own tables lack, go into each release that reads them. Two releases are
// asked for them again, in two halves: what is pulled goes back into tables made anew.
import {
  type Node,
  type Release,
  releases,
  representativeReleases,
} from '@scamander-tools/real-cassandra';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createFixtureTables, type FixtureSet, fixtureSet, layOut } from './support/fixture-set.ts';
import { assertComplete, loadInto, modesOf } from './support/loading.ts';
import { withLoadNode } from './support/nodes.ts';
import { assertPulled, pullOf } from './support/pulled.ts';
import { assertSameRows, readJsonRows, readRows, type TableRows } from './support/rows.ts';

/** Tables with a README in fixtures/real; those that a set lacks are left out of it. */
const OLD_TABLES = [
  'colls',
  'counters',
  'newtypes',
  'plain',
  'statics',
  'tombs',
  'types',
  'udts',
  'wide',
];
const NEW_TABLES = [
  'alltypes',
  'altered',
  'bigkeys',
  'cols70d',
  'compkey',
  'counters',
  'ct_frozen_addr',
  'dels',
  'emptyvals',
  'merged',
  'pending',
  'quoted',
  'statics',
  'wide',
  'z_ratio',
  'z_zstd5',
];

/** The folders whose SSTables a release reads (streaming-4.0-plus §4.4), each with some release of every family that does. */
const folders: Readonly<Record<string, readonly string[]>> = {
  '4.0': ['3.0.31', '3.11.19-me', '4.1.10-nb'],
  '4.1': ['3.0.31', '3.11.19-me', '4.0.19-nb'],
  '5.0': ['3.0.31', '4.1.10-nb', '5.0.6-da'],
  '5.0-none': ['3.11.19-me', '5.0.6-oa', '5.0.6-da'],
  '6.0': ['3.11.19-me', '4.1.10-nb', '5.0.6-oa', '5.0.6-da'],
};

const foldersFor = ({ name, family }: Release): readonly string[] =>
  folders[name.endsWith('-none') ? `${family}-none` : family] ?? [];

const rowsOf = async (
  node: Node,
  { keyspace, tables }: FixtureSet,
): Promise<ReadonlyMap<string, TableRows>> => {
  const cql = await node.cql();
  const all = new Map<string, TableRows>();
  for (const { name } of tables) {
    // Neither the node's JSON nor the driver can do everything: zero-length booleans, and maps with tuples as keys.
    const read =
      name === 'emptyvals'
        ? readRows(cql, `${keyspace}.${name}`, [])
        : readJsonRows(cql, `${keyspace}.${name}`);
    all.set(name, await read);
  }
  return all;
};

const loaded = async (
  node: Node,
  set: FixtureSet,
  path: string,
  entire: 'auto' | 'never',
): Promise<ReadonlyMap<string, TableRows>> => {
  await createFixtureTables(await node.cql(), set);
  const load = await loadInto(node, { paths: [path], entire, verify: 'deep' });
  assertComplete(load, load.report.receipt.sources.length);
  assert.equal(
    load.report.plan.tables.map(({ table }) => table).sort(),
    set.tables.map(({ name }) => name).sort(),
  );
  if (entire === 'never') assert.equal(modesOf(load), ['sections']);
  return rowsOf(node, set);
};

const MINIMUM = '-9223372036854775808';

const isAskedAgain = (release: Release, folder: string): boolean =>
  folder === foldersFor(release).at(-1) &&
  representativeReleases().some(({ name }) => name === release.name);

/** Every SSTable that has keys in both halves travels in sections. */
const pulledBack = (node: Node, set: FixtureSet): Promise<ReadonlyMap<string, TableRows>> =>
  withTempFolder(async (into) => {
    for (const range of [`${MINIMUM}:0`, `0:${MINIMUM}`]) {
      const names = [{ keyspace: set.keyspace, table: undefined }];
      assertPulled(await pullOf(node, { names, into, ranges: [range] }));
    }
    await createFixtureTables(await node.cql(), set);
    const load = await loadInto(node, { paths: [into], verify: 'deep' });
    assertComplete(load, load.report.receipt.sources.length);
    return rowsOf(node, set);
  });

const check = (release: Release, folder: string): Promise<void> =>
  withLoadNode(release, (node) =>
    withTempFolder(async (temporary) => {
      const set = fixtureSet(folder, folder === '3.0.31' ? OLD_TABLES : NEW_TABLES);
      const path = layOut(set, temporary);
      const whole = await loaded(node, set, path, 'auto');
      for (const { name, rows } of set.tables)
        assert.is(whole.get(name)?.length, rows, `${folder} ${name}: rows`);
      if (isAskedAgain(release, folder)) {
        const back = await pulledBack(node, set);
        for (const { name } of set.tables)
          assertSameRows(back.get(name) ?? [], whole.get(name) ?? [], `${folder} ${name}, pulled`);
      }
      const sections = await loaded(node, set, path, 'never');
      for (const { name } of set.tables)
        assertSameRows(sections.get(name) ?? [], whole.get(name) ?? [], `${folder} ${name}`);
    }),
  );

/** Many files: those releases that differ most in what they read. */
const chosen = (): readonly Release[] => {
  const all = releases();
  const few = representativeReleases(all);
  return all.filter((release) => release.family === '6.0' || few.includes(release));
};

for (const release of chosen()) {
  for (const folder of foldersFor(release))
    sharedTest(test, `${release.name} takes the fixtures of ${folder}`, () =>
      check(release, folder),
    );
}

test.run();
