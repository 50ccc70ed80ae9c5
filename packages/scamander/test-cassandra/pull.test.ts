// Everything that a node holds, pulled whole and in sections, goes back into it, and every row is there again by CQL, with its writetimes and
// expiries. What was written a moment before is in it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema } from '@scamander/cql-types';
import { componentPath, discover } from '@scamander/sstable-io';
import { type Node, type Release, releases } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertComplete, loadInto } from './support/loading.ts';
import { freshKeyspace, withOtherNode } from './support/nodes.ts';
import { assertPulled, pulledModes, pullOf, refusedPull } from './support/pulled.ts';
import { assertSameRows, readRows } from './support/rows.ts';
import { sampleTables } from './support/sample-tables.ts';
import { emptySampleTables, KEYSPACE, type Written, writtenBy } from './support/written.ts';

const FRESH = 'pull_fresh';

/** What 6.0 writes can be kept whole and not be read. */
const hasSections = ({ family }: Release): boolean => family !== '6.0';

const assertContents = async (node: Node, written: Written): Promise<void> => {
  const cql = await node.cql();
  for (const { name, timed } of sampleTables) {
    const found = await readRows(cql, `${KEYSPACE}.${name}`, timed);
    assertSameRows(found, written.rows.get(name) ?? [], name);
  }
};

/** Pulls all samples, in one go or in two halves into the same directory. */
const pullSamples = async (node: Node, into: string, ranges: readonly string[]) => {
  const modes = new Set<string>();
  for (const range of ranges) {
    const pulled = await pullOf(node, {
      names: [{ keyspace: KEYSPACE, table: undefined }],
      into,
      ...(range === '' ? {} : { ranges: [range] }),
    });
    assertPulled(pulled);
    for (const mode of pulledModes(pulled)) modes.add(mode);
  }
  return [...modes];
};

const assertSchemaFiles = async (into: string): Promise<void> => {
  const whole = parseSchema(readFileSync(join(into, KEYSPACE, 'schema.cql'), 'utf8'));
  assert.is(whole._tag === 'Right' && whole.right.tables.length, sampleTables.length);
  for (const { directories, table } of (await discover([into])).tables) {
    const file = join(directories[0] ?? '', 'schema.cql');
    const own = parseSchema(readFileSync(file, 'utf8'));
    assert.equal(own._tag === 'Right' && own.right.tables.map((one) => one.table), [table]);
  }
};

/** What was pulled takes the place of what the node has. */
const assertGoesBack = async (node: Node, written: Written, into: string): Promise<void> => {
  const { tables } = await discover([into]);
  assert.is(tables.length, sampleTables.length);
  await emptySampleTables(await node.cql());
  const loaded = await loadInto(node, { paths: [into], verify: 'deep' });
  assertComplete(loaded, tables.flatMap(({ sstables }) => sstables).length);
  await assertContents(node, written);
};

const assertFresh = async (release: Release, node: Node): Promise<void> => {
  const cql = await node.cql();
  await freshKeyspace(cql, FRESH);
  await cql.execute(`CREATE TABLE ${FRESH}.t (k int PRIMARY KEY, v text)`);
  await withTempFolder(async (into) => {
    await cql.execute(`INSERT INTO ${FRESH}.t (k, v) VALUES (1, 'a moment ago')`);
    assertPulled(await pullOf(node, { names: [{ keyspace: FRESH, table: 't' }], into }));
    if (!hasSections(release)) {
      const [files] = (await discover([into])).tables.flatMap(({ sstables }) => sstables);
      assert.is(files?.descriptor.version, 'pa');
      if (files === undefined) return;
      assert.ok(readFileSync(componentPath(files.descriptor, 'Data.db')).includes('a moment ago'));
      return;
    }
    await cql.execute(`TRUNCATE ${FRESH}.t`);
    assertComplete(await loadInto(node, { paths: [into] }), 1);
    const { rows } = await cql.execute(`SELECT v FROM ${FRESH}.t WHERE k = 1`);
    assert.is(rows[0]?.get('v'), 'a moment ago');
  });
};

/** A node that can't dial us says so at once, and we say where it tried. */
const assertWrongAnnounce = (node: Node): Promise<void> =>
  withTempFolder(async (folder) => {
    const into = join(folder, 'into');
    const { report } = await pullOf(node, {
      names: [{ keyspace: KEYSPACE, table: 'wide' }],
      into,
      announce: { host: '127.0.0.1', port: 9 },
    });
    assert.is(report.verdict, 'refused');
    assert.equal(
      report.problems.map(({ code, where }) => [code, where]),
      [['SCM_PULL_NO_DIAL_BACK', '127.0.0.1:9']],
    );
    assert.ok(report.elapsedMs < 10_000, `said after ${report.elapsedMs} ms`);
    assert.is((await discover([into])).tables.flatMap(({ sstables }) => sstables).length, 0);
  });

/** Names that can't be asked for end it before anything is, and say what there is. */
const assertNames = async (node: Node): Promise<void> => {
  const cql = await node.cql();
  await cql.execute(
    `CREATE MATERIALIZED VIEW ${FRESH}.by_v AS SELECT k, v FROM ${FRESH}.t WHERE v IS NOT NULL AND k IS NOT NULL PRIMARY KEY (v, k)`,
  );
  const cases = [
    [{ keyspace: FRESH, table: 'nobody' }, 'SCM_CLUSTER_UNKNOWN_TABLE', /\bt\b/],
    [{ keyspace: 'nowhere', table: 't' }, 'SCM_CLUSTER_UNKNOWN_KEYSPACE', /pull_fresh/],
    [{ keyspace: FRESH, table: 'by_v' }, 'SCM_PULL_VIEW', /materialized view/],
    [{ keyspace: 'system_schema', table: 'tables' }, 'SCM_PULL_SYSTEM', /nodes' own/],
  ] as const;
  await withTempFolder(async (folder) => {
    for (const [name, code, said] of cases) {
      const into = join(folder, 'into');
      const error = await refusedPull(node, { names: [name], into });
      assert.equal([error.code, error.kind], [code, 'refused']);
      assert.match(error.message, said);
      assert.not.ok(existsSync(into));
    }
    const whole = { names: [{ keyspace: FRESH, table: undefined }], into: join(folder, 'whole') };
    const pulled = await pullOf(node, whole);
    assertPulled(pulled);
    assert.equal([...new Set(pulled.report.plan.units.map(({ table }) => table))], ['t']);
  });
};

/** Sections of 6.0 are refused by name, before anything of them is kept. */
const assertNoSections = async (node: Node, into: string): Promise<void> => {
  const names = [{ keyspace: KEYSPACE, table: 'statics' }];
  const { report } = await pullOf(node, { names, into, ranges: ['0:'] });
  assert.is(report.verdict, 'refused');
  assert.equal(
    report.problems.map(({ code }) => code),
    ['SCM_PULL_SECTIONS'],
  );
  assert.equal(
    (await discover([into])).tables.flatMap(({ sstables }) => sstables),
    [],
  );
};

const story = async (release: Release, node: Node): Promise<void> => {
  const written = await writtenBy(node);
  await withTempFolder(async (folder) => {
    const whole = join(folder, 'whole');
    const halves = join(folder, 'halves');
    assert.equal(await pullSamples(node, whole, ['']), ['entire']);
    await assertSchemaFiles(whole);
    if (hasSections(release))
      assert.ok((await pullSamples(node, halves, ['0:', ':0'])).includes('sections'));
    else await assertNoSections(node, halves);
    assert.not.ok(existsSync(join(whole, '.scamander-incoming')));
    await assertWrongAnnounce(node);
    if (hasSections(release)) {
      await assertGoesBack(node, written, whole);
      await assertGoesBack(node, written, halves);
    }
  });
  await assertFresh(release, node);
  await assertNames(node);
};

for (const release of releases())
  test(`${release.name}: pulled, whole and in sections, and loaded again`, () =>
    withOtherNode(release, { num_tokens: 16 }, (node) => story(release, node)));

test.run();
