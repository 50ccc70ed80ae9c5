// SSTables that a release wrote go back into it, whole and by sections, and every row is there again by CQL.
import { readFileSync } from 'node:fs';
import { discover, openSSTable } from '@scamander/sstable-io';
import { type Node, parseRelease, type Release, releases } from '@scamander-tools/real-cassandra';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertComplete, dataFilesIn, loadInto, modesOf, versionsOf } from './support/loading.ts';
import { withLoadNode, withOtherNode } from './support/nodes.ts';
import { assertSameRows, readRows } from './support/rows.ts';
import { sampleTables } from './support/sample-tables.ts';
import {
  emptySampleTables,
  KEYSPACE,
  tableFolder,
  type Written,
  writtenBy,
} from './support/written.ts';

/** One writer. */
interface Source {
  readonly format: string;
  readonly release: Release;
  readonly yaml: Readonly<Record<string, unknown>>;
}

const writes = (name: string, format: string, yaml: Source['yaml'] = {}): Source => ({
  format,
  release: parseRelease(name),
  yaml,
});

const withSource = <T>({ release, yaml }: Source, body: (node: Node) => Promise<T>): Promise<T> =>
  Object.keys(yaml).length === 0 ? withLoadNode(release, body) : withOtherNode(release, yaml, body);

const BTI = { sstable: { selected_format: 'bti' } };

/** Whose files a release gets: its own, those of its other mode, and those of 5.0 where it has a format that we do not read. */
const sourcesFor = ({ name, family }: Release): readonly Source[] => {
  const none = family === '5.0' ? `${name.replace(/-none$/, '')}-none` : '5.0.6-none';
  const plain = none.replace(/-none$/, '');
  if (family === '6.0') return [writes(plain, 'nb'), writes(none, 'oa'), writes(none, 'da', BTI)];
  if (family !== '5.0') return [writes(name, 'nb')];
  return [writes(plain, 'nb'), writes(none, 'oa'), writes(none, 'da', BTI)];
};

/** A node in CASSANDRA_4 mode takes a whole oa and then refuses to start; it must get sections (streaming-4.0-plus §4.4). */
const mustGoBySections = ({ streamingVersion }: Release, { format }: Source): boolean =>
  format === 'oa' && streamingVersion === 12;

/** The files are what the test says they are: version, compressor, one SSTable a flush. */
const assertWrittenAs = async (written: Written, format: string): Promise<void> => {
  const { tables, problems } = await discover(written.paths);
  assert.equal(
    problems.map(({ message }) => message),
    [],
  );
  assert.is(tables.length, sampleTables.length);
  for (const { table, sstables } of tables) {
    const sample = sampleTables.find(({ name }) => name === table);
    assert.is(sstables.length, sample?.phases.length, `SSTables of ${table}`);
    for (const files of sstables) {
      assert.is(files.descriptor.version, format);
      const opened = await openSSTable(files);
      if (opened._tag === 'Left') throw opened.left;
      assert.is(opened.right.compression?.compressor, sample?.compressor, `compressor of ${table}`);
      await opened.right.close();
    }
  }
};

const assertContents = async (node: Node, written: Written): Promise<void> => {
  const cql = await node.cql();
  for (const { name, timed } of sampleTables) {
    const found = await readRows(cql, `${KEYSPACE}.${name}`, timed);
    assertSameRows(found, written.rows.get(name) ?? [], name);
  }
};

/** The node keeps the very bytes of a whole SSTable; sections it writes anew under its own version. */
const assertSameBytes = async (node: Node, written: Written): Promise<void> => {
  for (const [index, { name }] of sampleTables.entries()) {
    const bytesIn = (folder: string) => dataFilesIn(folder).map((path) => readFileSync(path));
    const sources = bytesIn(written.paths[index] as string);
    const kept = bytesIn(await tableFolder(node, KEYSPACE, name));
    assert.is(kept.length, sources.length, `SSTables of ${name}`);
    for (const source of sources)
      assert.ok(
        kept.some((bytes) => bytes.equals(source)),
        `${name} has the bytes of the source`,
      );
  }
};

const check = (release: Release, source: Source, entire: 'auto' | 'never'): Promise<void> =>
  withSource(source, async (writer) => {
    const written = await writtenBy(writer);
    await assertWrittenAs(written, source.format);
    await withLoadNode(release, async (node) => {
      await emptySampleTables(await node.cql());
      const loaded = await loadInto(node, { paths: written.paths, entire });
      assertComplete(loaded, written.sstables);
      const mode = entire === 'never' || mustGoBySections(release, source) ? 'sections' : 'entire';
      assert.equal(modesOf(loaded), [mode]);
      assert.equal(versionsOf(loaded), [release.streamingVersion]);
      await assertContents(node, written);
      if (mode === 'entire') await assertSameBytes(node, written);
    });
  });

/**
 * Of several writers counters and lists (whose elements have time UUIDs) add up, and rows expire at several times: these are read
 * only. The others are the same, whoever wrote them.
 */
const differing = ['counters', 'collections', 'udts', 'expiring'];

/** A node may acknowledge what it can't read when it starts the next time: all that it takes, side by side, and a restart. */
const checkRestart = (release: Release): Promise<void> =>
  withLoadNode(release, async (node) => {
    await emptySampleTables(await node.cql());
    let written: Written | undefined;
    for (const source of sourcesFor(release)) {
      written = await withSource(source, writtenBy);
      assertComplete(await loadInto(node, { paths: written.paths }), written.sstables);
    }
    await node.restart();
    const cql = await node.cql();
    for (const { name, timed, rows } of sampleTables) {
      const found = await readRows(cql, `${KEYSPACE}.${name}`, timed);
      if (differing.includes(name)) assert.is(found.length, rows, `rows of ${name}`);
      else assertSameRows(found, written?.rows.get(name) ?? [], name);
    }
  });

for (const release of releases()) {
  for (const source of sourcesFor(release)) {
    for (const entire of ['auto', 'never'] as const)
      test(`${release.name} takes ${source.format} of ${source.release.name}, entire: ${entire}`, () =>
        check(release, source, entire));
  }
  test(`${release.name} reads after a restart what it took`, () => checkRestart(release));
}

test.run();
